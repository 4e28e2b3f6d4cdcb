//! Signing in, refreshing, signing out.

use serde_json::{Value, json};

use crate::support::people::{self, PASSWORD, knock, sign_in};
use crate::support::{Client, TestServer};

const ANNA: &str = "anna@example.com";

/// The status of a harmless query with a token.
pub async fn status(url: String, token: &str) -> u16 {
    let client = Client::new(url, Some(token.to_owned()));
    client.send("{ me { id } }", json!({})).await.status
}

/// Moves what the server takes for the lock of a user into the past.
async fn wait_for_the_lock(server: &TestServer) {
    server
        .sql("UPDATE user_account SET locked_until = 1 WHERE locked_until IS NOT NULL")
        .await;
}

both! {
    async fn who_signs_in_is_known_by_its_access_token(server: &TestServer) {
        let id = people::user(&server.client(), ANNA, &["SALES", "WAREHOUSE"]).await;
        let session = sign_in(server.url(), " ANNA@example.com", PASSWORD).await;
        let query = "{ me { kind id name roles mustChangePassword scopes
            user { id email status lastSignInAt } session { id endedAt } }
            viewer { isAuthenticated name } customers { totalCount } }";
        let data = session.client().query(query, json!({})).await;
        assert_eq!(data["me"]["kind"], "USER");
        assert_eq!(data["me"]["id"], id.as_str());
        assert_eq!(data["me"]["name"], ANNA);
        assert_eq!(data["me"]["roles"], json!(["SALES", "WAREHOUSE"]));
        assert_eq!(data["me"]["user"]["email"], ANNA);
        assert_eq!(data["me"]["mustChangePassword"], false);
        assert!(data["me"]["user"]["lastSignInAt"].is_string());
        assert_eq!(data["me"]["session"]["endedAt"], Value::Null);
        assert_eq!(data["viewer"], json!({ "isAuthenticated": true, "name": ANNA }));
        let scopes = data["me"]["scopes"].to_string();
        assert!(scopes.contains("stock:write") && !scopes.contains("costs:read"), "{scopes}");
        let refused = session.client().send("{ users { totalCount } }", json!({})).await;
        assert_eq!(refused.body["errors"][0]["extensions"]["code"], "FORBIDDEN");
    }

    async fn an_api_token_knows_itself_too_and_nobody_does_not(server: &TestServer) {
        let query = "{ me { kind name roles user { id } session { id } } }";
        let data = server.client().query(query, json!({})).await;
        let me = json!({
            "kind": "TOKEN", "name": "test", "roles": [], "user": null, "session": null,
        });
        assert_eq!(data["me"], me);
        let nobody = server.anonymous().send(query, json!({})).await;
        assert_eq!(nobody.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    }

    async fn everything_wrong_about_a_sign_in_is_told_alike(server: &TestServer) {
        let client = server.client();
        people::user(&client, ANNA, &["SALES"]).await;
        people::user(&client, "gone@example.com", &["SALES"]).await;
        let gone = json!({ "user": { "email": "gone@example.com" } });
        client.accept("userDisable", gone, "user { status }").await;
        let mut told = Vec::new();
        for (email, password) in [
            (ANNA, "wrong password"),
            ("nobody@example.com", PASSWORD),
            ("gone@example.com", PASSWORD),
        ] {
            let answer = knock(server.url(), email, password).await;
            assert_eq!(answer["accessToken"], Value::Null);
            assert_eq!(answer["errors"][0]["code"], "INVALID", "{answer}");
            told.push(answer["errors"].clone());
        }
        assert!(told.windows(2).all(|two| two[0] == two[1]), "{told:?}");
    }

    async fn five_wrong_passwords_lock_for_a_while_that_grows(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        for _ in 0..4 {
            knock(server.url(), ANNA, "wrong password").await;
        }
        sign_in(server.url(), ANNA, PASSWORD).await;
        for _ in 0..5 {
            knock(server.url(), ANNA, "wrong password").await;
        }
        let locked = knock(server.url(), ANNA, PASSWORD).await;
        assert_eq!(locked["accessToken"], Value::Null, "the right one does not help either");
        let query = "query($by: UserReference!) { user(by: $by) { lockedUntil version } }";
        let by = json!({ "by": { "email": ANNA } });
        let user = server.client().query(query, by.clone()).await;
        assert!(user["user"]["lockedUntil"].is_string(), "{user}");
        wait_for_the_lock(server).await;
        sign_in(server.url(), ANNA, PASSWORD).await;
        let user = server.client().query(query, by).await;
        assert_eq!(user["user"], json!({ "lockedUntil": null, "version": 1 }));
    }

    async fn of_fifty_guesses_at_once_at_most_five_are_counted(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let guesses = (0..50).map(|_| knock(server.url(), ANNA, "wrong password"));
        futures_util::future::join_all(guesses).await;
        let query = "{ auditEntries(filter: { command: { eq: \"sessionCreate.refused\" } }) {
            totalCount nodes { actor { id } record input } } }";
        let data = server.client().query(query, json!({})).await;
        assert_eq!(data["auditEntries"]["totalCount"], 5, "{data}");
        let entry = &data["auditEntries"]["nodes"][0];
        assert_eq!(entry["actor"], Value::Null);
        assert_eq!(entry["input"], Value::Null);
        assert!(entry["record"].as_str().is_some_and(|id| id.starts_with("user_")), "{entry}");
    }

    async fn a_refresh_token_brings_the_next_pair_once(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let first = sign_in(server.url(), ANNA, PASSWORD).await;
        let answer = people::refresh(server.url(), &first.refresh).await;
        let second = people::Session::of(server.url(), &answer);
        assert_ne!(first.refresh, second.refresh);
        assert_eq!(status(server.url(), &second.access).await, 200);
        // Somebody uses the first one again: nobody knows who the thief is.
        let other = sign_in(server.url(), ANNA, PASSWORD).await;
        let stolen = people::refresh(server.url(), &first.refresh).await;
        assert_eq!(stolen["errors"][0]["code"], "INVALID", "{stolen}");
        for access in [&first.access, &second.access] {
            assert_eq!(status(server.url(), access).await, 401);
        }
        let refused = people::refresh(server.url(), &second.refresh).await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
        assert_eq!(status(server.url(), &other.access).await, 200, "another session goes on");
        let query = "{ auditEntries(filter: { command: { eq: \"sessionRefresh.refused\" } }) {
            totalCount nodes { record } } }";
        let data = server.client().query(query, json!({})).await;
        assert_eq!(data["auditEntries"]["totalCount"], 1, "{data}");
    }

    async fn of_ten_refreshes_at_once_with_one_token_at_most_one_succeeds(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let all = (0..10).map(|_| people::refresh(server.url(), &session.refresh));
        let answers = futures_util::future::join_all(all).await;
        let accepted = answers.iter().filter(|answer| answer["errors"] == json!([])).count();
        assert_eq!(accepted, 1, "{answers:?}");
        assert_eq!(status(server.url(), &session.access).await, 401, "it was used twice");
    }

    async fn who_signs_out_is_out(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let other = sign_in(server.url(), ANNA, PASSWORD).await;
        let ended = session
            .client()
            .accept("sessionEnd", json!({}), "session { endedAt }")
            .await;
        assert!(ended["session"]["endedAt"].is_string());
        assert_eq!(status(server.url(), &session.access).await, 401);
        let refused = people::refresh(server.url(), &session.refresh).await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "refreshToken"]));
        assert_eq!(status(server.url(), &other.access).await, 200);
        let all = json!({ "user": { "email": ANNA } });
        server.client().accept("userSessionsEnd", all, "user { id }").await;
        assert_eq!(status(server.url(), &other.access).await, 401);
    }

    async fn an_api_token_has_no_session_and_no_password(server: &TestServer) {
        let client = server.client();
        let refused = client.mutate("sessionEnd", json!({}), "session { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
        let input = json!({ "currentPassword": PASSWORD, "newPassword": "another one here" });
        let refused = client.mutate("passwordChange", input, "user { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
    }

    async fn what_a_user_makes_has_its_name_on_it(server: &TestServer) {
        let id = people::user(&server.client(), ANNA, &["ADMINISTRATOR"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        let client = session.client();
        crate::support::shop::warehouse(&client, "MAIN").await;
        crate::support::shop::variant(&client, "BOLT", Some("1")).await;
        crate::support::shop::receive(&client, "MAIN", &[("BOLT", "1", "1")]).await;
        let query = "{ goodsReceipts { nodes { createdBy { id kind name } } } }";
        let data = client.query(query, json!({})).await;
        let author = json!({ "id": id, "kind": "USER", "name": ANNA });
        assert_eq!(data["goodsReceipts"]["nodes"][0]["createdBy"], author);
    }
}
