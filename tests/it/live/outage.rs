//! PostgreSQL goes away while subscribers are about to be told: each item comes whole or not at
//! all.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row};
use tokio::time::timeout;

use super::socket::Socket;
use super::{WAREHOUSE, receive, stocked};
use crate::support::cluster::OwnCluster;
use crate::support::subscription::{Heard, PATIENCE};
use crate::support::{Client, Database, ServerProcess, Subscription, shop};

/// What comes of a level with its variant, which has to be read.
const WITH_VARIANT: &str = "cursor change { reserved } \
     stockLevel { reserved variant { sku product { name } } warehouse { code } } \
     cause { __typename ... on StockHold { status } }";
/// What an item reads by itself.
const WITH_ITS_PAST: &str = "cursor stockLevel { reserved asOf(date: \"2020-01-01\") { onHand } }";

fn query(selection: &str) -> String {
    format!(
        "subscription($after: String) {{ \
         stockLevelChanged(after: $after, mode: EVERY_CHANGE) {{ {selection} }} }}"
    )
}

/// A company on a cluster of its own.
struct Company {
    cluster: OwnCluster,
    database: Database,
    server: ServerProcess,
}

impl Company {
    async fn open() -> Self {
        let cluster = OwnCluster::start().await;
        let database = Database::create_in(cluster.url(), None).await;
        let server = ServerProcess::start(database.url()).await;
        Self {
            cluster,
            database,
            server,
        }
    }

    fn client(&self) -> Client {
        self.server.client()
    }

    /// Locks a table, gives a hold up, and stops PostgreSQL while the subscriber waits to read the
    /// table: the change is committed, the server knows it, and cannot read what belongs to it.
    async fn cut_while_reading(&self, table: &str, hold: &Value) {
        let mut locking = PgConnection::connect(self.database.url())
            .await
            .expect("PostgreSQL is there");
        let sql = format!("BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE");
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql))
            .execute(&mut locking)
            .await
            .expect("the table can be locked");
        let input = json!({ "stockHold": { "id": hold } });
        let client = self.client();
        client
            .accept("stockHoldRelease", input, "eventCursor")
            .await;
        let waiting = "SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
             WHERE NOT granted AND relname = $1";
        let waits = async {
            loop {
                let row = sqlx::query(waiting).bind(table).fetch_one(&mut locking);
                let count: i64 = row.await.expect("locks can be counted").get(0);
                if count > 0 {
                    return;
                }
            }
        };
        let waits = timeout(PATIENCE, waits).await;
        waits.expect("the subscriber reads what the item needs");
        self.cluster.stop_immediately().await;
    }
}

/// A hold of all that is there; its id, and the cursor behind it.
async fn hold(client: &Client, sku: &str) -> (Value, Value) {
    let line = json!({
        "variant": { "sku": sku }, "warehouse": { "code": WAREHOUSE }, "quantity": "10",
    });
    let expires_at = (Utc::now() + TimeDelta::hours(1)).to_rfc3339();
    let input = json!({ "owner": "cart", "expiresAt": expires_at, "lines": [line] });
    let payload = client
        .accept("stockHoldCreate", input, "eventCursor stockHold { id }")
        .await;
    (
        payload["stockHold"]["id"].clone(),
        payload["eventCursor"].clone(),
    )
}

