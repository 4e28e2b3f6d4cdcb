//! Two callers at once are right: over HTTP, on both databases, on one server and on two.

mod archive;
mod batching;
mod crosswise;
mod duplicates;
mod idempotency;
mod last_pieces;
mod shipping;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::support::{Client, shop};

/// The whole crowd of one test must have its answers by then; a lock that is never given back
/// shows as this, not as a test run that hangs.
const ANSWERED_WITHIN: Duration = Duration::from_secs(120);

/// What tests read of an order.
pub const ORDER: &str = "salesOrder { id number status fulfilmentStatus \
     lines { id quantity shipped reserved backordered } }";

/// Runs `count` callers that start together, and gives back their answers in their order.
pub async fn at_once<T, F, C>(count: usize, call: C) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
    C: Fn(usize) -> F,
{
    let start = Arc::new(Barrier::new(count));
    let mut callers = JoinSet::new();
    for n in 0..count {
        let (start, call) = (Arc::clone(&start), call(n));
        callers.spawn(async move {
            start.wait().await;
            (n, call.await)
        });
    }
    let mut answers = tokio::time::timeout(ANSWERED_WITHIN, callers.join_all())
        .await
        .unwrap_or_else(|_| panic!("{count} callers were not answered in {ANSWERED_WITHIN:?}"));
    answers.sort_by_key(|(n, _)| *n);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// A warehouse MAIN, a customer ANNA, and variants of these SKUs; with stock where it says so.
pub async fn open_shop(client: &Client, variants: &[(&str, Option<&str>)]) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    for (sku, stock) in variants {
        shop::variant(client, sku, Some("10")).await;
        if let Some(quantity) = stock {
            shop::receive(client, "MAIN", &[(sku, quantity, "4")]).await;
        }
    }
}

/// An order of ANNA's from MAIN.
pub fn order(lines: &[(&str, &str)], on_shortage: &str) -> Value {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(sku, quantity)| json!({ "variant": { "sku": sku }, "quantity": quantity }))
        .collect();
    json!({
        "customer": { "code": "ANNA" },
        "warehouse": { "code": "MAIN" },
        "onShortage": on_shortage,
        "lines": lines,
    })
}

/// The same input with one more field.
pub fn with(mut input: Value, field: &str, value: impl Into<Value>) -> Value {
    input[field] = value.into();
    input
}

/// Places an order; GraphQL errors fail the test, refusals come back in the payload.
pub async fn place(client: Client, input: Value) -> Value {
    client.mutate("salesOrderPlace", input, ORDER).await
}

/// Whether the payload says that the command was done.
pub fn is_accepted(payload: &Value) -> bool {
    errors(payload).is_empty()
}

/// The errors of a payload.
pub fn errors(payload: &Value) -> &[Value] {
    let errors = payload["errors"].as_array();
    errors.unwrap_or_else(|| panic!("a payload without a list of errors: {payload}"))
}

/// The one error that a payload has.
pub fn only_error(payload: &Value) -> &Value {
    match errors(payload) {
        [error] => error,
        _ => panic!("exactly one error was expected: {payload}"),
    }
}

/// The id of the order in a payload.
pub fn order_id(payload: &Value) -> String {
    let id = payload["salesOrder"]["id"].as_str();
    id.unwrap_or_else(|| panic!("a payload without an order: {payload}"))
        .to_owned()
}

/// Asserts what the stock of a variant in MAIN is: on hand, reserved, backordered.
pub async fn assert_level(client: &Client, sku: &str, wanted: [&str; 3]) {
    let level = shop::level(client, sku, "MAIN").await;
    let fields = ["onHand", "reserved", "backordered"];
    let found = fields.map(|field| level[field].as_str().unwrap_or("not a string"));
    assert_eq!(
        found, wanted,
        "{sku}: on hand, reserved, backordered: {level}"
    );
}

/// How many orders there are.
pub async fn order_count(client: &Client) -> usize {
    let query = "query($after: String) { salesOrders(first: 250, after: $after) {
        nodes { id } pageInfo { hasNextPage endCursor } } }";
    let (mut count, mut after) = (0, Value::Null);
    loop {
        let data = client.query(query, json!({ "after": after })).await;
        let page = &data["salesOrders"];
        count += page["nodes"].as_array().map_or(0, Vec::len);
        if page["pageInfo"]["hasNextPage"] != true {
            return count;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}
