//! The disk gets full under SQLite, and there is room again.
//!
//! A process may be told how long its files may be at most, and the writing of what is longer then
//! fails as on a full disk: in the middle of a COMMIT.

use std::process::Command;

use serde_json::{Value, json};

use super::load::assert_check_is_clean;
use crate::support::{Client, Database, Engine, ServerProcess, shop};

/// How often the disk gets full.
const ROUNDS: usize = 5;
/// Commands that it refuses each time.
const REFUSED: usize = 3;
/// Commands until so many were refused, at most.
const TRIES: usize = 200;
/// How long a file may be while the disk is full: less than the write-ahead log comes to.
const SHORT: &str = "65536";

/// Lets files of a process grow so far, in bytes.
fn limit_files(server: &ServerProcess, most: &str) {
    let process = server.id().to_string();
    let limit = format!("--fsize={most}:unlimited");
    let done = Command::new("prlimit")
        .args(["--pid", &process, &limit])
        .status();
    assert!(
        done.is_ok_and(|status| status.success()),
        "prlimit (util-linux) sets a limit"
    );
}

/// Receives one piece: what was answered.
async fn receive(client: &Client, sku: &str) -> Value {
    let line = json!({ "variant": { "sku": sku }, "quantity": "1", "unitCost": "1" });
    let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
    let document = "mutation($input: GoodsReceiptPostInput!) {
        goodsReceiptPost(input: $input) { goodsReceipt { id } errors { code } } }";
    client.send(document, json!({ "input": input })).await.body
}

fn is_stored(answer: &Value) -> bool {
    answer["data"]["goodsReceiptPost"]["goodsReceipt"]["id"].is_string()
}

/// Receives until the full disk has refused enough; how many were stored meanwhile.
async fn receive_until_refused(client: &Client) -> usize {
    let (mut stored, mut refused) = (0, 0);
    for _ in 0..TRIES {
        let answer = receive(client, "TEA").await;
        if is_stored(&answer) {
            stored += 1;
            continue;
        }
        let code = &answer["errors"][0]["extensions"]["code"];
        assert!(
            code == "UNAVAILABLE" || code == "OUTCOME_UNKNOWN",
            "{answer}"
        );
        refused += 1;
        if refused == REFUSED {
            return stored;
        }
    }
    panic!("{TRIES} commands, and the disk was never full");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_after_the_disk_was_full_is_there() {
    let database = Database::create(Engine::Sqlite).await;
    let server = ServerProcess::start_with_endless_files(database.url()).await;
    let client = server.client();
    shop::warehouse(&client, "MAIN").await;
    shop::variant(&client, "TEA", Some("7.50")).await;
    let mut stored = 0;
    for round in 0..ROUNDS {
        limit_files(&server, SHORT);
        stored += receive_until_refused(&client).await;
        limit_files(&server, "unlimited");
        // A transaction that is rolled back, behind those that the database ended by itself.
        let answer = receive(&client, "UNKNOWN").await;
        let code = &answer["data"]["goodsReceiptPost"]["errors"][0]["code"];
        assert_eq!(code, "NOT_FOUND", "{answer}");
        let answer = receive(&client, "TEA").await;
        assert!(
            is_stored(&answer),
            "round {round}: there is room again: {answer}"
        );
        stored += 1;
        // Read on another connection, which sees what is committed and nothing else.
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level["onHand"], stored.to_string(), "round {round}");
    }
    let token = server.token().to_owned();
    server.kill9().await;
    let server = ServerProcess::start_with_token(database.url(), &token).await;
    let level = shop::level(&server.client(), "TEA", "MAIN").await;
    assert_eq!(level["onHand"], stored.to_string(), "after a kill");
    server.stop().await;
    assert_check_is_clean(database.url()).await;
}
