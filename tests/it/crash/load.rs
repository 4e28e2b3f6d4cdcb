//! A few clients that place orders and post receipts, and a journal of what they were told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

use crate::support::process::stockroom;
use crate::support::{Client, shop};

/// Clients at once; the last one posts receipts, the others place orders.
const CLIENTS: usize = 4;
/// So many answers must come within `PATIENCE`.
const PATIENCE: Duration = Duration::from_secs(90);
/// While the server cannot answer, a client asks again after so long.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// What a client asked for, and whether it was told that it was done.
pub struct Attempt {
    mutation: Mutation,
    input: Value,
    acknowledged: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mutation {
    Order,
    Receipt,
}

impl Mutation {
    fn name(self) -> &'static str {
        match self {
            Self::Order => "salesOrderPlace",
            Self::Receipt => "goodsReceiptPost",
        }
    }

    fn record(self) -> &'static str {
        match self {
            Self::Order => "salesOrder",
            Self::Receipt => "goodsReceipt",
        }
    }

    fn document(self) -> String {
        let (name, record) = (self.name(), self.record());
        let input = match self {
            Self::Order => "SalesOrderPlaceInput!",
            Self::Receipt => "GoodsReceiptPostInput!",
        };
        format!(
            "mutation($input: {input}) {{ {name}(input: $input) {{ \
             {record} {{ id }} errors {{ message path }} replayed }} }}"
        )
    }

    /// Two lines, of 1 and of 2: a record with others is not whole.
    fn input(self, key: &str) -> Value {
        let line = |sku: &str, quantity: &str| match self {
            Self::Order => json!({ "variant": { "sku": sku }, "quantity": quantity }),
            Self::Receipt => {
                json!({ "variant": { "sku": sku }, "quantity": quantity, "unitCost": "4.25" })
            }
        };
        let lines = [line("A", "1"), line("B", "2")];
        let mut input = json!({
            "warehouse": { "code": "MAIN" }, "lines": lines, "idempotencyKey": key,
        });
        if self == Self::Order {
            input["customer"] = json!({ "code": "ANNA" });
            input["onShortage"] = json!("BACKORDER");
        }
        input
    }
}

/// Everything that was asked for so far.
#[derive(Default)]
pub struct Journal {
    attempts: Mutex<Vec<Attempt>>,
    acknowledged: watch::Sender<usize>,
}

impl Journal {
    fn note(&self, attempt: Attempt) {
        let told = usize::from(attempt.acknowledged.is_some());
        self.attempts
            .lock()
            .expect("no client panics while it writes")
            .push(attempt);
        self.acknowledged.send_modify(|count| *count += told);
    }

    /// Ids that were acknowledged so far, each told once.
    fn told(&self, mutation: Mutation) -> BTreeSet<String> {
        let attempts = self
            .attempts
            .lock()
            .expect("no client panics while it writes");
        let theirs = attempts
            .iter()
            .filter(|attempt| attempt.mutation == mutation);
        let ids: Vec<String> = theirs
            .filter_map(|attempt| attempt.acknowledged.clone())
            .collect();
        drop(attempts);
        let distinct: BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(distinct.len(), ids.len(), "two keys were told one record");
        distinct
    }

    /// How many were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        *self.acknowledged.borrow()
    }

    /// How many were asked for so far.
    pub fn asked(&self) -> usize {
        self.attempts
            .lock()
            .expect("no client panics while it writes")
            .len()
    }

    /// Waits until so many more were acknowledged.
    pub async fn more(&self, count: usize) {
        let wanted = self.acknowledged() + count;
        let mut acknowledged = self.acknowledged.subscribe();
        let waiting = acknowledged.wait_for(|count| *count >= wanted);
        let outcome = timeout(PATIENCE, waiting).await;
        assert!(
            outcome.is_ok(),
            "{count} more answers did not come within {PATIENCE:?}"
        );
    }
}

/// Clients at work.
pub struct Load {
    clients: JoinSet<()>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Starts them. They go on whatever happens to the server, with a new key each time.
    pub fn start(client: &Client, journal: &Arc<Journal>, round: usize) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for number in 0..CLIENTS {
            let prefix = format!("{round}-{number}");
            let mutation = if number + 1 == CLIENTS {
                Mutation::Receipt
            } else {
                Mutation::Order
            };
            let (client, journal, stop) = (client.clone(), Arc::clone(journal), Arc::clone(&stop));
            clients.spawn(async move { work(&client, &journal, (mutation, prefix), &stop).await });
        }
        Self { clients, stop }
    }

    /// Ends them, after the answer that each waits for.
    pub async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        let ended = timeout(PATIENCE, self.clients.join_all()).await;
        assert!(
            ended.is_ok(),
            "a client waits for an answer that does not come"
        );
    }
}

