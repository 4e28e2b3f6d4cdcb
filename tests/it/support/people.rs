//! Users and their sessions, by way of the API.

use serde_json::{Value, json};
use stockroom::config::Config;
use stockroom::platform::secret::Secret;

use super::client::Client;

/// The password of every user that a test makes.
pub const PASSWORD: &str = "correct horse battery";
/// The first administrator of every server.
pub const ADMIN: &str = "admin@localhost";
/// Its password.
pub const ADMIN_PASSWORD: &str = "the first administrator";

/// Tests hash many passwords.
pub fn make_passwords_cheap(config: &mut Config) {
    config.access.password_memory_kib = 8;
    config.access.password_passes = 1;
    config.admin.password = Some(Secret::new(ADMIN_PASSWORD));
}

/// The tokens of a session.
#[derive(Clone, Debug)]
pub struct Session {
    pub access: String,
    pub refresh: String,
    url: String,
}

impl Session {
    /// Reads the payload of `sessionCreate` or `sessionRefresh`.
    pub fn of(url: String, payload: &Value) -> Self {
        let text = |field: &str| match &payload[field] {
            Value::String(text) => text.clone(),
            _ => panic!("no {field} in {payload}"),
        };
        Self {
            access: text("accessToken"),
            refresh: text("refreshToken"),
            url,
        }
    }

    /// Its user as a client.
    pub fn client(&self) -> Client {
        Client::new(self.url.clone(), Some(self.access.clone()))
    }
}

/// Makes a user; its id.
pub async fn user(client: &Client, email: &str, roles: &[&str]) -> String {
    let input = json!({ "email": email, "name": email, "roles": roles, "password": PASSWORD });
    let made = client.accept("userCreate", input, "user { id }").await;
    made["user"]["id"]
        .as_str()
        .expect("a user has an id")
        .to_owned()
}

/// The answer to a sign-in.
pub async fn knock(url: String, email: &str, password: &str) -> Value {
    let client = Client::new(url, None);
    let input = json!({ "email": email, "password": password });
    let selection = "accessToken refreshToken user { id }";
    client.mutate("sessionCreate", input, selection).await
}

/// Signs in; it must succeed.
pub async fn sign_in(url: String, email: &str, password: &str) -> Session {
    let payload = knock(url.clone(), email, password).await;
    assert_eq!(payload["errors"], json!([]), "{email} is not let in");
    Session::of(url, &payload)
}

/// The answer to a refresh.
pub async fn refresh(url: String, token: &str) -> Value {
    let client = Client::new(url, None);
    let selection = "accessToken refreshToken user { id }";
    client
        .mutate(
            "sessionRefresh",
            json!({ "refreshToken": token }),
            selection,
        )
        .await
}
