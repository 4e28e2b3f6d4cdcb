//! What is written to the log of a whole run: requests by their ids, and no secret.

use std::io::Read;
use std::process::Command;

use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use super::launch;
use crate::support::people::{ADMIN, ADMIN_PASSWORD};
use crate::support::process::create_token;
use crate::support::{Client, Database, Engine};

const SECRETS: [&str; 4] = [
    "a new password for anna",
    "the wrong password",
    "a signing key of more than 32 bytes, kept",
    ADMIN_PASSWORD,
];

/// Signs in rightly and wrongly, changes a password, makes a token; what is secret of it.
async fn use_secrets(url: &str, token: &str) -> Vec<String> {
    let anonymous = Client::new(url.to_owned(), None);
    let wrong = json!({ "email": ADMIN, "password": SECRETS[1] });
    anonymous
        .mutate("sessionCreate", wrong, "accessToken")
        .await;
    let right = json!({ "email": ADMIN, "password": ADMIN_PASSWORD });
    let fields = "accessToken refreshToken";
    let session = anonymous.accept("sessionCreate", right, fields).await;
    let admin = Client::new(
        url.to_owned(),
        session["accessToken"].as_str().map(str::to_owned),
    );
    let change = json!({ "currentPassword": ADMIN_PASSWORD, "newPassword": SECRETS[0] });
    admin.accept("passwordChange", change, "user { id }").await;
    let client = Client::new(url.to_owned(), Some(token.to_owned()));
    let input = json!({ "name": "partner", "scopes": ["stock:read"] });
    let made = client.accept("apiTokenCreate", input, "secret").await;
    // A document that cannot be read, with a secret in it.
    let document = format!(
        "mutation {{ sessionCreate(input: {{ password: \"{}\" ",
        SECRETS[1]
    );
    client.send(&document, json!({})).await;
    let of = |value: &Value| value.as_str().expect("a secret").to_owned();
    vec![
        of(&session["accessToken"]),
        of(&session["refreshToken"]),
        of(&made["secret"]),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_a_whole_run_has_request_ids_and_no_secret() {
    let database = Database::create(Engine::Sqlite).await;
    let token = create_token(database.url()).await;
    let url = database.url().to_owned();
    let environment = [
        ("STOCKROOM_LOG__LEVEL", "trace"),
        ("STOCKROOM_LOG__FORMAT", "json"),
        ("STOCKROOM_LOG__SLOW_MS", "0"),
        ("STOCKROOM_ACCESS__SIGNING_KEY", SECRETS[2]),
        ("STOCKROOM_ADMIN__EMAIL", ADMIN),
        ("STOCKROOM_ADMIN__PASSWORD", ADMIN_PASSWORD),
    ];
    let environment = environment.map(|(name, value)| (name, value.to_owned()));
    let (mut child, url) = launch(url, environment.into()).await;
    let stderr = child.stderr.take().expect("its log is ours");
    let reading = spawn_blocking(move || {
        let mut log = String::new();
        let mut stderr = stderr;
        stderr.read_to_string(&mut log).map(|_| log)
    });
    let mut secrets = use_secrets(&url, &token).await;
    secrets.push(token);
    secrets.extend(SECRETS.map(str::to_owned));
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(
        asked.is_ok_and(|status| status.success()),
        "it can be asked to stop"
    );
    let log = reading.await.expect("no panic").expect("a text");
    let ended = spawn_blocking(move || child.wait())
        .await
        .expect("no panic");
    assert!(
        ended.is_ok_and(|status| status.success()),
        "it ends in order"
    );
    for secret in secrets {
        assert!(!log.contains(&secret), "the log tells {secret}");
    }
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let slow = lines
        .iter()
        .filter(|line| line["message"] == "a slow operation");
    let told: Vec<&Value> = slow.collect();
    assert!(told.len() >= 4, "every operation is told: {log}");
    assert!(
        told.iter()
            .all(|line| line["request_id"].as_str().is_some_and(|id| !id.is_empty()))
    );
    assert!(told.iter().any(|line| line["operation"] == "sessionCreate"));
    database.remove().await;
}
