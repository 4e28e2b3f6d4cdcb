//! Whose turn it is when stock comes: the highest priority first, of the same the oldest.

use serde_json::{Value, json};

use crate::concurrency::{at_once, is_accepted, open_shop};
use crate::support::{Client, shop};

async fn place(client: &Client, quantity: &str, priority: i64) -> Value {
    let mut input = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
    input["onShortage"] = json!("BACKORDER");
    input["priority"] = json!(priority);
    let selection = "salesOrder { id version priority }";
    client.accept("salesOrderPlace", input, selection).await["salesOrder"].take()
}

async fn prioritize(client: &Client, order: &Value, priority: i64) -> Value {
    let input = json!({ "salesOrder": { "id": order["id"] }, "priority": priority });
    let selection = "salesOrder { priority version } posted { commitments { reserved } }";
    client
        .accept("salesOrderPrioritize", input, selection)
        .await
}

/// What is held for an order, and what it waits for.
async fn shares(client: &Client, order: &Value) -> (String, String) {
    let query =
        "query($id: ID!) { salesOrder(by: { id: $id }) { lines { reserved backordered } } }";
    let data = client.query(query, json!({ "id": order["id"] })).await;
    let line = &data["salesOrder"]["lines"][0];
    let text = |field: &str| line[field].as_str().unwrap_or("?").to_owned();
    (text("reserved"), text("backordered"))
}

fn both_of(reserved: &str, backordered: &str) -> (String, String) {
    (reserved.to_owned(), backordered.to_owned())
}

both! {
    async fn an_urgent_order_is_served_before_older_ones(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("TEA", None)]).await;
        let first = place(&client, "5", 5).await;
        let late = place(&client, "5", 0).await;
        let urgent = place(&client, "5", 9).await;
        shop::receive(&client, "MAIN", &[("TEA", "7", "3")]).await;
        assert_eq!(shares(&client, &urgent).await, both_of("5", "0"));
        assert_eq!(shares(&client, &first).await, both_of("2", "3"));
        assert_eq!(shares(&client, &late).await, both_of("0", "5"));
        let query = "{ stockLevel(variant: { sku: \"TEA\" }, warehouse: { code: \"MAIN\" }) {
            explanation { promises { priority reserved } } } }";
        let data = client.query(query, json!({})).await;
        let promise = |priority: i64, reserved: &str| {
            json!({ "priority": priority, "reserved": reserved })
        };
        assert_eq!(data["stockLevel"]["explanation"]["promises"],
            json!([promise(9, "5"), promise(5, "2"), promise(0, "0")]));
    }

    async fn what_is_lost_is_taken_from_the_least_urgent(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("TEA", Some("10"))]).await;
        let late = place(&client, "5", 1).await;
        let normal = place(&client, "5", 5).await;
        let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "DAMAGE",
            "lines": [{ "variant": { "sku": "TEA" }, "change": { "delta": "-3" } }] });
        client.accept("stockAdjust", input, "stockAdjustment { id }").await;
        assert_eq!(shares(&client, &late).await, both_of("2", "3"));
        assert_eq!(shares(&client, &normal).await, both_of("5", "0"));
    }

    async fn another_priority_takes_nothing_away_and_counts_from_then_on(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("TEA", Some("4"))]).await;
        let first = place(&client, "6", 5).await;
        let second = place(&client, "6", 5).await;
        let told = prioritize(&client, &second, 8).await;
        assert_eq!(told["salesOrder"], json!({ "priority": 8, "version": 2 }));
        assert_eq!(told["posted"], json!({ "commitments": [] }), "nothing changed hands");
        assert_eq!(shares(&client, &first).await, both_of("4", "2"));
        assert_eq!(shares(&client, &second).await, both_of("0", "6"));
        shop::receive(&client, "MAIN", &[("TEA", "7", "3")]).await;
        assert_eq!(shares(&client, &second).await, both_of("6", "0"));
        assert_eq!(shares(&client, &first).await, both_of("5", "1"));
    }

    async fn a_quotation_keeps_its_priority_until_it_is_confirmed(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("TEA", None)]).await;
        let older = place(&client, "2", 5).await;
        let mut draft = shop::order("ANNA", "MAIN", &[("TEA", "2")]);
        draft["priority"] = json!(6);
        let made = client.accept("salesOrderCreate", draft, "salesOrder { id priority }").await;
        let order = &made["salesOrder"];
        assert_eq!(order["priority"], 6);
        prioritize(&client, order, 7).await;
        let input = json!({ "salesOrder": { "id": order["id"] }, "onShortage": "BACKORDER" });
        client.accept("salesOrderConfirm", input, "salesOrder { id }").await;
        let line = json!([{ "variant": { "sku": "TEA" }, "quantity": "1",
            "warehouse": { "code": "MAIN" } }]);
        let more = json!({ "salesOrder": { "id": order["id"] }, "onShortage": "BACKORDER",
            "addLines": line });
        client.accept("salesOrderUpdate", more, "salesOrder { id }").await;
        shop::receive(&client, "MAIN", &[("TEA", "3", "3")]).await;
        assert_eq!(shares(&client, order).await, both_of("2", "0"));
        assert_eq!(shares(&client, &older).await, both_of("0", "2"), "the new line goes before");
    }

    async fn only_what_can_still_wait_gets_another_priority(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("TEA", None)]).await;
        let order = place(&client, "1", 5).await;
        let of = json!({ "salesOrder": { "id": order["id"] } });
        client.accept("salesOrderCancel", of, "salesOrder { id }").await;
        let input = json!({ "salesOrder": { "id": order["id"] }, "priority": 9 });
        let refused = client.mutate("salesOrderPrioritize", input, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INVALID_STATE", "{refused}");
    }
}

