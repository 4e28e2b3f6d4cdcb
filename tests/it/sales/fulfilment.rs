//! Fulfilments: goods are set aside once, and leave when they are shipped.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{codes, level, of, open_shop, placed, refused, step, text};
use crate::support::Client;

const FULFILMENT: &str = "fulfilment { id status carrier trackingUrl packageCount weight shippedOn
    deliveredOn lines { quantity cost { amount } } }";

async fn create(client: &Client, order: &Value, quantity: &str) -> Value {
    let lines = json!([{ "line": order["lines"][0]["id"], "quantity": quantity }]);
    let input = of(order, json!({ "lines": lines }));
    let made = client
        .accept(
            "fulfilmentCreate",
            input,
            "fulfilments { id number status }",
        )
        .await;
    made["fulfilments"][0].clone()
}

async fn take(client: &Client, mutation: &str, fulfilment: &Value, more: Value) -> Value {
    let mut input = more;
    input["fulfilment"] = json!({ "id": fulfilment["id"] });
    let payload = client.accept(mutation, input, FULFILMENT).await;
    payload["fulfilment"].clone()
}

async fn ship(client: &Client, fulfilment: &Value) -> Value {
    let input = json!({ "fulfilment": { "id": fulfilment["id"] }, "carrier": "Post" });
    client
        .accept(
            "fulfilmentShip",
            input,
            "fulfilments { status shippedOn } salesOrder { id status
            fulfilmentStatus lines { shipped allocated } }",
        )
        .await
}

