//! The program: `stockroom check` ends with 0 when the books are right, with 3 when not.

use sea_orm::ConnectionTrait;
use stockroom::platform::db::Db;
use tokio::task::spawn_blocking;

use super::books::Books;
use super::corruption::{corrupt, set};
use super::rows::of_sku;
use crate::support::database::settings;
use crate::support::process::stockroom;
use crate::support::{Database, Engine, ServerProcess};

mod the_program_names_differences_and_ends_with_3 {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn sqlite() {
        promise(Engine::Sqlite).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn postgres() {
        promise(Engine::Postgres).await;
    }
}

async fn promise(engine: Engine) {
    let database = Database::create(engine).await;
    let server = ServerProcess::start(database.url()).await;
    let books = Books::make_by(&server.client()).await;
    server.stop().await;

    let (code, said) = check(database.url(), &[]).await;
    assert_eq!(
        (code, said.trim()),
        (Some(0), "0 differences"),
        "of books that are right"
    );

    let row = corrupt("stock_level", of_sku("BOLT"), set("value = value + 1"));
    let db = Db::connect(&settings(database.url()))
        .await
        .expect("the database can be reached");
    let done = db.writer().execute_unprepared(&row.statement()).await;
    assert_eq!(done.expect("it can be corrupted").rows_affected(), 1);
    db.close().await;
    drop(db);

    let (code, said) = check(database.url(), &[]).await;
    let level = books.level(&books.bolt);
    let lines: Vec<&str> = said.trim().lines().collect();
    let line = format!("value = sum of movements: {level}: stored 120.000001, expected 120");
    assert_eq!((code, lines.len()), (Some(3), 3), "of books that are wrong");
    assert_eq!((lines[0], lines[2]), (line.as_str(), "2 differences"));
    assert!(
        lines[1].starts_with("journal: inventory = value of the stock: the books: stored "),
        "{said}"
    );
    let (code, said) = check(database.url(), &["--json"]).await;
    let told: serde_json::Value = serde_json::from_str(&said).expect("it prints JSON");
    assert_eq!(code, Some(3));
    assert_eq!(told[0]["record"], level, "{told}");
    database.remove().await;
}

/// The exit code and what was printed.
async fn check(url: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = stockroom(url);
    command.arg("check").args(arguments);
    let output = spawn_blocking(move || command.output())
        .await
        .expect("running does not panic");
    let output = output.expect("stockroom can be run");
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}
