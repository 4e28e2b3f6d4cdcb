//! What is in the demo, and that half of it is never served. One demo is made for all of this.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stockroom::check;
use stockroom::demo::folder::Folder;
use stockroom::platform::db::Db;
use tempfile::tempdir;
use tokio::time::sleep;

use super::{PATIENCE, Running, demo, refused};
use crate::asking::list;
use crate::support::{Client, database};

/// The lists of documents, and the enums of their states.
const STATES: &[(&str, &str)] = &[
    ("salesOrders", "SalesOrderStatus"),
    ("purchaseOrders", "PurchaseOrderStatus"),
    ("fulfilments", "FulfilmentStatus"),
    ("customerReturns", "CustomerReturnStatus"),
    ("stockTransfers", "StockTransferStatus"),
    ("stockHolds", "StockHoldStatus"),
    ("stockAdjustments", "StockAdjustmentStatus"),
    ("stockCounts", "StockCountStatus"),
    ("goodsReceipts", "GoodsReceiptStatus"),
    ("invoices", "InvoiceStatus"),
    ("payments", "PaymentStatus"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_believable_company_is_made_whole_or_not_at_all() {
    let folder = tempdir().expect("a folder");
    is_not_served_when_it_was_interrupted(folder.path()).await;
    // Fewer than usual: what is asked for here does not depend on how many there are.
    let wish = ["--seed", "7", "--orders", "160"];
    let running = Running::start(folder.path(), &wish).await;
    let url = running.word("GraphQL: ");
    let client = Client::new(url, Some(running.word("Token: ")));
    assert!(running.word("Made from: ").starts_with("seed 7 on "));
    has_its_records(&client).await;
    has_documents_in_every_state(&client).await;
    has_what_somebody_has_to_do(&client).await;
    sold_all_the_year(&client).await;
    has_what_the_readme_asks_for(&client).await;
    let said = refused(folder.path(), &[]).await;
    assert!(said.contains("another demo runs"), "{said}");
    running.stop().await;
    let said = refused(folder.path(), &["--seed", "8"]).await;
    assert!(said.contains("--fresh"), "{said}");
    has_right_books(folder.path()).await;
    goes_when_it_is_started_over(folder.path()).await;
}

/// Killed while it is made, it leaves nothing that would be taken for a demo.
async fn is_not_served_when_it_was_interrupted(folder: &Path) {
    let mut child = demo(folder, &["--seed", "7"]).spawn().expect("it starts");
    let begun = Instant::now();
    let making = folder.join("demo.db.making-wal");
    while std::fs::metadata(&making).map_or(0, |log| log.len()) < 500_000 {
        assert!(begun.elapsed() < PATIENCE, "nothing is made");
        sleep(Duration::from_millis(20)).await;
    }
    child.kill().expect("it runs");
    child.wait().expect("it was started");
    assert!(!folder.join("demo.db").exists());
    assert!(!folder.join("demo-token.txt").exists());
}

async fn names(client: &Client, connection: &str, name: &str) -> Vec<String> {
    let query = format!("{{ all: {connection} {{ nodes {{ {name} }} }} }}");
    let data = client.query(&query, Value::Null).await;
    let nodes = list(&data["all"]["nodes"]).expect("it is a list");
    let text = |node: &Value| node[name].as_str().map(str::to_owned);
    nodes.iter().filter_map(text).collect()
}

async fn has_its_records(client: &Client) {
    assert_eq!(
        names(client, "suppliers(first: 250)", "code").await.len(),
        12
    );
    assert_eq!(
        names(client, "products(first: 250)", "name").await.len(),
        200
    );
    assert_eq!(
        names(client, "customers(first: 250)", "code").await.len(),
        60
    );
    assert_eq!(
        names(client, "categories(first: 250)", "code").await.len(),
        15
    );
    let warehouses = names(client, "warehouses(first: 250)", "code").await;
    assert_eq!(warehouses, ["MAIN", "NORTH", "SOUTH"]);
}

/// Whoever adds a state to a document adds one of the state to the demo.
async fn has_documents_in_every_state(client: &Client) {
    for (connection, states) in STATES {
        let query = "query($name: String!) { __type(name: $name) { enumValues { name } } }";
        let data = client.query(query, json!({ "name": states })).await;
        for state in list(&data["__type"]["enumValues"]).expect("it has values") {
            let state = state["name"].as_str().expect("it has a name");
            let found = format!("{connection}(first: 1, filter: {{ status: {{ eq: {state} }} }})");
            let begun = Instant::now();
            // What a hold keeps is free at once; that it is over is noted a little later.
            while names(client, &found, "id").await.is_empty() {
                let is_late = begun.elapsed() > Duration::from_secs(20);
                assert!(!is_late, "there is no {state} among {connection}");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

async fn has_what_somebody_has_to_do(client: &Client) {
    let query = "query($today: Date!, $yesterday: Date!) {
      orders: salesOrders(first: 250, filter: { fulfilmentStatus: { in: [NONE, PARTIAL] } }) {
        nodes { fulfilmentStatus lines { backordered } holds { kind } }
      }
      part: purchaseOrders(first: 1, filter: { receivingStatus: { eq: PARTIAL } }) { nodes { id } }
      late: purchaseOrdersOverdue(asOf: $today) { id }
      bills: openItems(first: 250, filter: { dueOn: { lte: $yesterday } }) {
        nodes { documentKind openAmount { amount } amount { amount } }
      }
    }";
    let now = chrono::Utc::now().date_naive();
    let days = json!({ "today": now, "yesterday": now.pred_opt() });
    let data = client.query(query, days).await;
    let orders = list(&data["orders"]["nodes"]).expect("a list");
    let is_part = |order: &&Value| order["fulfilmentStatus"] == "PARTIAL";
    assert!(orders.iter().filter(is_part).count() >= 2);
    let lines = orders.iter().flat_map(|order| order["lines"].as_array());
    let waiting = lines.flatten().filter(|line| line["backordered"] != "0");
    assert!(waiting.count() >= 4);
    let holds = orders.iter().flat_map(|order| order["holds"].as_array());
    let kinds: BTreeSet<&str> = holds
        .flatten()
        .filter_map(|hold| hold["kind"].as_str())
        .collect();
    assert_eq!(
        Vec::from_iter(kinds),
        ["CREDIT", "OTHER", "REVIEW", "STOCK"]
    );
    assert!(!list(&data["part"]["nodes"]).expect("a list").is_empty());
    assert!(list(&data["late"]).expect("a list").len() >= 2);
    let bills = list(&data["bills"]["nodes"]).expect("a list");
    let overdue = bills
        .iter()
        .filter(|bill| bill["documentKind"] == "INVOICE");
    let overdue: Vec<&Value> = overdue.collect();
    assert!(overdue.len() >= 3, "{} are overdue", overdue.len());
    assert!(
        overdue
            .iter()
            .any(|bill| bill["openAmount"] != bill["amount"])
    );
}

async fn sold_all_the_year(client: &Client) {
    let mut months = BTreeSet::new();
    let mut after = Value::Null;
    let query = "query($after: String) { salesOrders(first: 250, after: $after) {
      nodes { date } pageInfo { hasNextPage endCursor } } }";
    loop {
        let mut data = client.query(query, json!({ "after": after })).await;
        for order in list(&data["salesOrders"]["nodes"]).expect("a list") {
            let date = order["date"].as_str().expect("a date");
            months.insert(date[..7].to_owned());
        }
        if data["salesOrders"]["pageInfo"]["hasNextPage"] != true {
            break;
        }
        after = data["salesOrders"]["pageInfo"]["endCursor"].take();
    }
    assert!(months.len() >= 11, "{months:?}");
}

/// Two kettles for the hotel are there, ninety are not.
async fn has_what_the_readme_asks_for(client: &Client) {
    for (quantity, is_there) in [("2", true), ("90", false)] {
        let input = json!({
            "customer": { "code": "HOTEL-SEE" }, "warehouse": { "code": "MAIN" },
            "lines": [{ "variant": { "sku": "KETTLE-1L" }, "quantity": quantity }],
        });
        let payload = client
            .mutate("salesOrderPlace", input, "errors { code }")
            .await;
        let errors = list(&payload["errors"]).expect("a list");
        assert_eq!(errors.is_empty(), is_there, "{payload}");
    }
}

/// What `--fresh` does first.
async fn goes_when_it_is_started_over(path: &Path) {
    let path = path.to_str().expect("a name");
    let folder = Folder::take(path).expect("nobody else uses it");
    assert!(folder.made().await.expect("it is the demo's").is_some());
    folder.remove().expect("it can be removed");
    assert!(!folder.database().exists());
    assert!(folder.made().await.expect("nothing is there").is_none());
}

async fn has_right_books(folder: &Path) {
    let url = format!("sqlite://{}", folder.join("demo.db").display());
    let db = Db::connect(&database::settings(&url))
        .await
        .expect("it opens");
    let differences = check::run(&db).await.expect("it is checked");
    db.close().await;
    assert!(differences.is_empty(), "{differences:?}");
}