/// Subscribes behind a hold, and hears of one change, so that the subscription runs.
async fn listen(client: &Client, selection: &str, after: &Value) -> Subscription {
    let mut stream = client
        .subscribe(&query(selection), json!({ "after": after }))
        .await;
    receive(client, WAREHOUSE, "CUT", "1").await;
    let item = stream.next().await;
    assert_eq!(item["stockLevelChanged"]["stockLevel"]["reserved"], "10");
    stream
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_cannot_be_told_whole_is_told_when_the_database_is_back() {
    let company = Company::open().await;
    let client = company.client();
    stocked(&client, &["CUT"]).await;
    let (held, cursor) = hold(&client, "CUT").await;
    let mut stream = listen(&client, WITH_VARIANT, &cursor).await;
    company.cut_while_reading("product_variant", &held).await;
    company.cluster.restart().await;
    let item = stream.next().await;
    let item = &item["stockLevelChanged"];
    assert_eq!(item["change"]["reserved"], "-10", "{item}");
    let variant = &item["stockLevel"]["variant"];
    assert_eq!(variant["product"]["name"], "Product CUT", "{item}");
    assert_eq!(item["stockLevel"]["warehouse"]["code"], WAREHOUSE);
    assert_eq!(item["cause"]["status"], "RELEASED", "{item}");
    // The stream goes on.
    receive(&client, WAREHOUSE, "CUT", "1").await;
    let item = stream.next().await;
    assert_eq!(item["stockLevelChanged"]["change"]["reserved"], "0");
    stream.close().await;
    company.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_in_order_while_a_subscriber_waits_for_the_database() {
    // Half of the stops took five minutes when five of these ran at once.
    let company = Company::open().await;
    let client = company.client();
    stocked(&client, &["CUT"]).await;
    let (held, cursor) = hold(&client, "CUT").await;
    let mut stream = listen(&client, WITH_VARIANT, &cursor).await;
    company.cut_while_reading("product_variant", &held).await;
    company.server.stop().await;
    let heard = stream.hear().await;
    assert!(matches!(heard, Heard::Closed(Some((1001, _)))), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_ends_with_what_an_item_could_not_read_by_itself_and_can_be_resumed() {
    let company = Company::open().await;
    let client = company.client();
    stocked(&client, &["CUT"]).await;
    let (held, _) = hold(&client, "CUT").await;
    let received = receive(&client, WAREHOUSE, "CUT", "1").await;
    let cursor = &received["eventCursor"];
    let mut stream = listen(&client, WITH_ITS_PAST, cursor).await;
    company.cut_while_reading("stock_day", &held).await;
    let Heard::Errors(item) = stream.hear().await else {
        panic!("it is told that the item could not be read");
    };
    let error = &item["errors"][0];
    assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{item}");
    assert_eq!(
        item["data"],
        Value::Null,
        "nobody takes half of an item for told"
    );
    assert_eq!(stream.hear().await, Heard::Complete);
    company.cluster.restart().await;
    let mut stream = resumed(&client, cursor).await;
    for reserved in ["10", "0"] {
        let item = stream.next().await;
        let level = &item["stockLevelChanged"]["stockLevel"];
        assert_eq!(level["reserved"], reserved, "{item}");
        assert_eq!(level["asOf"]["onHand"], "0", "{item}");
    }
    stream.close().await;
    company.server.stop().await;
}

/// Subscribes again as soon as the server's database is back.
async fn resumed(client: &Client, cursor: &Value) -> Subscription {
    loop {
        let reply = client.send("{ viewer { __typename } }", Value::Null).await;
        if reply.status == 200 {
            let after = json!({ "after": cursor });
            return client.subscribe(&query(WITH_ITS_PAST), after).await;
        }
    }
}

/// More events than are read at once, in so many receipts of so many variants.
const VARIANTS: usize = 60;
const RECEIPTS: usize = 18;
/// Fields with long names, so that the kernel does not keep what the client has not read.
const PADDING: usize = 125;

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_that_fell_behind_waits_for_the_database_and_misses_nothing() {
    let company = Company::open().await;
    let client = company.client();
    shop::warehouse(&client, WAREHOUSE).await;
    let mut lines = Vec::new();
    for number in 0..VARIANTS {
        let sku = format!("PAST-{number}");
        shop::variant(&client, &sku, None).await;
        lines.push(json!({ "variant": { "sku": sku }, "quantity": "1", "unitCost": "2" }));
    }
    let input = json!({ "warehouse": { "code": WAREHOUSE }, "lines": lines });
    let first = client
        .accept("goodsReceiptPost", input.clone(), "eventCursor")
        .await;
    for _ in 0..RECEIPTS {
        client
            .accept("goodsReceiptPost", input.clone(), "eventCursor")
            .await;
    }
    // A server that starts keeps nothing of what was before: its subscribers read the database.
    let token = company.server.token().to_owned();
    company.server.stop().await;
    let server = ServerProcess::start_with_token(company.database.url(), &token).await;
    let padding: Vec<String> = (0..PADDING)
        .map(|number| format!("{}{number}: version", "x".repeat(200)))
        .collect();
    let cursor = first["eventCursor"].as_str().expect("it posted");
    let query = format!(
        "subscription {{ stockLevelChanged(after: \"{cursor}\", mode: EVERY_CHANGE) \
         {{ cursor stockLevel {{ version {} }} }} }}",
        padding.join(" ")
    );
    let mut socket = Socket::open_at(&server.url(), Some(&token)).await;
    socket.subscribe("past", &query).await;
    let mut versions = vec![version(&socket.next().await)];
    company.cluster.stop_immediately().await;
    // What was read at once comes, and then nothing until the database is there again.
    let restarted = async {
        while versions.len() < VARIANTS * RECEIPTS {
            versions.push(version(&socket.next().await));
        }
    };
    tokio::join!(restarted, company.cluster.restart());
    let told = |wanted: usize| {
        versions
            .iter()
            .filter(|version| **version == wanted)
            .count()
    };
    for wanted in 2..=RECEIPTS + 1 {
        assert_eq!(told(wanted), VARIANTS, "of version {wanted}");
    }
    server.stop().await;
}

fn version(item: &Value) -> usize {
    let version = item["stockLevelChanged"]["stockLevel"]["version"].as_u64();
    version
        .and_then(|version| version.try_into().ok())
        .unwrap_or_else(|| panic!("no version in {item}"))
}
