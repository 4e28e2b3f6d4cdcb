//! The program's commands for whoever runs it.

use std::path::Path;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use stockroom::platform::db::Db;
use tokio::task::spawn_blocking;

use super::text;
use crate::support::process::stockroom;
use crate::support::{Database, Engine, ServerProcess, database, shop};

/// Runs a command: its exit code, and what it said on both outputs.
async fn run(url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = stockroom(url);
    command.args(arguments);
    let output = spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("stockroom can be run");
    let said = [output.stdout, output.stderr];
    let said = said.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.code(), said.concat())
}

fn url_of(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_taken_under_a_running_server_can_be_put_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("shop.db");
    let copy = folder.path().join("copy.db");
    let copy_name = copy.display().to_string();
    let url = url_of(&database);
    let server = ServerProcess::start(&url).await;
    let client = server.client();
    shop::warehouse(&client, "MAIN").await;
    let (code, said) = run(&url, &["backup", &copy_name]).await;
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&url, &["backup", &copy_name]).await;
    assert_eq!(code, Some(1), "nothing is overwritten: {said}");
    shop::warehouse(&client, "LATER").await;
    let (code, said) = run(&url, &["restore", "--replace", &copy_name]).await;
    assert_eq!(code, Some(1), "a server runs on it: {said}");
    assert!(said.contains("another process"), "{said}");
    let token = server.token().to_owned();
    server.stop().await;
    let (code, said) = run(&url, &["restore", &copy_name]).await;
    assert_eq!(code, Some(1), "it is not replaced unasked: {said}");
    assert!(said.contains("--replace"), "{said}");
    let (code, said) = run(&url, &["restore", "--replace", &copy_name]).await;
    assert_eq!(code, Some(0), "{said}");
    let kept = said.split("kept as ").nth(1).expect("where it is kept");
    let kept = kept.lines().next().expect("a line").to_owned();
    for (url, codes) in [
        (url, vec!["MAIN"]),
        (url_of(Path::new(&kept)), vec!["MAIN", "LATER"]),
    ] {
        let server = ServerProcess::start_with_token(&url, &token).await;
        let query = "{ warehouses { nodes { code } } }";
        let told = server.client().query(query, json!({})).await;
        let nodes = told["warehouses"]["nodes"]
            .as_array()
            .expect("a list")
            .clone();
        let told: Vec<&str> = nodes.iter().map(|one| text(&one["code"])).collect();
        assert_eq!(told, codes, "{url}");
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_copy_and_a_foreign_file_are_refused_and_nothing_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let (database, copy) = (folder.path().join("shop.db"), folder.path().join("copy.db"));
    let url = url_of(&database);
    let copy_name = copy.display().to_string();
    for bytes in [b"no database at all, but a text".to_vec(), Vec::new()] {
        std::fs::write(&copy, bytes).expect("it can be written");
        let (code, said) = run(&url, &["restore", &copy_name]).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("copy.db"), "{said}");
        assert!(!database.exists(), "nothing was put there");
    }
    let (code, said) = run(&url, &["backup", "elsewhere.db"]).await;
    assert_eq!(code, Some(1), "there is nothing to copy: {said}");
    assert!(!database.exists(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_orderly_stop_leaves_everything_in_the_file_itself() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = folder.path().join("shop.db");
    let server = ServerProcess::start(&url_of(&database)).await;
    shop::warehouse(&server.client(), "MAIN").await;
    let token = server.token().to_owned();
    server.stop().await;
    let alone = folder.path().join("alone.db");
    std::fs::copy(&database, &alone).expect("it can be copied");
    let server = ServerProcess::start_with_token(&url_of(&alone), &token).await;
    let told = server
        .client()
        .query("{ warehouses { totalCount } }", json!({}))
        .await;
    assert_eq!(told["warehouses"]["totalCount"], 1);
    server.stop().await;
}

/// A question that is being answered for a second or so.
const LONG: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n \
     WHERE i < 5000000) SELECT COUNT(*) AS n FROM n";

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_in_the_file_itself_also_when_somebody_reads_at_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, alone] = ["shop.db", "alone.db"].map(|name| folder.path().join(name));
    let open = async |file: &Path| {
        let settings = database::settings(&url_of(file));
        Db::connect(&settings).await.expect("it opens")
    };
    let db = open(&file).await;
    let write = "CREATE TABLE kept (n INTEGER); INSERT INTO kept VALUES (7)";
    let written = db.writer().execute_unprepared(write).await;
    written.expect("it is written");
    // A connection is given back a moment after its work.
    while db.connections().0 > 0 {
        tokio::task::yield_now().await;
    }
    let reader = db.clone();
    let reading = tokio::spawn(async move {
        let long = Statement::from_string(DbBackend::Sqlite, LONG);
        reader.reader().query_one_raw(long).await.map(|_| ())
    });
    while db.connections().0 == 0 {
        tokio::task::yield_now().await;
    }
    db.close().await;
    std::fs::copy(&file, &alone).expect("it can be copied");
    assert!(!reading.is_finished(), "it was read for too short a time");

    let copy = open(&alone).await;
    let asked = Statement::from_string(DbBackend::Sqlite, "SELECT n FROM kept");
    let row = copy.reader().query_one_raw(asked).await;
    let row = row.expect("the table is there").expect("a row");
    assert_eq!(row.try_get::<i64>("", "n").expect("a number"), 7);
    copy.close().await;
    reading.await.expect("it ends").expect("it is answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_is_copied_by_its_own_tools_and_the_program_says_how() {
    let url = "postgres://anna@db.example/shop";
    for arguments in [["backup", "x"], ["restore", "x"]] {
        let (code, said) = run(url, &arguments).await;
        assert_eq!(code, Some(1), "nothing was copied");
        assert!(
            said.contains("pg_dump") && said.contains("pg_restore"),
            "{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_data_is_printed_as_json_when_asked() {
    let database = Database::create(Engine::Sqlite).await;
    let url = database.url();
    let json = async |arguments: &[&str]| -> Value {
        let (code, said) = run(url, arguments).await;
        assert_eq!(code, Some(0), "{said}");
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?} {error}: {said}"))
    };
    let token = json(&["token", "--name", "t", "--scope", "stock:read", "--json"]).await;
    assert!(text(&token["id"]).starts_with("token_") || !text(&token["id"]).is_empty());
    assert!(!text(&token["token"]).is_empty());
    let steps = json(&["migrate", "status", "--json"]).await;
    let steps = steps.as_array().expect("a list");
    assert!(steps.len() > 5 && steps.iter().all(|step| step["state"] == "applied"));
    let (code, said) = run(
        url,
        &[
            "user",
            "create",
            "--email",
            "a@b.example",
            "--name",
            "Anna",
            "--role",
            "SALES",
        ],
    )
    .await;
    assert_eq!(code, Some(0), "{said}");
    let users = json(&["user", "list", "--json"]).await;
    assert_eq!(users[0]["email"], "a@b.example");
    assert_eq!(users[0]["roles"], json!(["SALES"]));
    assert_eq!(json(&["check", "--json"]).await, json!([]));
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_and_completions_name_every_command() {
    let url = "sqlite://unused.db";
    let (code, help) = run(url, &["--help"]).await;
    assert_eq!(code, Some(0));
    let (code, completions) = run(url, &["completions", "bash"]).await;
    assert_eq!(code, Some(0));
    for command in [
        "serve",
        "demo",
        "migrate",
        "schema",
        "check",
        "token",
        "user",
        "backup",
        "restore",
        "completions",
        "config",
        "health",
    ] {
        assert!(help.contains(&format!("  {command}")), "{help}");
        assert!(completions.contains(command), "{command}");
        let (code, said) = run(url, &[command, "--help"]).await;
        assert!(
            code == Some(0) && said.contains("Usage"),
            "{command}: {said}"
        );
    }
    assert!(help.contains("Exit codes"), "{help}");
    assert_eq!(run(url, &["nonsense"]).await.0, Some(2));
}
