//! The first administrator, and users made on the command line.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;
use stockroom::platform::secret::Secret;
use tokio::task::spawn_blocking;

use crate::support::people::{ADMIN, ADMIN_PASSWORD, knock, sign_in};
use crate::support::process::stockroom;
use crate::support::{Database, Engine, ServerProcess, TestServer};

both! {
    async fn the_first_administrator_chooses_a_password_before_anything_else(server: &TestServer) {
        let own = sign_in(server.url(), ADMIN, ADMIN_PASSWORD).await.client();
        let refused = own.send("{ users { totalCount } }", json!({})).await;
        let code = &refused.body["errors"][0]["extensions"]["code"];
        assert_eq!(code, "PASSWORD_CHANGE_REQUIRED", "{}", refused.body);
        let input = json!({ "currentPassword": ADMIN_PASSWORD, "newPassword": "only I know it" });
        own.accept("passwordChange", input, "user { roles }").await;
        let users = own.query("{ users { nodes { email roles } } }", json!({})).await;
        let admin = json!({ "email": ADMIN, "roles": ["ADMINISTRATOR"] });
        assert_eq!(users["users"]["nodes"], json!([admin]));
    }
}

both_unchecked! {
    async fn a_later_start_makes_no_other_administrator(server: TestServer) {
        let server = server.restart().await;
        let users = server.client().query("{ users { totalCount } }", json!({})).await;
        assert_eq!(users["users"]["totalCount"], 1);
        server.stop_with_right_books().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_that_start_at_once_make_one_administrator_and_one_key() {
    let database = Database::create(Engine::Postgres).await;
    let url = database.url().to_owned();
    let start = |email: &'static str| {
        TestServer::beside(Engine::Postgres, url.clone(), move |config| {
            config.admin.email = email.to_owned();
            config.admin.password = Some(Secret::new(ADMIN_PASSWORD));
        })
    };
    let (one, two) = tokio::join!(start("one@example.com"), start("two@example.com"));
    let users = one
        .client()
        .query("{ users { nodes { email } } }", json!({}))
        .await;
    let nodes = users["users"]["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len(), 1, "{users}");
    let email = nodes[0]["email"].as_str().expect("an email");
    let session = sign_in(one.url(), email, ADMIN_PASSWORD).await;
    assert_eq!(
        super::sign_in::status(two.url(), &session.access).await,
        200
    );
    two.stop().await;
    one.stop_with_right_books().await;
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_password_or_a_short_key_of_the_configuration_stops_the_start() {
    for (setting, value) in [
        ("STOCKROOM_ADMIN__PASSWORD", "short"),
        ("STOCKROOM_ADMIN__EMAIL", "nobody"),
        ("STOCKROOM_ACCESS__SIGNING_KEY", "short"),
        ("STOCKROOM_ACCESS__PASSWORD_MEMORY_KIB", "1"),
    ] {
        let database = Database::create(Engine::Sqlite).await;
        let mut command = stockroom(database.url());
        command.args(["--port", "0", "serve"]).env(setting, value);
        let output = spawn_blocking(move || command.output())
            .await
            .expect("it does not panic");
        let output = output.expect("stockroom can be run");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let name = setting
            .to_lowercase()
            .replace("stockroom_", "")
            .replace("__", ".");
        assert!(!output.status.success(), "{setting}");
        assert!(told.contains(&name), "{setting}: {told}");
        assert!(
            value.len() < 5 || !told.contains("short\""),
            "the secret is not told: {told}"
        );
    }
}

/// Runs a command to its end; what it printed.
async fn run(url: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    let mut command = stockroom(url);
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let input = input.to_owned();
    let output = spawn_blocking(move || {
        let mut child = command.spawn().expect("stockroom can be run");
        let mut stdin = child.stdin.take().expect("its input is ours");
        // A command that does not read its input may have ended.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("it ends")
    });
    let output = output.await.expect("it does not panic");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_makes_lists_disables_and_resets_users() {
    let database = Database::create(Engine::Sqlite).await;
    let url = database.url();
    let create = [
        "user",
        "create",
        "--email",
        "boss@example.com",
        "--name",
        "Boss",
    ];
    let create = [&create[..], &["--role", "ADMINISTRATOR"]].concat();
    let password = run(url, &create, "").await.expect("the user is made");
    assert!(password.len() >= 20, "{password}");
    assert!(run(url, &create, "").await.is_err(), "the email is taken");
    let clerk = [
        "user",
        "create",
        "--email",
        "clerk@example.com",
        "--name",
        "Clerk",
    ];
    let clerk = [&clerk[..], &["--role", "SALES", "--password-stdin"]].concat();
    assert_eq!(
        run(url, &clerk, "given on stdin\n").await,
        Ok(String::new())
    );
    let list = run(url, &["user", "list"], "").await.expect("a list");
    assert_eq!(list.lines().count(), 2, "{list}");
    assert!(
        run(url, &["user", "disable", "boss@example.com"], "")
            .await
            .is_err(),
        "the last one"
    );
    assert_eq!(
        run(url, &["user", "disable", "clerk@example.com"], "").await,
        Ok(String::new())
    );
    let reset = [
        "user",
        "set-password",
        "boss@example.com",
        "--password-stdin",
    ];
    assert_eq!(
        run(url, &reset, "reset on stdin\n").await,
        Ok(String::new())
    );
    sign_in_with(url, &password).await;
}

/// What the command line did counts for the server, and is in its audit log.
async fn sign_in_with(url: &str, password: &str) {
    let server = ServerProcess::start(url).await;
    sign_in(server.url(), "boss@example.com", "reset on stdin").await;
    for (email, password) in [
        ("boss@example.com", password),
        ("clerk@example.com", "given on stdin"),
    ] {
        let refused = knock(server.url(), email, password).await;
        assert_ne!(refused["errors"], json!([]), "{email}");
    }
    let query = "{ auditEntries { nodes { command actor { id } record } } }";
    let log = server.client().query(query, json!({})).await.to_string();
    for command in ["userCreate", "userDisable", "userSetPassword"] {
        assert!(
            log.contains(command),
            "{command} is in the audit log: {log}"
        );
    }
    server.stop().await;
}
