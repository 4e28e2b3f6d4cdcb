//! The life of a token: made with at most its maker's scopes, shown once, expired, revoked.

use std::time::Duration;

use chrono::{SecondsFormat, TimeDelta, Utc};
use futures_util::future::join_all;
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use tokio::time::timeout;

use super::codes;
use crate::bad_input::fingerprint::contents;
use crate::support::Client;

/// A token and its secret.
pub struct Made {
    pub id: String,
    pub secret: String,
}

/// Makes a token by the API.
pub async fn make(client: &Client, input: Value) -> Made {
    let made = client
        .accept("apiTokenCreate", input, "apiToken { id } secret")
        .await;
    let text = |value: &Value| value.as_str().expect("id and secret are shown").to_owned();
    Made {
        id: text(&made["apiToken"]["id"]),
        secret: text(&made["secret"]),
    }
}

/// Revokes a token by the API.
pub async fn revoke(client: &Client, id: &str) {
    let input = json!({ "id": id });
    client
        .accept("apiTokenRevoke", input, "apiToken { revokedAt }")
        .await;
}

/// The status of a harmless query, and the codes of its errors.
pub async fn knock(url: String, secret: &str) -> (u16, Vec<String>) {
    let client = Client::new(url, Some(secret.to_owned()));
    let reply = client
        .send("{ viewer { isAuthenticated } }", json!({}))
        .await;
    (reply.status, codes(&reply.body))
}

fn refused() -> (u16, Vec<String>) {
    (401, vec!["UNAUTHENTICATED".to_owned()])
}

both! {
    async fn a_revoked_token_is_refused_from_then_on(server: &TestServer) {
        let client = server.client();
        let made = make(&client, json!({ "name": "shop", "scopes": ["stock:read"] })).await;
        assert_eq!(knock(server.url(), &made.secret).await, (200, vec![]));
        revoke(&client, &made.id).await;
        assert_eq!(knock(server.url(), &made.secret).await, refused());
    }

    async fn callers_of_one_moment_are_each_told_who_they_are(server: &TestServer) {
        let client = server.client();
        let mut callers = vec![(None, "stockroom_unknown".to_owned())];
        for number in 0..6 {
            let name = format!("partner {number}");
            let scopes = ["stock:read", "products:read"][number % 2];
            let input = json!({ "name": name, "scopes": [scopes] });
            let made = make(&client, input).await;
            let wanted = (number != 3).then(|| json!({ "name": name, "scopes": [scopes] }));
            if wanted.is_none() {
                revoke(&client, &made.id).await;
            }
            callers.push((wanted, made.secret));
        }
        let knocks = (0..10).flat_map(|_| &callers).map(async |(wanted, secret)| {
            let caller = Client::new(server.url(), Some(secret.clone()));
            let reply = caller.send("{ viewer { name scopes } }", json!({})).await;
            match wanted {
                Some(wanted) => assert_eq!(reply.body["data"]["viewer"], *wanted),
                None => assert_eq!((reply.status, codes(&reply.body)), refused()),
            }
        });
        join_all(knocks).await;
    }

    async fn an_unknown_or_malformed_token_is_refused(server: &TestServer) {
        let made = make(&server.client(), json!({ "name": "shop", "scopes": [] })).await;
        let flipped = made.secret.to_uppercase();
        let cut = &made.secret[..made.secret.len() - 1];
        let long = "x".repeat(5_000);
        for secret in ["stockroom_", "x", "' OR 1=1 --", flipped.as_str(), cut, long.as_str()] {
            assert_eq!(knock(server.url(), secret).await, refused(), "{secret}");
        }
    }

    async fn an_expired_token_is_refused(server: &TestServer) {
        let client = server.client();
        let soon = Utc::now() + TimeDelta::seconds(2);
        let expiry = soon.to_rfc3339_opts(SecondsFormat::Micros, true);
        let input = json!({ "name": "brief", "scopes": ["stock:read"], "expiresAt": expiry });
        let made = make(&client, input).await;
        let expired = timeout(Duration::from_secs(20), async {
            loop {
                let before = Utc::now();
                let answer = knock(server.url(), &made.secret).await;
                if answer == refused() {
                    return Utc::now();
                }
                assert_eq!(answer, (200, vec![]));
                assert!(before < soon, "let in at {before}, after {soon}");
            }
        });
        let expired = expired.await.expect("it is refused in time");
        assert!(expired >= soon, "refused at {expired}, before {soon}");
    }

    async fn a_token_cannot_give_scopes_that_it_lacks(server: &TestServer) {
        let maker = server.client_with(&[Scope::TokensWrite, Scope::StockRead]).await;
        let input = json!({ "name": "more", "scopes": ["stock:write", "costs:read"] });
        let refused = maker.mutate("apiTokenCreate", input, "apiToken { id } secret").await;
        assert_eq!(refused["apiToken"], Value::Null);
        assert_eq!(refused["secret"], Value::Null);
        let errors = refused["errors"].as_array().expect("errors");
        let message = |error: &Value| error["message"].to_string();
        let messages: Vec<String> = errors.iter().map(message).collect();
        assert_eq!(messages.len(), 2, "one error per scope: {messages:?}");
        for (error, scope) in errors.iter().zip(["stock:write", "costs:read"]) {
            assert_eq!(error["path"], json!(["input", "scopes"]));
            assert!(messages.iter().any(|text| text.contains(scope)), "{scope}: {messages:?}");
        }
        let made = make(&maker, json!({ "name": "less", "scopes": ["stock:read"] })).await;
        let client = Client::new(server.url(), Some(made.secret));
        let viewer = client.query("{ viewer { name scopes } }", json!({})).await;
        assert_eq!(viewer["viewer"], json!({ "name": "less", "scopes": ["stock:read"] }));
    }

    async fn a_secret_is_shown_once_and_never_stored(server: &TestServer) {
        let client = server.client();
        let input = json!({ "name": "shop", "scopes": [], "idempotencyKey": "once" });
        let made = make(&client, input.clone()).await;
        let again = client.accept("apiTokenCreate", input, "apiToken { id } secret").await;
        assert_eq!(again["replayed"], true);
        assert_eq!(again["apiToken"]["id"], made.id.as_str());
        assert_eq!(again["secret"], Value::Null, "a repetition does not show it");
        let (_, random) = made.secret.split_once('_').expect("a prefix");
        let stored = contents(server).await;
        assert!(stored.contains("shop"), "the token's row was looked at");
        for form in [made.secret.clone(), random.to_owned(), hex(&made.secret), hex(random)] {
            let found = stored.to_lowercase().contains(&form.to_lowercase());
            assert!(!found, "the secret is stored as {form}");
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}

postgres_only! {
    async fn a_token_revoked_on_one_server_is_refused_on_every_other_at_once(server: &TestServer) {
        let second = server.second().await;
        let client = server.client();
        let made = make(&client, json!({ "name": "shop", "scopes": ["stock:read"] })).await;
        assert_eq!(knock(second.url(), &made.secret).await, (200, vec![]));
        assert_eq!(knock(server.url(), &made.secret).await, (200, vec![]));
        revoke(&client, &made.id).await;
        assert_eq!(knock(second.url(), &made.secret).await, refused());
        assert_eq!(knock(server.url(), &made.secret).await, refused());
        second.stop().await;
    }
}
