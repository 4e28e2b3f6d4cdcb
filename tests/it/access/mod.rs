//! Nothing is unguarded: every root field says which scope it needs, and needs it.

mod jwt;
mod nested;
pub mod schema;
mod sessions;
mod sockets;
mod tokens;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use self::schema::{Call, Guard, Schema, guard, name};
use crate::support::subscription::Heard;
use crate::support::{Client, TestServer, shop};

both! {
    async fn every_root_field_says_whom_it_serves_and_serves_nobody_else(server: &TestServer) {
        let client = server.client();
        stock_something(&client).await;
        let schema = Schema::of(&client).await;
        let callers = Callers::make(server).await;
        let (mut guarded, mut public, mut failures) = (0, Vec::new(), Vec::new());
        for operation in ["query", "mutation", "subscription"] {
            for field in schema.root(operation) {
                let call = schema.call(operation, field);
                let place = format!("{operation} {}", name(field));
                match guard(field) {
                    Guard::Silent => failures.push(format!("{place} does not say its scope")),
                    // See the tests of `node`.
                    Guard::OfRecord => {}
                    Guard::Public => public.push(name(field).to_owned()),
                    Guard::Scope(scope) => {
                        guarded += 1;
                        let wrong = callers.try_out(operation, &call, scope).await;
                        failures.extend(wrong.iter().map(|reason| format!("{place}: {reason}")));
                    }
                }
            }
        }
        assert!(failures.is_empty(), "unguarded:\n{}", failures.join("\n"));
        assert_eq!(public, PUBLIC, "what is public");
        assert!(guarded >= 28, "only {guarded} root fields were tried");
    }

    async fn a_token_without_scopes_sees_only_what_is_public(server: &TestServer) {
        for (client, is_authenticated) in
            [(server.client_with(&[]).await, true), (server.anonymous(), false)]
        {
            let query = "{ __typename __schema { types { name } }
                viewer { isAuthenticated scopes } }";
            let data = client.query(query, json!({})).await;
            assert_eq!(data["__typename"], "Query");
            let viewer = json!({ "isAuthenticated": is_authenticated, "scopes": [] });
            assert_eq!(data["viewer"], viewer);
        }
    }

    async fn a_document_with_one_forbidden_field_tells_only_what_is_allowed(server: &TestServer) {
        let client = server.client_with(&[Scope::StockRead]).await;
        let query = "{ warehouses { totalCount } customer(by: { code: \"x\" }) { id } }";
        let reply = client.send(query, json!({})).await;
        assert_eq!(codes(&reply.body), ["FORBIDDEN"], "{}", reply.body);
        assert_eq!(reply.body["data"]["customer"], Value::Null);
        assert_eq!(reply.body["data"]["warehouses"]["totalCount"], 0);
    }
}

/// What needs no scope of its own: asking who one is, the ways in and out, and a batch, each of
/// whose commands needs its own.
const PUBLIC: [&str; 7] = [
    "viewer",
    "me",
    "passwordChange",
    "sessionCreate",
    "sessionRefresh",
    "sessionEnd",
    "batch",
];

/// One level that is low, so that subscriptions with a snapshot say something.
async fn stock_something(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::variant(client, "BOLT", Some("1")).await;
    shop::receive(client, "MAIN", &[("BOLT", "1", "1")]).await;
    let line = json!({ "variant": { "sku": "BOLT" }, "reorderPoint": "1" });
    let policy = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
    client
        .accept("stockPolicySet", policy, "warehouse { id }")
        .await;
}

/// Clients for every scope: with it alone, and with all others.
struct Callers {
    anonymous: Client,
    without_scopes: Client,
    with_only: BTreeMap<Scope, Client>,
    with_others: BTreeMap<Scope, Client>,
}

impl Callers {
    async fn make(server: &TestServer) -> Self {
        let (mut with_only, mut with_others) = (BTreeMap::new(), BTreeMap::new());
        for scope in Scope::ALL {
            with_only.insert(*scope, server.client_with(&[*scope]).await);
            with_others.insert(*scope, server.client_with(&all_but(*scope)).await);
        }
        Self {
            anonymous: server.anonymous(),
            without_scopes: server.client_with(&[]).await,
            with_only,
            with_others,
        }
    }

    /// What is wrong with how a call is guarded.
    async fn try_out(&self, operation: &str, call: &Call, scope: Scope) -> Vec<String> {
        let mut wrong = Vec::new();
        let refused = [
            ("nobody", &self.anonymous, "UNAUTHENTICATED"),
            ("a token without scopes", &self.without_scopes, "FORBIDDEN"),
            (
                "a token with all other scopes",
                &self.with_others[&scope],
                "FORBIDDEN",
            ),
        ];
        for (caller, client, expected) in refused {
            let answer = answer(client, operation, call).await;
            if codes(&answer) != [expected] {
                wrong.push(format!("{caller} gets {answer} instead of {expected}"));
            } else if expected == "FORBIDDEN" && !answer.to_string().contains(scope.as_str()) {
                wrong.push(format!(
                    "{caller} is not told the scope {}: {answer}",
                    scope.as_str()
                ));
            }
        }
        let answer = answer(&self.with_only[&scope], operation, call).await;
        let told = codes(&answer);
        if told.iter().any(|code| code != "BAD_USER_INPUT") {
            wrong.push(format!("a token with {} gets {answer}", scope.as_str()));
        }
        wrong
    }
}

/// Every scope but one.
pub fn all_but(scope: Scope) -> Vec<Scope> {
    Scope::ALL
        .iter()
        .copied()
        .filter(|one| *one != scope)
        .collect()
}

async fn answer(client: &Client, operation: &str, call: &Call) -> Value {
    if operation != "subscription" {
        return client
            .send(&call.document, call.variables.clone())
            .await
            .body;
    }
    let mut subscription = client
        .subscribe(&call.document, call.variables.clone())
        .await;
    let answer = match subscription.hear().await {
        Heard::Data(data) => json!({ "data": data }),
        Heard::Errors(errors) => json!({ "errors": errors }),
        other => json!({ "unexpected": format!("{other:?}") }),
    };
    subscription.close().await;
    answer
}

/// The codes of the GraphQL errors of an answer.
fn codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| match &error["extensions"]["code"] {
        Value::String(code) => code.clone(),
        other => other.to_string(),
    };
    errors.iter().map(code).collect()
}
