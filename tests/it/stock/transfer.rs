//! Transfers: goods on their way between two warehouses.

use serde_json::{Value, json};

use crate::support::{Client, shop};

const SELECTION: &str = "stockTransfer { id status lines { id dispatched received lost returned \
                         inTransit inTransitValue { amount } } }";

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3")]).await;
}

async fn create(client: &Client, quantity: &str) -> Value {
    let input = json!({
        "fromWarehouse": { "code": "MAIN" },
        "toWarehouse": { "code": "SHOP" },
        "lines": [{ "variant": { "sku": "TEA" }, "quantity": quantity }],
    });
    client.accept("stockTransferCreate", input, SELECTION).await["stockTransfer"].take()
}

async fn step(client: &Client, mutation: &str, transfer: &Value, more: Value) -> Value {
    let mut input = json!({ "stockTransfer": { "id": transfer["id"] } });
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    client.accept(mutation, input, SELECTION).await["stockTransfer"].take()
}

both! {
    async fn a_transfer_reserves_then_travels_then_arrives_with_its_cost(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let transfer = create(&client, "4").await;
        assert_eq!(transfer["status"], "DRAFT");
        let main = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&main["onHand"], &main["reserved"]), (&json!("10"), &json!("4")));

        let sent = step(&client, "stockTransferDispatch", &transfer, json!({})).await;
        assert_eq!(sent["status"], "IN_TRANSIT");
        assert_eq!(sent["lines"][0]["inTransitValue"]["amount"], "12.00");
        let main = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&main["onHand"], &main["reserved"]), (&json!("6"), &json!("0")));
        let there = shop::level(&client, "TEA", "SHOP").await;
        assert_eq!((&there["onHand"], &there["incoming"]), (&json!("0"), &json!("4")));

        let arrived = step(&client, "stockTransferReceive", &transfer, json!({})).await;
        assert_eq!(arrived["status"], "CLOSED");
        let there = shop::level(&client, "TEA", "SHOP").await;
        assert_eq!((&there["onHand"], &there["incoming"]), (&json!("4"), &json!("0")));
        assert_eq!(there["value"]["amount"], "12.00");
    }
}

both! {
    async fn a_transfer_arrives_in_parts_and_its_shortage_is_decided(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let transfer = create(&client, "7").await;
        step(&client, "stockTransferDispatch", &transfer, json!({})).await;
        let line = &transfer["lines"][0]["id"];
        let part = json!({ "lines": [{ "line": line, "received": "2" }] });
        let after = step(&client, "stockTransferReceive", &transfer, part).await;
        assert_eq!(after["status"], "IN_TRANSIT");
        assert_eq!(after["lines"][0]["inTransit"], "5");
        let rest = json!({
            "lines": [{ "line": line, "received": "2", "lost": "1", "returned": "2" }],
            "shortageReason": "a carton fell off the truck",
        });
        let after = step(&client, "stockTransferReceive", &transfer, rest).await;
        assert_eq!(after["status"], "CLOSED");
        assert_eq!(after["lines"][0]["inTransitValue"]["amount"], "0.00");
        assert_eq!(shop::level(&client, "TEA", "SHOP").await["onHand"], "4");
        let main = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&main["onHand"], &main["value"]["amount"]), (&json!("5"), &json!("15.00")));
        let query = "{ stockMovements(variant: { sku: \"TEA\" }) { nodes { fromPlace toPlace \
                     quantity reason } } }";
        let data = client.query(query, json!({})).await;
        let lost = data["stockMovements"]["nodes"].as_array().expect("a list").last().cloned();
        assert_eq!(
            lost,
            Some(json!({
                "fromPlace": "TRANSIT", "toPlace": "OUTSIDE", "quantity": "1",
                "reason": "a carton fell off the truck",
            }))
        );
    }
}

both! {
    async fn no_more_arrives_than_was_sent_also_when_two_receive_at_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let transfer = create(&client, "5").await;
        step(&client, "stockTransferDispatch", &transfer, json!({})).await;
        let line = transfer["lines"][0]["id"].clone();
        let receivers: Vec<_> = (0..6)
            .map(|_| {
                let (client, id, line) = (client.clone(), transfer["id"].clone(), line.clone());
                tokio::spawn(async move {
                    let lines = json!([{ "line": line, "received": "2" }]);
                    let input = json!({ "stockTransfer": { "id": id }, "lines": lines });
                    client.mutate("stockTransferReceive", input, "stockTransfer { id }").await
                })
            })
            .collect();
        let mut accepted = 0;
        for receiver in receivers {
            let answer = receiver.await.expect("a receiver ends");
            if answer["errors"] == json!([]) {
                accepted += 1;
            } else {
                assert_eq!(answer["errors"][0]["code"], "INVALID", "{answer}");
            }
        }
        assert_eq!(accepted, 2, "two times two of five, and no third");
        assert_eq!(shop::level(&client, "TEA", "SHOP").await["onHand"], "4");
    }
}

both! {
    async fn goods_that_arrive_serve_backorders_there(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut order = shop::order("ANNA", "SHOP", &[("TEA", "3")]);
        order["onShortage"] = json!("BACKORDER");
        client.accept("salesOrderPlace", order, "salesOrder { id }").await;
        let transfer = create(&client, "4").await;
        step(&client, "stockTransferDispatch", &transfer, json!({})).await;
        step(&client, "stockTransferReceive", &transfer, json!({})).await;
        let there = shop::level(&client, "TEA", "SHOP").await;
        assert_eq!((&there["reserved"], &there["backordered"]), (&json!("3"), &json!("0")));
    }
}

both! {
    async fn a_cancelled_transfer_gives_its_stock_back(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let transfer = create(&client, "10").await;
        let order = shop::order("ANNA", "MAIN", &[("TEA", "1")]);
        let refused = client.mutate("salesOrderPlace", order, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK");
        let cancelled = step(&client, "stockTransferCancel", &transfer, json!({})).await;
        assert_eq!(cancelled["status"], "CANCELLED");
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["available"], "10");
        let input = json!({ "stockTransfer": { "id": transfer["id"] } });
        let late = client.mutate("stockTransferDispatch", input, "stockTransfer { id }").await;
        assert_eq!(late["errors"][0]["state"], "CANCELLED");
    }
}
