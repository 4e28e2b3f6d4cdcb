//! Holds: stock kept for somebody for a while.

use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::{Client, shop};

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3")]).await;
}

fn hold_input(quantity: &str, lasts: TimeDelta) -> Value {
    json!({
        "owner": "cart 17",
        "expiresAt": (Utc::now() + lasts).to_rfc3339(),
        "lines": [{
            "variant": { "sku": "TEA" }, "warehouse": { "code": "MAIN" }, "quantity": quantity,
        }],
    })
}

async fn hold(client: &Client, quantity: &str, lasts: TimeDelta) -> Value {
    let selection = "stockHold { id status lines { id } }";
    let payload = client
        .accept("stockHoldCreate", hold_input(quantity, lasts), selection)
        .await;
    payload["stockHold"].clone()
}

fn named(hold: &Value) -> Value {
    json!({ "stockHold": { "id": hold["id"] } })
}

both! {
    async fn held_stock_cannot_be_sold_to_somebody_else(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let held = hold(&client, "8", TimeDelta::minutes(10)).await;
        assert_eq!(held["status"], "ACTIVE");
        let order = shop::order("ANNA", "MAIN", &[("TEA", "3")]);
        let refused = client.mutate("salesOrderPlace", order, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["available"], "2");
        let too_much = hold_input("3", TimeDelta::minutes(10));
        let refused = client.mutate("stockHoldCreate", too_much, "stockHold { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK");
    }
}

both! {
    async fn a_released_hold_serves_who_waits(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let held = hold(&client, "8", TimeDelta::minutes(10)).await;
        let mut order = shop::order("ANNA", "MAIN", &[("TEA", "5")]);
        order["onShortage"] = json!("BACKORDER");
        client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["backordered"], "3");
        let selection = "stockHold { status }";
        let released = client.accept("stockHoldRelease", named(&held), selection).await;
        assert_eq!(released["stockHold"]["status"], "RELEASED");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&level["backordered"], &level["available"]), (&json!("0"), &json!("5")));
        let again = client.mutate("stockHoldRelease", named(&held), "stockHold { id }").await;
        assert_eq!(again["errors"][0]["code"], "INVALID_STATE");
    }
}

both! {
    async fn an_expired_hold_is_free_at_once_and_tidied_within_five_seconds(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut watch = client
            .subscribe(
                "subscription { stockLevelChanged(snapshot: true) { stockLevel { reserved } \
                 change { reserved } cause { __typename ... on StockHold { status } } } }",
                json!({}),
            )
            .await;
        // The snapshot holds what the opening brought, so that what follows is new.
        let opening = watch.next().await["stockLevelChanged"].clone();
        assert_eq!(opening["change"], Value::Null, "{opening}");
        let lasts = TimeDelta::seconds(3);
        let ends = Utc::now() + lasts;
        let held = hold(&client, "8", lasts).await;
        let seen = watch.next().await["stockLevelChanged"].clone();
        assert_eq!(seen["change"]["reserved"], "8");
        let left = (ends - Utc::now()).to_std().unwrap_or_default();
        // The time running out is the event that is waited for.
        assert!(watch.try_next(left).await.is_none(), "nothing happens before it expires");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level["available"], "10", "free at once, for whoever reads");
        let query = "query($id: ID!) { stockHold(by: { id: $id }) { status } }";
        let data = client.query(query, json!({ "id": held["id"] })).await;
        assert_eq!(data["stockHold"]["status"], "EXPIRED");
        let seen = watch.try_next(Duration::from_secs(5)).await;
        let seen = seen.expect("the sweeper tells within five seconds");
        assert_eq!(
            seen["stockLevelChanged"],
            json!({
                "stockLevel": { "reserved": "0" },
                "change": { "reserved": "-8" },
                "cause": { "__typename": "StockHold", "status": "EXPIRED" },
            })
        );
        let mut late = named(&held);
        late["expiresAt"] = json!((Utc::now() + TimeDelta::minutes(1)).to_rfc3339());
        let refused = client.mutate("stockHoldExtend", late, "stockHold { id }").await;
        assert_eq!(refused["errors"][0]["state"], "EXPIRED");
        watch.close().await;
    }
}

