//! What an item says: by how much a level changed, why, and to whom it is told.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::{WAREHOUSE, order, receive, stocked, subscription};
use crate::support::subscription::Heard;
use crate::support::{Client, Subscription, shop};

const CHANGES: &str = "subscription($after: String) {
    stockLevelChanged(after: $after, mode: EVERY_CHANGE) {
        change { sellable quarantined reserved backordered incoming value { amount } }
        cause {
            __typename
            ... on SalesOrder { order: id }
            ... on GoodsReceipt { receipt: id }
            ... on Fulfilment { fulfilment: id }
        }
        stockLevel { sellable reserved backordered available value { amount } version }
    }
}";

async fn assert_change(stream: &mut Subscription, what: &str, change: [&str; 4], cause: Value) {
    let item = stream.next().await;
    let item = &item["stockLevelChanged"];
    let [sellable, reserved, backordered, value] = change;
    assert_eq!(item["change"]["sellable"], sellable, "{what}: {item}");
    assert_eq!(item["change"]["reserved"], reserved, "{what}: {item}");
    assert_eq!(item["change"]["backordered"], backordered, "{what}: {item}");
    let amount = super::recorder::decimal(&item["change"]["value"]["amount"]);
    assert_eq!(amount.normalize().to_string(), value, "{what}: {item}");
    assert_eq!(item["cause"], cause, "{what}: {item}");
}

async fn ship(client: &Client, order: &Value) -> Value {
    let input = json!({ "salesOrder": { "id": order } });
    let shipped = client
        .accept("fulfilmentShip", input, "fulfilments { id }")
        .await;
    shipped["fulfilments"][0]["id"].clone()
}

both! {
    async fn a_change_says_by_how_much_and_why(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["F-1"]).await;
        // All of it happens before anybody is told: what is told is not a later state.
        let received = receive(&client, WAREHOUSE, "F-1", "2").await;
        let placed = order(&client, "F-1", "15").await["salesOrder"]["id"].clone();
        let more = receive(&client, WAREHOUSE, "F-1", "4").await;
        let shipped = ship(&client, &placed).await;
        let withdrawn = order(&client, "F-1", "1").await["salesOrder"]["id"].clone();
        let input = json!({ "salesOrder": { "id": withdrawn } });
        client.accept("salesOrderCancel", input, "salesOrder { id }").await;

        let after = json!({ "after": received["eventCursor"] });
        let mut stream = client.subscribe(CHANGES, after).await;
        let cause = json!({ "__typename": "SalesOrder", "order": placed });
        assert_change(&mut stream, "placed", ["0", "12", "3", "0"], cause).await;
        let receipt = &more["goodsReceipt"]["id"];
        let cause = json!({ "__typename": "GoodsReceipt", "receipt": receipt });
        assert_change(&mut stream, "received", ["4", "3", "-3", "8"], cause).await;
        let cause = json!({ "__typename": "Fulfilment", "fulfilment": shipped });
        assert_change(&mut stream, "shipped", ["-15", "-15", "0", "-30"], cause).await;
        let cause = json!({ "__typename": "SalesOrder", "order": withdrawn });
        assert_change(&mut stream, "placed", ["0", "1", "0", "0"], cause.clone()).await;
        assert_change(&mut stream, "cancelled", ["0", "-1", "0", "0"], cause).await;
        stream.close().await;
    }
}

both! {
    async fn a_filter_tells_only_what_it_names(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["F-1", "F-2", "F-3"]).await;
        shop::warehouse(&client, "OTHER").await;
        let query = subscription(
            "snapshot: true, mode: EVERY_CHANGE, filter: { \
             variants: [{ sku: \"F-1\" }, { sku: \"F-2\" }], warehouses: [{ code: \"LIVE\" }] }",
        );
        let mut stream = client.subscribe(&query, json!({})).await;
        let mut skus = Vec::new();
        for _ in 0..2 {
            let item = stream.next().await;
            assert!(item["stockLevelChanged"]["change"].is_null(), "{item}");
            skus.push(item["stockLevelChanged"]["stockLevel"]["variant"]["sku"].clone());
        }
        skus.sort_by_key(ToString::to_string);
        assert_eq!(skus, ["F-1", "F-2"]);
        receive(&client, "OTHER", "F-1", "1").await;
        receive(&client, WAREHOUSE, "F-3", "1").await;
        order(&client, "F-3", "1").await;
        receive(&client, WAREHOUSE, "F-2", "1").await;
        let item = stream.next().await;
        let level = &item["stockLevelChanged"]["stockLevel"];
        assert_eq!(level["variant"]["sku"], "F-2", "{item}");
        assert_eq!(level["warehouse"]["code"], WAREHOUSE, "{item}");
        stream.close().await;
    }
}

