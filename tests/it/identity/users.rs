//! Users: their roles, who may change whom, and that an administrator is left.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::sign_in::status;
use crate::support::Client;
use crate::support::people::{self, ADMIN, PASSWORD, sign_in};

const ANNA: &str = "anna@example.com";

async fn codes(client: &Client, query: &str) -> Vec<String> {
    let reply = client.send(query, json!({})).await;
    let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
    let code = |error: &Value| {
        error["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    errors.iter().map(code).collect()
}

both! {
    async fn a_role_may_do_what_it_says_and_nothing_else(server: &TestServer) {
        let client = server.client();
        for (role, may, may_not) in [
            ("PURCHASING", "goodsReceipts", "salesOrders"),
            ("SALES", "salesOrders", "goodsReceipts"),
            ("WAREHOUSE", "stockTransfers", "auditEntries"),
            ("FINANCE", "salesOrders", "users"),
            ("ANALYST", "goodsReceipts", "users"),
            ("ADMINISTRATOR", "users", ""),
        ] {
            let email = format!("{role}@example.com");
            people::user(&client, &email, &[role]).await;
            let own = sign_in(server.url(), &email, PASSWORD).await.client();
            let query = format!("{{ {may} {{ totalCount }} }}");
            assert_eq!(codes(&own, &query).await, Vec::<String>::new(), "{role} may see {may}");
            if !may_not.is_empty() {
                let query = format!("{{ {may_not} {{ totalCount }} }}");
                assert_eq!(codes(&own, &query).await, ["FORBIDDEN"], "{role}, {may_not}");
            }
        }
    }

    async fn new_roles_count_from_the_next_request_on(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let query = "{ goodsReceipts { totalCount } }";
        assert_eq!(codes(&session.client(), query).await, ["FORBIDDEN"]);
        let input = json!({ "user": { "email": ANNA }, "roles": ["PURCHASING"], "name": "Anna" });
        let changed = server
            .client()
            .accept("userUpdate", input, "user { roles name version }")
            .await;
        let user = json!({ "roles": ["PURCHASING"], "name": "Anna", "version": 2 });
        assert_eq!(changed["user"], user);
        assert_eq!(codes(&session.client(), query).await, Vec::<String>::new());
        let me = session.client().query("{ me { name } }", json!({})).await;
        assert_eq!(me["me"]["name"], "Anna");
    }

    async fn nobody_makes_somebody_who_may_do_more(server: &TestServer) {
        let maker = server
            .client_with(&[Scope::UsersWrite, Scope::UsersRead, Scope::StockRead])
            .await;
        let input = json!({ "email": ANNA, "name": "Anna", "roles": ["SALES"] });
        let refused = maker.mutate("userCreate", input, "user { id } generatedPassword").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "roles"]), "{refused}");
        assert_eq!(refused["generatedPassword"], Value::Null);
        // Nor does it take over somebody who may.
        people::user(&server.client(), ANNA, &["SALES"]).await;
        for (mutation, more) in [
            ("userSetPassword", json!({ "password": "taken over by me" })),
            ("userUpdate", json!({ "email": "mine@example.com" })),
            ("userDisable", json!({})),
            ("userSessionsEnd", json!({})),
        ] {
            let mut input = more;
            input["user"] = json!({ "email": ANNA });
            let refused = maker.mutate(mutation, input, "user { id }").await;
            assert_eq!(refused["errors"][0]["path"], json!(["input", "user"]), "{refused}");
        }
        sign_in(server.url(), ANNA, PASSWORD).await;
    }

    async fn a_disabled_user_is_out_at_once_and_begins_anew(server: &TestServer) {
        let client = server.client();
        people::user(&client, ANNA, &["SALES"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let by = json!({ "user": { "email": ANNA } });
        client.accept("userDisable", by.clone(), "user { status }").await;
        assert_eq!(status(server.url(), &session.access).await, 401);
        client.accept("userEnable", by, "user { status }").await;
        assert_eq!(status(server.url(), &session.access).await, 401, "that session is over");
        sign_in(server.url(), ANNA, PASSWORD).await;
    }

    async fn the_last_administrator_stays(server: &TestServer) {
        let client = server.client();
        let by = json!({ "user": { "email": ADMIN } });
        let refused = client.mutate("userDisable", by.clone(), "user { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
        let input = json!({ "user": { "email": ADMIN }, "roles": ["SALES"] });
        let refused = client.mutate("userUpdate", input, "user { id }").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "roles"]), "{refused}");
        people::user(&client, ANNA, &["ADMINISTRATOR"]).await;
        client.accept("userDisable", by, "user { id }").await;
        let by = json!({ "user": { "email": ANNA } });
        let refused = client.mutate("userDisable", by, "user { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
    }

    async fn of_two_who_each_disable_one_of_the_last_two_one_fails(server: &TestServer) {
        let client = server.client();
        let mut last = ADMIN.to_owned();
        for round in 0..5 {
            let other = format!("admin-{round}@example.com");
            people::user(&client, &other, &["ADMINISTRATOR"]).await;
            let disable = |email: String| {
                let client = client.clone();
                async move {
                    let input = json!({ "user": { "email": email } });
                    client.mutate("userDisable", input, "user { id }").await
                }
            };
            let (one, two) = tokio::join!(disable(last.clone()), disable(other.clone()));
            let accepted = [&one, &two].map(|answer| answer["errors"] == json!([]));
            assert_eq!(accepted.iter().filter(|accepted| **accepted).count(), 1, "{one} {two}");
            last = if accepted[0] { other } else { last };
        }
    }

    async fn a_generated_password_is_shown_once_and_has_to_be_changed(server: &TestServer) {
        let input = json!({
            "email": ANNA, "name": "Anna", "roles": ["SALES"], "idempotencyKey": "anna",
        });
        let selection = "user { id mustChangePassword } generatedPassword";
        let client = server.client();
        let made = client.accept("userCreate", input.clone(), selection).await;
        let password = made["generatedPassword"].as_str().expect("it is shown").to_owned();
        let again = client.accept("userCreate", input, selection).await;
        assert_eq!(again["generatedPassword"], Value::Null);
        assert_eq!(again["user"], made["user"]);
        let own = sign_in(server.url(), ANNA, &password).await.client();
        let refused = codes(&own, "{ customers { totalCount } }").await;
        assert_eq!(refused, ["PASSWORD_CHANGE_REQUIRED"]);
        let me = own.query("{ me { mustChangePassword scopes } }", json!({})).await;
        assert_eq!(me["me"], json!({ "mustChangePassword": true, "scopes": [] }));
        let input = json!({ "currentPassword": password, "newPassword": PASSWORD });
        own.accept("passwordChange", input, "user { mustChangePassword }").await;
        assert_eq!(codes(&own, "{ customers { totalCount } }").await, Vec::<String>::new());
    }
}

