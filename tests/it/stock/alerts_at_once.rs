//! Many callers who take a level across its lines and back, on one server and on two: what is told
//! is exactly what the level's own history says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::alerts::{adjust, policy, set, shelf};
use crate::concurrency::at_once;
use crate::support::{Client, TestServer};

const CALLERS: usize = 24;
const ROUNDS: usize = 4;
/// The lines of the policy.
const LOW_AT: i64 = 4;
const MOST: i64 = 9;

const LEVELS: &str = "subscription($after: String) {
    stockLevelChanged(after: $after, mode: EVERY_CHANGE) { stockLevel { onHand available } } }";
const ALERTS: &str = "subscription($after: String) {
    stockAlertRaised(after: $after, andCleared: true) {
        cursor stockAlert { id kind quantity threshold isOpen clearedQuantity } } }";

/// Takes two or brings two; what is not there cannot be taken, and is refused.
async fn push(client: Client, caller: usize) {
    for round in 0..ROUNDS {
        let delta = if (caller + round).is_multiple_of(2) {
            "2"
        } else {
            "-2"
        };
        let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta },
            "unitCost": "1" });
        let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "COUNT",
            "lines": [line] });
        let payload = client.mutate("stockAdjust", input, "errors { code }").await;
        let errors = payload["errors"].as_array().map_or(0, Vec::len);
        assert!(errors == 0 || delta == "-2", "{payload}");
    }
}

/// What is to be told of a level that was like this and is like that now.
fn expected(open: &mut BTreeMap<&'static str, i64>, before: i64, now: i64) -> Vec<Value> {
    let mut told = Vec::new();
    let is_out = now <= 0 && (before > 0 || open.contains_key("OUT"));
    let lines = [
        ("OUT", is_out, 0),
        ("BACK_IN_STOCK", now > 0 && open.contains_key("OUT"), 0),
        ("LOW", now <= LOW_AT, LOW_AT),
        ("OVERSTOCK", now > MOST, MOST),
    ];
    for (kind, holds, line) in lines {
        let is_moment = kind == "BACK_IN_STOCK";
        let raised = |quantity: i64, cleared: Option<i64>| {
            json!({ "kind": kind, "quantity": quantity.to_string(),
                "threshold": line.to_string(), "isOpen": cleared.is_none(),
                "clearedQuantity": cleared.map(|quantity| quantity.to_string()) })
        };
        match (open.get(kind).copied(), holds) {
            (None, true) => {
                told.push(raised(now, is_moment.then_some(now)));
                if !is_moment {
                    open.insert(kind, now);
                }
            }
            (Some(quantity), false) => {
                told.push(raised(quantity, Some(now)));
                open.remove(kind);
            }
            _ => {}
        }
    }
    told
}

fn whole(value: &Value) -> i64 {
    let text = value.as_str().expect("a decimal");
    text.parse().expect("a whole number")
}

async fn tell_the_history(writers: [Client; 2], reader: Client) {
    let client = &writers[0];
    shelf(client, "6").await;
    let fields = json!({ "reorderPoint": LOW_AT.to_string(), "maximum": MOST.to_string() });
    set(client, fields).await;
    let start = client
        .accept(
            "stockPolicySet",
            policy(json!({ "reorderPoint": "9" })),
            "eventCursor",
        )
        .await;
    let fields = json!({ "reorderPoint": LOW_AT.to_string(), "maximum": MOST.to_string() });
    let begun = set(client, fields).await;
    assert!(
        start["eventCursor"] != begun["eventCursor"],
        "raised, then cleared"
    );
    let after = json!({ "after": begun["eventCursor"] });
    let mut levels = reader.subscribe(LEVELS, after.clone()).await;
    let mut alerts = reader.subscribe(ALERTS, after).await;
    at_once(CALLERS, |caller| push(writers[caller % 2].clone(), caller)).await;
    // The last change there is: far above every line.
    adjust(client, "1000").await;
    let (mut open, mut before) = (BTreeMap::new(), 6);
    let (mut cursor, mut crossings) = (Value::Null, 0);
    loop {
        let item = levels.next().await;
        let level = &item["stockLevelChanged"]["stockLevel"];
        let now = whole(&level["available"]);
        assert_eq!(level["onHand"], level["available"]);
        for wanted in expected(&mut open, before, now) {
            let item = alerts.next().await;
            let mut told = item["stockAlertRaised"]["stockAlert"].clone();
            told.as_object_mut().expect("an alert").remove("id");
            assert_eq!(told, wanted, "from {before} to {now}");
            cursor = item["stockAlertRaised"]["cursor"].clone();
            crossings += 1;
        }
        before = now;
        if now >= 1_000 {
            break;
        }
    }
    assert!(crossings > 3, "only {crossings} crossings");
    let standing = "{ stockAlerts { nodes { kind } } }";
    let standing = client.query(standing, json!({})).await;
    let nodes = standing["stockAlerts"]["nodes"].clone();
    assert_eq!(
        nodes,
        json!([{ "kind": "OVERSTOCK" }]),
        "nothing else stands"
    );
    assert!(cursor.is_string(), "each alert has its place: {cursor}");
    levels.close().await;
    alerts.close().await;
}

both! {
    async fn what_many_callers_cross_is_told_once_for_each_crossing(server: &TestServer) {
        let client = server.client();
        tell_the_history([client.clone(), client.clone()], client).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_tell_every_crossing_once_and_a_policy_counts_at_once() {
    let server = TestServer::start(crate::support::Engine::Postgres).await;
    let second = server.second().await;
    let (one, other) = (server.client(), second.client());
    tell_the_history([one.clone(), other.clone()], other.clone()).await;
    // Policies change on one server while the other moves goods: `check` looks at what stands.
    at_once(16, |caller| {
        let (one, other) = (one.clone(), other.clone());
        async move {
            for round in 0..4_usize {
                if caller.is_multiple_of(4) {
                    let line = (950 + 40 * ((caller + round) % 3)).to_string();
                    set(&one, json!({ "reorderPoint": line, "maximum": "1030" })).await;
                } else {
                    let delta = if (caller + round).is_multiple_of(2) {
                        "30"
                    } else {
                        "-30"
                    };
                    adjust(&other, delta).await;
                }
            }
        }
    })
    .await;
    second.stop().await;
    server.stop_with_right_books().await;
}