async fn work(
    client: &Client,
    journal: &Journal,
    (mutation, prefix): (Mutation, String),
    stop: &AtomicBool,
) {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        let input = mutation.input(&format!("{prefix}-{number}"));
        let acknowledged = ask(client, mutation, &input).await;
        let is_down = acknowledged.is_none();
        journal.note(Attempt {
            mutation,
            input,
            acknowledged,
        });
        if is_down {
            tokio::time::sleep(ASK_AGAIN).await;
        }
        number += 1;
    }
}

/// The id of the record when the server says that it is done. A server that is down, or whose
/// database is, may say so; it may not say anything else.
async fn ask(client: &Client, mutation: Mutation, input: &Value) -> Option<String> {
    let variables = json!({ "input": input });
    let reply = client
        .try_send(&mutation.document(), variables)
        .await
        .ok()?;
    if let Some(errors) = reply.body["errors"].as_array() {
        for error in errors {
            let code = error["extensions"]["code"].as_str().unwrap_or_default();
            let honest = ["UNAVAILABLE", "OUTCOME_UNKNOWN"].contains(&code);
            assert!(honest, "{}: {:#}", reply.status, reply.body);
        }
        return None;
    }
    let payload = &reply.body["data"][mutation.name()];
    assert_eq!(payload["errors"], json!([]), "{:#}", reply.body);
    let id = payload[mutation.record()]["id"].as_str();
    Some(
        id.unwrap_or_else(|| panic!("accepted without a record: {payload}"))
            .to_owned(),
    )
}

/// The shop that the load needs.
pub async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    for sku in ["A", "B"] {
        shop::variant(client, sku, Some("10")).await;
    }
}

/// Ids of all records, each of which has its two lines.
async fn whole_records(client: &Client, mutation: Mutation) -> BTreeSet<String> {
    let list = format!("{}s", mutation.record());
    let query = format!(
        "query($after: String) {{ {list}(first: 100, after: $after) {{ \
         nodes {{ id lines {{ quantity }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
    );
    let (mut ids, mut after) = (BTreeSet::new(), Value::Null);
    loop {
        let data = client.query(&query, json!({ "after": after })).await;
        let nodes = data[&list]["nodes"].as_array().expect("a list has nodes");
        for node in nodes {
            let lines = json!([{ "quantity": "1" }, { "quantity": "2" }]);
            assert_eq!(node["lines"], lines, "half of a record is stored: {node}");
            let id = node["id"].as_str().expect("an id is a string");
            assert!(ids.insert(id.to_owned()), "{id} is listed twice");
        }
        let page = &data[&list]["pageInfo"];
        if page["hasNextPage"] != true {
            return ids;
        }
        after = page["endCursor"].clone();
    }
}

/// Everything acknowledged by now is stored, each under an id of its own, and what is stored is
/// whole. May be asked while clients are at work.
pub async fn assert_acknowledged_is_there(client: &Client, journal: &Journal) {
    for mutation in [Mutation::Order, Mutation::Receipt] {
        let told = journal.told(mutation);
        let stored = whole_records(client, mutation).await;
        let lost: Vec<&String> = told.difference(&stored).collect();
        assert!(lost.is_empty(), "acknowledged, but not there: {lost:?}");
    }
}

/// How many of those without an answer turned out to be stored.
pub struct Unanswered {
    pub stored: usize,
    pub absent: usize,
}

/// Asks everything again under its key: each is there exactly once, under the id it was told.
pub async fn repeat_everything(client: &Client, journal: &Journal) -> Unanswered {
    let attempts = std::mem::take(
        &mut *journal
            .attempts
            .lock()
            .expect("no client panics while it writes"),
    );
    let mut unanswered = Unanswered {
        stored: 0,
        absent: 0,
    };
    let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
    for attempt in &attempts {
        let (name, record) = (attempt.mutation.name(), attempt.mutation.record());
        let selection = format!("{record} {{ id }}");
        let payload = client.accept(name, attempt.input.clone(), &selection).await;
        let replayed = payload["replayed"] == true;
        match &attempt.acknowledged {
            Some(id) => {
                assert_eq!(
                    payload[record]["id"], **id,
                    "another record: {}",
                    attempt.input
                );
                assert!(replayed, "acknowledged, yet done again: {}", attempt.input);
            }
            None if replayed => unanswered.stored += 1,
            None => unanswered.absent += 1,
        }
        *asked.entry(record).or_default() += 1;
    }
    for mutation in [Mutation::Order, Mutation::Receipt] {
        let stored = whole_records(client, mutation).await.len();
        let wanted = asked.get(mutation.record()).copied().unwrap_or_default();
        assert_eq!(stored, wanted, "each key makes one {}", mutation.record());
    }
    unanswered
}

/// Runs `stockroom check` as an operator would.
pub async fn assert_check_is_clean(database_url: &str) {
    let mut command = stockroom(database_url);
    command.arg("check");
    let output = spawn_blocking(move || command.output())
        .await
        .expect("running does not panic")
        .expect("stockroom can be run");
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        output.status.code(),
        Some(0),
        "stockroom check: {said} {complained}"
    );
}
