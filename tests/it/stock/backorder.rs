//! Demand that waits for stock, and demand that is spread over warehouses.

use serde_json::{Value, json};

use crate::support::{Client, shop};

async fn place(client: &Client, policy: &str, lines: &[(&str, &str)]) -> Value {
    let mut input = shop::order("ANNA", "MAIN", lines);
    input["onShortage"] = json!(policy);
    let selection = "salesOrder { id lines { id reserved backordered } }";
    client.accept("salesOrderPlace", input, selection).await["salesOrder"].take()
}

async fn line(client: &Client, order: &Value) -> Value {
    let query =
        "query($id: ID!) { salesOrder(by: { id: $id }) { lines { reserved backordered } } }";
    let data = client.query(query, json!({ "id": order["id"] })).await;
    data["salesOrder"]["lines"][0].clone()
}

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
}

both! {
    async fn a_backorder_takes_what_is_there_and_waits_for_the_rest(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "4", "3")]).await;
        let order = place(&client, "BACKORDER", &[("TEA", "10")]).await;
        assert_eq!(order["lines"][0]["reserved"], "4");
        assert_eq!(order["lines"][0]["backordered"], "6");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level["available"], "-6");
        assert_eq!(level["onHand"], "4");
    }
}

both! {
    async fn backorders_are_served_oldest_first_when_stock_arrives(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first = place(&client, "BACKORDER", &[("TEA", "5")]).await;
        let second = place(&client, "BACKORDER", &[("TEA", "5")]).await;
        shop::receive(&client, "MAIN", &[("TEA", "7", "3")]).await;
        assert_eq!(line(&client, &first).await, json!({ "reserved": "5", "backordered": "0" }));
        assert_eq!(line(&client, &second).await, json!({ "reserved": "2", "backordered": "3" }));
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!((&level["reserved"], &level["available"]), (&json!("7"), &json!("-3")));
    }
}

both! {
    async fn a_cancelled_order_serves_who_waits_behind_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "5", "3")]).await;
        let first = place(&client, "REJECT", &[("TEA", "5")]).await;
        let second = place(&client, "BACKORDER", &[("TEA", "3")]).await;
        let input = json!({ "salesOrder": { "id": first["id"] } });
        client.accept("salesOrderCancel", input, "salesOrder { status }").await;
        assert_eq!(line(&client, &second).await, json!({ "reserved": "3", "backordered": "0" }));
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["available"], "2");
    }
}

both! {
    async fn a_backordered_part_cannot_be_shipped_before_stock_arrives(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "2", "3")]).await;
        let order = place(&client, "BACKORDER", &[("TEA", "5")]).await;
        let lines = json!([{ "line": order["lines"][0]["id"], "quantity": "3" }]);
        let input = json!({ "salesOrder": { "id": order["id"] }, "lines": lines });
        let refused = client.mutate("fulfilmentShip", input, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK");
        assert_eq!(refused["errors"][0]["available"], "2");
        let input = json!({ "salesOrder": { "id": order["id"] } });
        let selection = "salesOrder { fulfilmentStatus }";
        let shipped = client.accept("fulfilmentShip", input.clone(), selection).await;
        assert_eq!(shipped["salesOrder"]["fulfilmentStatus"], "PARTIAL");
        shop::receive(&client, "MAIN", &[("TEA", "9", "3")]).await;
        let shipped = client.accept("fulfilmentShip", input, selection).await;
        assert_eq!(shipped["salesOrder"]["fulfilmentStatus"], "FULL");
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "6");
    }
}

both! {
    async fn a_split_order_takes_only_the_remainder_from_the_next_warehouse(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "3", "3")]).await;
        shop::receive(&client, "SHOP", &[("TEA", "9", "4")]).await;
        let order = place(&client, "SPLIT", &[("TEA", "5")]).await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["reserved"], "3");
        assert_eq!(shop::level(&client, "TEA", "SHOP").await["reserved"], "2");
        let input = json!({ "salesOrder": { "id": order["id"] } });
        let selection = "fulfilments { warehouse { code } lines { quantity cost { amount } } }";
        let shipped = client.accept("fulfilmentShip", input, selection).await;
        let mut parts: Vec<String> = shipped["fulfilments"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| format!("{} {}", one["warehouse"]["code"], one["lines"]))
            .collect();
        parts.sort();
        assert_eq!(
            parts,
            [
                r#""MAIN" [{"cost":{"amount":"9.00"},"quantity":"3"}]"#,
                r#""SHOP" [{"cost":{"amount":"8.00"},"quantity":"2"}]"#,
            ]
        );
    }
}

both! {
    async fn a_split_order_that_all_warehouses_lack_is_refused_whole(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "3", "3")]).await;
        shop::receive(&client, "SHOP", &[("TEA", "1", "4")]).await;
        let mut input = shop::order("ANNA", "MAIN", &[("TEA", "5")]);
        input["onShortage"] = json!("SPLIT");
        let refused = client.mutate("salesOrderPlace", input, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["code"], "INSUFFICIENT_STOCK");
        assert_eq!(refused["errors"][0]["available"], "4");
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["reserved"], "0");
    }
}