postgres_only! {
    async fn a_user_disabled_on_one_server_is_refused_on_every_other_at_once(server: &TestServer) {
        let second = server.second().await;
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let session = sign_in(second.url(), ANNA, PASSWORD).await;
        for url in [server.url(), second.url()] {
            assert_eq!(status(url, &session.access).await, 200, "one key for all servers");
        }
        let by = json!({ "user": { "email": ANNA } });
        server.client().accept("userDisable", by, "user { id }").await;
        for url in [server.url(), second.url()] {
            assert_eq!(status(url, &session.access).await, 401);
        }
        second.stop().await;
    }

    async fn a_new_signing_key_ends_nobodys_session(server: &TestServer) {
        let second = server.second().await;
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let old = sign_in(server.url(), ANNA, PASSWORD).await;
        stockroom::identity::session::keys::rotate(&server.app().db).await.expect("a new key");
        // A server that starts now signs with the new key; the first one learns of it by its name.
        let third = server.second().await;
        let new = sign_in(third.url(), ANNA, PASSWORD).await;
        let header = |token: &str| token.split('.').next().map(str::to_owned);
        assert_ne!(header(&old.access), header(&new.access));
        for url in [server.url(), third.url()] {
            assert_eq!(status(url.clone(), &old.access).await, 200);
            let told = tokio::time::timeout(std::time::Duration::from_secs(20), async {
                while status(url.clone(), &new.access).await != 200 {
                    tokio::task::yield_now().await;
                }
            });
            told.await.expect("it learns of the key");
        }
        third.stop().await;
        second.stop().await;
    }
}