both! {
    /// Afterwards the books are checked: every line of a ledger names a command that is kept.
    async fn what_an_expired_hold_gives_back_is_booked_under_an_order_that_was_accepted(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let ends = Utc::now() + TimeDelta::milliseconds(1_600);
        hold(&client, "10", TimeDelta::milliseconds(1_500)).await;
        // Of those that come at once, most are for more than there ever was.
        let place = |quantity: &'static str| {
            let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
            let client = &client;
            async move { client.mutate("salesOrderPlace", order, "salesOrder { id }").await }
        };
        loop {
            let began_after_end = Utc::now() > ends;
            let quantities = ["99", "98", "97", "1", "96", "95", "1", "94"];
            let answers = futures_util::future::join_all(quantities.map(place)).await;
            let accepted = answers.iter().filter(|answer| answer["salesOrder"]["id"].is_string());
            if accepted.count() > 0 {
                break;
            }
            assert!(!began_after_end, "the stock is free once the hold has expired");
        }
    }
}

both! {
    async fn stock_of_an_expired_hold_can_be_sold_before_anybody_tidied(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let ends = Utc::now() + TimeDelta::milliseconds(2_600);
        hold(&client, "10", TimeDelta::milliseconds(2_500)).await;
        // Asks until the hold's time has run out; the first try after that must succeed.
        loop {
            let began_after_end = Utc::now() > ends;
            let order = shop::order("ANNA", "MAIN", &[("TEA", "10")]);
            let answer = client.mutate("salesOrderPlace", order, "salesOrder { id }").await;
            if answer["salesOrder"]["id"].is_string() {
                break;
            }
            assert!(!began_after_end, "the stock is free once the hold has expired: {answer}");
        }
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["available"], "0");
    }
}

both! {
    async fn an_extended_hold_outlives_its_first_end(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first_end = Utc::now() + TimeDelta::seconds(4);
        let held = hold(&client, "10", TimeDelta::seconds(4)).await;
        let mut longer = named(&held);
        longer["expiresAt"] = json!((Utc::now() + TimeDelta::minutes(10)).to_rfc3339());
        client.accept("stockHoldExtend", longer, "stockHold { expiresAt }").await;
        // Orders are refused before and after the first end.
        loop {
            let is_after = Utc::now() > first_end;
            let order = shop::order("ANNA", "MAIN", &[("TEA", "1")]);
            let refused = client.mutate("salesOrderPlace", order, "salesOrder { id }").await;
            assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK", "{refused}");
            if is_after {
                break;
            }
        }
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["reserved"], "10");
    }
}

both! {
    async fn a_hold_converts_into_an_order_without_a_moment_in_between(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let held = hold(&client, "10", TimeDelta::minutes(10)).await;
        // Rivals ask for the stock all the while; none may ever get a piece.
        let rivals: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    let order = shop::order("ANNA", "MAIN", &[("TEA", "1")]);
                    client.mutate("salesOrderPlace", order, "salesOrder { id }").await
                })
            })
            .collect();
        let mut input = named(&held);
        input["customer"] = json!({ "code": "ANNA" });
        input["prices"] = json!([{ "line": held["lines"][0]["id"], "discountRate": "0.1" }]);
        let selection = "salesOrder { id net { amount } lines { quantity reserved } }";
        let order = client.accept("stockHoldConvert", input.clone(), selection).await;
        for rival in rivals {
            let answer = rival.await.expect("a rival ends");
            assert_eq!(answer["errors"][0]["code"], "INSUFFICIENT_STOCK", "{answer}");
        }
        assert_eq!(order["salesOrder"]["net"]["amount"], "67.50");
        let lines = json!([{ "quantity": "10", "reserved": "10" }]);
        assert_eq!(order["salesOrder"]["lines"], lines);
        let again = client.mutate("stockHoldConvert", input, "salesOrder { id }").await;
        assert_eq!(again["errors"][0]["state"], "CONVERTED");
        let ship = json!({ "salesOrder": { "id": order["salesOrder"]["id"] } });
        client.accept("fulfilmentShip", ship, "salesOrder { id }").await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "0");
    }
}
