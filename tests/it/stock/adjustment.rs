//! Adjustments: corrections of stock with a reason; cost and exact value.

use serde_json::{Value, json};

use crate::support::{Client, shop};

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
}

fn adjust(line: Value) -> Value {
    let mut line = line;
    line["variant"] = json!({ "sku": "TEA" });
    json!({ "warehouse": { "code": "MAIN" }, "reason": "COUNT", "lines": [line] })
}

both! {
    async fn a_delta_takes_away_at_the_average_and_adds_at_the_average(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "4", "3"), ("TEA", "4", "5")]).await;
        let selection = "stockAdjustment { number lines { delta value { amount } } }";
        let minus = adjust(json!({ "change": { "delta": "-3" } }));
        let payload = client.accept("stockAdjust", minus, selection).await;
        let line = &payload["stockAdjustment"]["lines"][0];
        assert_eq!(line, &json!({ "delta": "-3", "value": { "amount": "-12.00" } }));
        let plus = adjust(json!({ "change": { "delta": "1" } }));
        client.accept("stockAdjust", plus, selection).await;
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&level["onHand"], &level["value"]["amount"]), (&json!("6"), &json!("24.00")));
    }
}

both! {
    async fn a_count_is_refused_when_the_books_have_moved_on(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "8", "3")]).await;
        let counted = |expected| {
            let counted = json!({ "quantity": "7", "expectedQuantity": expected });
            adjust(json!({ "change": { "counted": counted } }))
        };
        let selection = "stockAdjustment { id }";
        let stale = client.mutate("stockAdjust", counted("9"), selection).await;
        assert_eq!(stale["errors"][0]["__typename"], "StaleQuantityError");
        assert_eq!(stale["errors"][0]["current"], "8");
        client.accept("stockAdjust", counted("8"), selection).await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "7");
    }
}

both! {
    async fn of_many_counts_of_one_quantity_at_once_one_is_posted(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "8", "3")]).await;
        let counters: Vec<_> = (0..8)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(async move {
                    let counted = json!({ "quantity": "5", "expectedQuantity": "8" });
                    let input = adjust(json!({ "change": { "counted": counted } }));
                    client.mutate("stockAdjust", input, "stockAdjustment { id }").await
                })
            })
            .collect();
        let mut posted = 0;
        for counter in counters {
            let answer = counter.await.expect("a counter ends");
            if answer["errors"] == json!([]) { posted += 1 } else {
                assert_eq!(answer["errors"][0]["code"], "STALE", "{answer}");
            }
        }
        assert_eq!(posted, 1);
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "5");
    }
}

both! {
    async fn damage_under_a_reservation_turns_the_newest_into_backorder(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "10", "3")]).await;
        let mut ids = Vec::new();
        for quantity in ["6", "4"] {
            let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
            let placed = client.accept("salesOrderPlace", order, "salesOrder { id }").await;
            ids.push(placed["salesOrder"]["id"].clone());
        }
        let lost = adjust(json!({ "change": { "delta": "-5" } }));
        client.accept("stockAdjust", lost, "stockAdjustment { id }").await;
        let mut lines = Vec::new();
        for id in ids {
            let query = "query($id: ID!) { salesOrder(by: { id: $id }) { \
                         lines { reserved backordered } } }";
            let data = client.query(query, json!({ "id": id })).await;
            lines.push(data["salesOrder"]["lines"][0].clone());
        }
        assert_eq!(lines[0], json!({ "reserved": "5", "backordered": "1" }), "the older one");
        assert_eq!(lines[1], json!({ "reserved": "0", "backordered": "4" }), "the newer one");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&level["sellable"], &level["available"]), (&json!("5"), &json!("-5")));
    }
}

both! {
    async fn nothing_goes_below_zero_and_what_is_found_needs_a_cost(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let minus = adjust(json!({ "change": { "delta": "-1" } }));
        let refused = client.mutate("stockAdjust", minus, "stockAdjustment { id }").await;
        let path = json!(["input", "lines", "0", "change", "delta"]);
        assert_eq!(refused["errors"][0]["path"], path);
        let found = adjust(json!({ "change": { "delta": "2" } }));
        let refused = client.mutate("stockAdjust", found, "stockAdjustment { id }").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "lines", "0", "unitCost"]));
        let found = adjust(json!({ "change": { "delta": "3" }, "unitCost": "0.333333" }));
        client.accept("stockAdjust", found, "stockAdjustment { id }").await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["value"]["amount"], "0.999999");
    }
}

both! {
    async fn quarantined_goods_are_on_hand_and_not_available(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "2", "3")]).await;
        let found = json!({ "place": "QUARANTINE", "change": { "delta": "5" }, "unitCost": "3" });
        client.accept("stockAdjust", adjust(found), "stockAdjustment { id }").await;
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&level["onHand"], &level["available"]), (&json!("7"), &json!("2")));
    }
}

both! {
    async fn the_last_piece_takes_the_remainder_of_the_value(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "2", "0.333333"), ("TEA", "1", "0.333334")]).await;
        let mut costs = Vec::new();
        for _ in 0..3 {
            let selection = "salesOrder { id }";
            let order = shop::order("ANNA", "MAIN", &[("TEA", "1")]);
            let placed = client.accept("salesOrderPlace", order, selection).await;
            let ship = json!({ "salesOrder": { "id": placed["salesOrder"]["id"] } });
            let selection = "fulfilments { lines { cost { amount } } }";
            let shipped = client.accept("fulfilmentShip", ship, selection).await;
            costs.push(shipped["fulfilments"][0]["lines"][0]["cost"]["amount"].clone());
        }
        assert_eq!(costs, [json!("0.333333"), json!("0.333334"), json!("0.333333")]);
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["value"]["amount"], "0.00");
    }
}