/// The code of the error that a subscription is refused with.
async fn refusal(client: &Client, arguments: &str) -> Value {
    let query = format!("subscription {{ stockLevelChanged({arguments}) {{ cursor }} }}");
    let mut stream = client.subscribe(&query, json!({})).await;
    let heard = stream.hear().await;
    let Heard::Errors(errors) = heard else {
        panic!("{arguments}: expected a refusal, not {heard:?}");
    };
    errors[0]["extensions"]["code"].clone()
}

both! {
    async fn a_subscription_needs_the_scope_to_read_stock(server: &TestServer) {
        stocked(&server.client(), &["F-1"]).await;
        let others: Vec<Scope> = Scope::ALL
            .iter()
            .copied()
            .filter(|scope| *scope != Scope::StockRead)
            .collect();
        let blind = server.client_with(&others).await;
        for arguments in ["snapshot: true", "snapshot: false"] {
            assert_eq!(refusal(&server.anonymous(), arguments).await, "UNAUTHENTICATED");
            assert_eq!(refusal(&blind, arguments).await, "FORBIDDEN");
        }
    }
}

both! {
    async fn arguments_that_cannot_be_used_refuse_a_subscription(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["F-1"]).await;
        let placed = order(&client, "F-1", "1").await;
        let cursor = &placed["eventCursor"];
        let places = client.query("{ warehouses { pageInfo { endCursor } } }", json!({})).await;
        let foreign = &places["warehouses"]["pageInfo"]["endCursor"];
        for arguments in [
            "after: \"nonsense\"",
            "after: \"\"",
            &format!("after: {foreign}"),
            &format!("snapshot: true, after: {cursor}"),
            "filter: { variants: [{ sku: \"NONE\" }] }",
            "filter: { warehouses: [{ code: \"NONE\" }] }",
        ] {
            let code = refusal(&client, arguments).await;
            assert_eq!(code, "BAD_USER_INPUT", "{arguments}");
        }
    }
}

both! {
    async fn costs_and_causes_are_hidden_without_the_scopes_to_read_them(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["F-1"]).await;
        let reader = server.client_with(&[Scope::StockRead]).await;
        let query = "subscription { stockLevelChanged(snapshot: true, mode: EVERY_CHANGE) {
            cursor change { sellable value { amount } } cause { __typename }
            stockLevel { sellable } } }";
        let mut stream = reader.subscribe(query, json!({})).await;
        let item = stream.next().await;
        assert_eq!(item["stockLevelChanged"]["stockLevel"]["sellable"], "10", "{item}");
        receive(&client, WAREHOUSE, "F-1", "3").await;
        let item = stream.next().await;
        let item = &item["stockLevelChanged"];
        assert_eq!(item["change"], json!({ "sellable": "3", "value": null }), "{item}");
        assert_eq!(item["cause"], Value::Null, "a receipt is not to be seen: {item}");
        stream.close().await;

        let query = "subscription { stockLevelChanged(snapshot: true) {
            stockLevel { sellable value { amount } unitCost } } }";
        let mut stream = reader.subscribe(query, json!({})).await;
        let heard = stream.hear().await;
        let Heard::Errors(item) = heard else {
            panic!("expected errors at the hidden fields, not {heard:?}");
        };
        let level = &item["data"]["stockLevelChanged"]["stockLevel"];
        let hidden = json!({ "sellable": "13", "value": null, "unitCost": null });
        assert_eq!(*level, hidden, "{item}");
        let errors = item["errors"].as_array().expect("it says why");
        assert_eq!(errors.len(), 2, "{item}");
        for error in errors {
            assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{item}");
        }
        stream.close().await;
    }
}