/// Orders that wait are given other priorities while stock comes in, by many callers at once.
async fn priorities_change_while_stock_comes(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("TEA", None)]).await;
    let mut orders = Vec::new();
    for _ in 0..8 {
        orders.push(place(client, "4", 5).await);
    }
    let done = at_once(24, |n| {
        let client = servers[n % servers.len()].clone();
        let order = orders[n % 8].clone();
        async move {
            if n % 3 == 0 {
                let line = json!({ "variant": { "sku": "TEA" }, "quantity": "2", "unitCost": "1" });
                let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
                return client
                    .mutate("goodsReceiptPost", input, "goodsReceipt { id }")
                    .await;
            }
            let priority = i64::try_from(n % 10).expect("a digit");
            let input = json!({ "salesOrder": { "id": order["id"] }, "priority": priority });
            client
                .mutate("salesOrderPrioritize", input, "salesOrder { id }")
                .await
        }
    })
    .await;
    assert!(done.iter().all(is_accepted), "{done:?}");
    let level = shop::level(client, "TEA", "MAIN").await;
    assert_eq!(
        (&level["reserved"], &level["backordered"]),
        (&json!("16"), &json!("16"))
    );
    for (n, order) in orders.iter().enumerate() {
        prioritize(client, order, i64::try_from(n).expect("a digit")).await;
    }
    let before: Vec<_> = waiting(client, &orders).await;
    let (last, rest) = before.split_last().expect("eight orders");
    let come = if *last > 0 {
        last.to_string()
    } else {
        "1".to_owned()
    };
    shop::receive(client, "MAIN", &[("TEA", &come, "1")]).await;
    let after = waiting(client, &orders).await;
    assert_eq!(after.last(), Some(&0), "the most urgent has all");
    if *last > 0 {
        assert_eq!(&after[..7], rest, "nobody else got anything");
    }
}

async fn waiting(client: &Client, orders: &[Value]) -> Vec<i64> {
    let mut all = Vec::new();
    for order in orders {
        all.push(shares(client, order).await.1.parse().expect("pieces"));
    }
    all
}

both! {
    async fn priorities_change_while_stock_comes_in_and_the_books_are_right(server: &TestServer) {
        priorities_change_while_stock_comes(&[server.client()]).await;
    }
}

postgres_only! {
    async fn priorities_change_on_two_servers_while_stock_comes_in(server: &TestServer) {
        let second = server.second().await;
        priorities_change_while_stock_comes(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
