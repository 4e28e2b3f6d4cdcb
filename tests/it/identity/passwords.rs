//! Passwords: changed by their owner, set by others, never stored or logged.

use serde_json::json;

use super::sign_in::status;
use crate::bad_input::fingerprint::contents;
use crate::support::people::{self, PASSWORD, knock, sign_in};

const ANNA: &str = "anna@example.com";
const NEW: &str = "a horse of my own";

both! {
    async fn who_changes_its_password_ends_its_other_sessions(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let own = sign_in(server.url(), ANNA, PASSWORD).await;
        let other = sign_in(server.url(), ANNA, PASSWORD).await;
        let input = json!({
            "currentPassword": PASSWORD, "newPassword": NEW, "idempotencyKey": "once",
        });
        own.client().accept("passwordChange", input.clone(), "user { version }").await;
        assert_eq!(status(server.url(), &own.access).await, 200);
        assert_eq!(status(server.url(), &other.access).await, 401);
        assert_ne!(knock(server.url(), ANNA, PASSWORD).await["errors"], json!([]));
        sign_in(server.url(), ANNA, NEW).await;
        let again = own.client().accept("passwordChange", input, "user { version }").await;
        assert_eq!(again["replayed"], true, "its answer was lost on the way");
    }

    async fn a_stolen_session_does_not_find_out_the_password(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let own = sign_in(server.url(), ANNA, PASSWORD).await.client();
        for _ in 0..5 {
            let input = json!({ "currentPassword": "wrong password", "newPassword": NEW });
            let refused = own.mutate("passwordChange", input, "user { id }").await;
            assert_eq!(refused["errors"][0]["path"], json!(["input", "currentPassword"]));
        }
        let input = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
        let refused = own.mutate("passwordChange", input, "user { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID", "locked: {refused}");
    }

    async fn a_password_that_is_set_for_somebody_unlocks_and_ends_sessions(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let old = sign_in(server.url(), ANNA, PASSWORD).await;
        for _ in 0..5 {
            knock(server.url(), ANNA, "wrong password").await;
        }
        let input = json!({ "user": { "email": ANNA }, "password": NEW });
        let selection = "user { mustChangePassword lockedUntil }";
        let set = server.client().accept("userSetPassword", input, selection).await;
        assert_eq!(set["user"], json!({ "mustChangePassword": true, "lockedUntil": null }));
        assert_eq!(status(server.url(), &old.access).await, 401);
        sign_in(server.url(), ANNA, NEW).await;
    }

    async fn no_secret_is_stored_anywhere(server: &TestServer) {
        people::user(&server.client(), ANNA, &["SALES"]).await;
        let session = sign_in(server.url(), ANNA, PASSWORD).await;
        knock(server.url(), ANNA, "a wrong password").await;
        // What is typed where the email belongs is often a password.
        knock(server.url(), "typed in the wrong field", PASSWORD).await;
        let answer = people::refresh(server.url(), &session.refresh).await;
        let next = people::Session::of(server.url(), &answer);
        let input = json!({ "currentPassword": PASSWORD, "newPassword": NEW });
        next.client().accept("passwordChange", input, "user { id }").await;
        let input = json!({ "user": { "email": ANNA }, "password": "set by somebody" });
        server.client().accept("userSetPassword", input, "user { id }").await;
        let stored = contents(server).await.to_lowercase();
        assert!(stored.contains("[redacted]"), "the inputs are kept without secrets");
        for secret in [
            PASSWORD,
            NEW,
            "a wrong password",
            "typed in the wrong field",
            "set by somebody",
            &session.access,
            &session.refresh,
            &next.access,
            &next.refresh,
        ] {
            let plain = secret.to_lowercase();
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!stored.contains(&plain), "{secret} is stored");
            assert!(!stored.contains(&hex), "{secret} is stored as bytes");
        }
    }
}
