//! Holds: an order on hold keeps its stock and goes nowhere.

use serde_json::json;

use super::{codes, level, of, open_shop, placed, refused, step, text};

both! {
    async fn a_held_order_is_not_picked_packed_or_shipped(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "4")], "REJECT").await;
        let made = client
            .accept("fulfilmentCreate", of(&order, json!({})), "fulfilments { id }")
            .await;
        let why = json!({ "kind": "REVIEW", "reason": "a new customer" });
        let held = step(&client, "salesOrderHold", &order, why.clone()).await;
        assert_eq!(held["holds"][0]["isActive"], true);
        let by = json!({ "fulfilment": { "id": text(&made, "/fulfilments/0/id") } });
        for mutation in ["fulfilmentPick", "fulfilmentPack", "fulfilmentShip"] {
            let payload = client.mutate(mutation, by.clone(), "errors { message }").await;
            assert_eq!(codes(&payload), ["INVALID_STATE"], "{mutation}");
            let message = text(&payload, "/errors/0/message");
            assert!(message.contains("a new customer"), "{message}");
            assert!(message.contains("salesOrderReleaseHold"), "{message}");
        }
        assert_eq!(level(&client, "BOLT").await, ["10", "4", "0"]);
        step(&client, "salesOrderHold", &order, why).await;
        let first = json!({ "hold": held["holds"][0]["id"] });
        step(&client, "salesOrderReleaseHold", &order, first.clone()).await;
        let again = refused(&client, "salesOrderReleaseHold", &order, first).await;
        assert_eq!(again, ["NOT_FOUND"]);
        let payload = client.mutate("fulfilmentShip", by.clone(), "errors { message }").await;
        assert_eq!(codes(&payload), ["INVALID_STATE"], "the second hold stands");
        step(&client, "salesOrderReleaseHold", &order, json!({})).await;
        client.accept("fulfilmentShip", by, "salesOrder { id }").await;
        let none = refused(&client, "salesOrderReleaseHold", &order, json!({})).await;
        assert_eq!(none, ["INVALID_STATE"]);
    }
}
