//! A hold whose time runs out between the moment a command looks at it and the moment it gets the
//! stock: somebody else has it by then.

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, Row};
use tokio::time::timeout;

use crate::support::subscription::PATIENCE;
use crate::support::{Client, TestServer, shop};

/// Keeps a hold's row from every command until it is let go.
async fn keep_holds(server: &TestServer) -> PgConnection {
    let mut keeper = PgConnection::connect(&server.database_url())
        .await
        .expect("PostgreSQL is there");
    sqlx::raw_sql("BEGIN; SELECT id FROM stock_hold FOR UPDATE")
        .execute(&mut keeper)
        .await
        .expect("the holds can be locked");
    keeper
}

/// Returns when a command of this database waits for a lock.
async fn somebody_waits(keeper: &mut PgConnection) {
    let waiting = "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let waits = async {
        loop {
            let row = sqlx::query(waiting).fetch_one(&mut *keeper).await;
            let count: i64 = row.expect("the sessions can be counted").get(0);
            if count > 0 {
                return;
            }
        }
    };
    timeout(PATIENCE, waits).await.expect("it waits");
}

/// Sells all there is as soon as the hold lets go of it.
async fn sell_all(client: &Client) {
    let sold = async {
        loop {
            let order = shop::order("ANNA", "MAIN", &[("TEA", "10")]);
            let placed = client
                .mutate("salesOrderPlace", order, "salesOrder { id }")
                .await;
            if placed["salesOrder"]["id"].is_string() {
                return;
            }
        }
    };
    timeout(PATIENCE, sold).await.expect("the hold ends");
}

/// What a command answers that looks at a hold in time, and gets its stock too late.
async fn comes_too_late(server: &TestServer, command: &str, more: Value) -> Value {
    let client = server.client();
    shop::warehouse(&client, "MAIN").await;
    shop::customer(&client, "ANNA").await;
    shop::variant(&client, "TEA", Some("7.50")).await;
    shop::receive(&client, "MAIN", &[("TEA", "10", "3")]).await;
    let hold = json!({
        "owner": "cart 17",
        "expiresAt": (Utc::now() + TimeDelta::milliseconds(1_500)).to_rfc3339(),
        "lines": [{
            "variant": { "sku": "TEA" }, "warehouse": { "code": "MAIN" }, "quantity": "10",
        }],
    });
    let held = client
        .accept("stockHoldCreate", hold, "stockHold { id }")
        .await;
    let mut keeper = keep_holds(server).await;
    let mut input = more;
    input["stockHold"] = json!({ "id": held["stockHold"]["id"] });
    let late = client.mutate(command, input, "eventCursor");
    let meanwhile = async {
        somebody_waits(&mut keeper).await;
        sell_all(&client).await;
        sqlx::raw_sql("COMMIT")
            .execute(&mut keeper)
            .await
            .expect("the holds can be let go");
    };
    let (answer, ()) = tokio::join!(late, meanwhile);
    let level = shop::level(&client, "TEA", "MAIN").await;
    assert_eq!(
        (&level["reserved"], &level["backordered"]),
        (&json!("10"), &json!("0")),
        "what was sold is promised to who bought it"
    );
    answer
}

fn is_expired(answer: &Value) {
    assert_eq!(answer["errors"][0]["code"], "INVALID_STATE", "{answer}");
    assert_eq!(answer["errors"][0]["state"], "EXPIRED", "{answer}");
}

postgres_only! {
    async fn a_hold_that_ends_while_it_is_converted_makes_no_order(server: &TestServer) {
        let order = json!({ "customer": { "code": "ANNA" } });
        is_expired(&comes_too_late(server, "stockHoldConvert", order).await);
    }
}

postgres_only! {
    async fn a_hold_that_ends_while_it_is_extended_stays_ended(server: &TestServer) {
        let later = json!({ "expiresAt": (Utc::now() + TimeDelta::hours(1)).to_rfc3339() });
        is_expired(&comes_too_late(server, "stockHoldExtend", later).await);
    }
}

postgres_only! {
    async fn a_hold_that_ends_while_it_is_released_has_ended(server: &TestServer) {
        is_expired(&comes_too_late(server, "stockHoldRelease", json!({})).await);
    }
}