both! {
    async fn goods_go_through_all_states_and_leave_when_shipped(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "6")], "REJECT").await;
        let one = create(&client, &order, "4").await;
        assert_eq!(one["status"], "PENDING");
        assert_eq!(level(&client, "BOLT").await, ["10", "6", "0"]);
        let picked = take(&client, "fulfilmentPick", &one, json!({})).await;
        assert_eq!(picked["status"], "PICKED");
        let how = json!({ "packageCount": 2, "weight": "1.5" });
        let packed = take(&client, "fulfilmentPack", &one, how).await;
        assert_eq!((&packed["status"], &packed["weight"]), (&json!("PACKED"), &json!("1.5")));
        let link = json!({ "trackingUrl": "https://post.example/1", "externalId": "P-1",
            "metadata": { "dock": "7" } });
        take(&client, "fulfilmentUpdate", &one, link).await;
        let query = "{ fulfilments(filter: { metadata: { key: \"dock\", value: \"7\" } }) {
            nodes { externalId metadata trackingUrl } } }";
        let found = client.query(query, json!({})).await;
        let kept = json!({ "externalId": "P-1", "metadata": { "dock": "7" },
            "trackingUrl": "https://post.example/1" });
        assert_eq!(found["fulfilments"]["nodes"], json!([kept]));
        assert_eq!(level(&client, "BOLT").await, ["10", "6", "0"]);
        let shipped = ship(&client, &one).await;
        assert_eq!(shipped["salesOrder"]["fulfilmentStatus"], "PARTIAL");
        assert_eq!(shipped["salesOrder"]["lines"][0]["allocated"], "0");
        assert_eq!(level(&client, "BOLT").await, ["6", "2", "0"]);
        let delivered = take(&client, "fulfilmentDeliver", &one, json!({})).await;
        assert_eq!(delivered["status"], "DELIVERED");
        assert_eq!(delivered["lines"][0]["cost"]["amount"], "16.00");
        let two = create(&client, &order, "2").await;
        let shipped = ship(&client, &two).await;
        assert_eq!(shipped["salesOrder"]["fulfilmentStatus"], "FULL");
        assert_eq!(shipped["salesOrder"]["status"], "CONFIRMED");
    }

    async fn two_fulfilments_never_take_the_same_pieces(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "6")], "REJECT").await;
        let all = join_all((0..8).map(|_| {
            let lines = json!([{ "line": order["lines"][0]["id"], "quantity": "2" }]);
            let (client, input) = (client.clone(), of(&order, json!({ "lines": lines })));
            async move { client.mutate("fulfilmentCreate", input, "fulfilments { id }").await }
        }))
        .await;
        let accepted = all.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 3);
        let more = refused(&client, "fulfilmentShip", &order, json!({})).await;
        assert_eq!(more, ["INVALID_STATE"], "everything is set aside already");
        let all = join_all(all.iter().filter(|one| one["errors"] == json!([])).map(|one| {
            let input = json!({ "fulfilment": { "id": one["fulfilments"][0]["id"] } });
            let client = client.clone();
            async move { client.mutate("fulfilmentShip", input, "salesOrder { id }").await }
        }))
        .await;
        assert!(all.iter().all(|one| one["errors"] == json!([])), "{all:?}");
        assert_eq!(level(&client, "BOLT").await, ["4", "0", "0"]);
    }

    async fn one_fulfilment_is_shipped_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "6")], "REJECT").await;
        let one = create(&client, &order, "6").await;
        let all = join_all((0..6).map(|n| {
            let mutation = if n % 3 == 0 { "fulfilmentCancel" } else { "fulfilmentShip" };
            let input = json!({ "fulfilment": { "id": one["id"] } });
            let client = client.clone();
            async move { client.mutate(mutation, input, "errors { message }").await }
        }))
        .await;
        let accepted = all.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 1);
    }

    async fn what_waits_for_stock_is_not_set_aside(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "4")]).await;
        let order = placed(&client, &[("BOLT", "6")], "BACKORDER").await;
        let lines = json!([{ "line": order["lines"][0]["id"], "quantity": "5" }]);
        let payload = client
            .mutate("fulfilmentCreate", of(&order, json!({ "lines": lines })), "salesOrder { id }")
            .await;
        assert_eq!(codes(&payload), ["INSUFFICIENT_STOCK"]);
        create(&client, &order, "4").await;
    }

    async fn what_was_damaged_meanwhile_is_not_shipped(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "6")]).await;
        let order = placed(&client, &[("BOLT", "6")], "REJECT").await;
        let one = create(&client, &order, "6").await;
        let damage = json!({
            "warehouse": { "code": "MAIN" }, "reason": "DAMAGE",
            "lines": [{ "variant": { "sku": "BOLT" }, "change": { "delta": "-2" } }],
        });
        client.accept("stockAdjust", damage, "stockAdjustment { id }").await;
        let input = json!({ "fulfilment": { "id": one["id"] } });
        let payload = client.mutate("fulfilmentShip", input, "salesOrder { id }").await;
        assert_eq!(codes(&payload), ["INSUFFICIENT_STOCK"]);
        take(&client, "fulfilmentCancel", &one, json!({})).await;
        let shipped = step(&client, "fulfilmentShip", &order, json!({})).await;
        assert_eq!(shipped["lines"][0]["shipped"], "4");
    }

    async fn the_list_of_a_warehouse_says_what_is_to_be_picked(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "6")], "REJECT").await;
        let one = create(&client, &order, "1").await;
        let two = create(&client, &order, "2").await;
        take(&client, "fulfilmentPick", &one, json!({})).await;
        let query = "query($warehouse: ID!) { fulfilments(filter: { status: { eq: PENDING },
            warehouseId: { eq: $warehouse } }) {
            totalCount nodes { id lines { quantity variant { sku } } } } }";
        let main = client.query("{ warehouse(by: { code: \"MAIN\" }) { id } }", json!({})).await;
        let main = &main["warehouse"]["id"];
        let found = client.query(query, json!({ "warehouse": main })).await;
        assert_eq!(found["fulfilments"]["totalCount"], 1);
        assert_eq!(text(&found, "/fulfilments/nodes/0/id"), text(&two, "/id"));
        let by_number = "query($number: String!) { fulfilment(by: { number: $number }) { id } }";
        let found = client.query(by_number, json!({ "number": one["number"] })).await;
        assert_eq!(found["fulfilment"]["id"], one["id"]);
    }
}
