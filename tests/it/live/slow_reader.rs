//! A reader that stops reading: it holds up nobody, and is told the right things when it goes on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::recorder::{Mode, Recorder, assert_same, levels};
use super::socket::Socket;
use super::{EVERY_CHANGE, WAREHOUSE, order, stocked, subscription};
use crate::support::{Client, TestServer};

const VARIANTS: usize = 40;
const ORDERS: usize = 12;
/// Fields with long names make messages of some 25 kB: the kernel keeps megabytes of what is sent.
const PADDING: usize = 125;

fn skus() -> Vec<String> {
    (0..VARIANTS)
        .map(|number| format!("SLOW-{number}"))
        .collect()
}

fn large(mode: &str) -> String {
    let field = |number| format!("{}{number}: version", "x".repeat(200));
    let padding: Vec<String> = (0..PADDING).map(field).collect();
    format!(
        "subscription {{ stockLevelChanged(snapshot: true, mode: {mode}) {{ cursor \
         stockLevel {{ variant {{ sku }} version reserved {} }} }} }}",
        padding.join(" ")
    )
}

/// One order of a piece of everything: a change of each level.
async fn order_everything(client: &Client) {
    let line = |sku| json!({ "variant": { "sku": sku }, "quantity": "1" });
    let lines: Vec<Value> = skus().into_iter().map(line).collect();
    let input = json!({
        "customer": { "code": "READER" }, "warehouse": { "code": WAREHOUSE },
        "onShortage": "BACKORDER", "lines": lines,
    });
    client.accept("salesOrderPlace", input, "eventCursor").await;
}

/// The versions of each level, in the order in which they came, up to the newest of the last one.
async fn versions(socket: &mut Socket) -> BTreeMap<String, Vec<i64>> {
    let mut seen: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    loop {
        let item = socket.next().await;
        let level = &item["stockLevelChanged"]["stockLevel"];
        let sku = level["variant"]["sku"].as_str().expect("a SKU").to_owned();
        let version = level["version"].as_i64().expect("a version");
        if sku == "SLOW-END" && version == 2 {
            return seen;
        }
        seen.entry(sku).or_default().push(version);
    }
}

/// Lets a reader stop while every level changes a dozen times, and another one reads on.
async fn stopped(server: &TestServer, mode: &str) -> BTreeMap<String, Vec<i64>> {
    let client = server.client();
    let names = skus();
    let mut all: Vec<&str> = names.iter().map(String::as_str).collect();
    all.push("SLOW-END");
    stocked(&client, &all).await;
    let mut slow = Socket::open(server, client.token()).await;
    slow.subscribe("slow", &large(mode)).await;
    let first = slow.next().await;
    assert!(first["stockLevelChanged"].is_object(), "{first}");

    // From here on the slow one does not read.
    let mut quick = client
        .subscribe(&subscription(EVERY_CHANGE), json!({}))
        .await;
    let mut recorder = Recorder::new(Mode::EveryChange);
    // Its snapshot: what is ordered before it is taken would be in it, and no change any more.
    for _ in &all {
        recorder.take(&quick.next().await);
    }
    for _ in 0..ORDERS {
        order_everything(&client).await;
    }
    order(&client, "SLOW-END", "1").await;
    while recorder.changes < ORDERS * VARIANTS + 1 {
        recorder.take(&quick.next().await);
    }
    quick.close().await;
    assert_same(&recorder.levels, &levels(&client).await);

    let mut seen = versions(&mut slow).await;
    let sku = first["stockLevelChanged"]["stockLevel"]["variant"]["sku"].as_str();
    let of_first = seen.entry(sku.expect("a SKU").to_owned()).or_default();
    of_first.insert(0, 1);
    seen.remove("SLOW-END");
    assert_eq!(seen.len(), VARIANTS, "every level was told of");
    seen
}

both! {
    async fn a_reader_that_stopped_gets_each_change_when_it_reads_on(server: &TestServer) {
        let complete: Vec<i64> = (1..=1 + i64::try_from(ORDERS).expect("a few")).collect();
        for (sku, versions) in stopped(server, "EVERY_CHANGE").await {
            assert_eq!(versions, complete, "of {sku}");
        }
    }
}

both! {
    async fn a_reader_that_stopped_gets_the_newest_state_when_it_reads_on(server: &TestServer) {
        let seen = stopped(server, "LATEST").await;
        let newest = 1 + i64::try_from(ORDERS).expect("a few");
        for (sku, versions) in &seen {
            assert_eq!(versions.last(), Some(&newest), "of {sku}: {versions:?}");
            assert!(versions.is_sorted_by(|a, b| a < b), "of {sku}: {versions:?}");
        }
        let told: usize = seen.values().map(Vec::len).sum();
        let all = (1 + ORDERS) * VARIANTS;
        assert!(told < all / 2, "{told} of {all} states were told: nothing was left out");
    }
}
