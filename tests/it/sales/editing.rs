//! Changing orders: the reservations follow, or nothing changes.

use futures_util::future::join_all;
use serde_json::json;

use super::{codes, draft, freight, level, of, open_shop, placed, refused, step, text};
use crate::support::shop;

both! {
    async fn a_draft_changes_freely(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10"), ("NUT", "10")]).await;
        freight(&client).await;
        let order = draft(&client, &[("BOLT", "4"), ("NUT", "1")]).await;
        let change = json!({
            "addLines": [{ "variant": { "sku": "FREIGHT" }, "quantity": "1", "unitPrice": "7.5",
                "description": "by courier" }],
            "changeLines": [{ "line": order["lines"][0]["id"], "quantity": "2",
                "discountRate": "0.5" }],
            "removeLines": [order["lines"][1]["id"]],
            "customerReference": "PO 17",
            "expectedVersion": order["version"],
        });
        let changed = step(&client, "salesOrderUpdate", &order, change.clone()).await;
        assert_eq!(changed["net"]["amount"], "17.50");
        assert_eq!(changed["lines"].as_array().map(Vec::len), Some(2));
        assert_eq!(changed["lines"][1]["description"], "by courier");
        let stale = refused(&client, "salesOrderUpdate", &order, change).await;
        assert!(stale.contains(&"STALE".to_owned()), "{stale:?}");
        assert_eq!(level(&client, "BOLT").await, ["10", "0", "0"]);
    }

    async fn reservations_follow_a_confirmed_order(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10"), ("NUT", "10")]).await;
        let order = placed(&client, &[("BOLT", "4"), ("NUT", "3")], "REJECT").await;
        let (bolt, nut) = (&order["lines"][0]["id"], &order["lines"][1]["id"]);
        let more = json!({ "changeLines": [{ "line": bolt, "quantity": "9" }] });
        let changed = step(&client, "salesOrderUpdate", &order, more).await;
        assert_eq!(changed["lines"][0]["reserved"], "9");
        assert_eq!(level(&client, "BOLT").await, ["10", "9", "0"]);
        let too_much = json!({ "changeLines": [{ "line": bolt, "quantity": "11" }] });
        let codes = refused(&client, "salesOrderUpdate", &order, too_much.clone()).await;
        assert_eq!(codes, ["INSUFFICIENT_STOCK"]);
        let mut waiting = too_much;
        waiting["onShortage"] = json!("BACKORDER");
        step(&client, "salesOrderUpdate", &order, waiting).await;
        assert_eq!(level(&client, "BOLT").await, ["10", "10", "1"]);
        let less = json!({
            "changeLines": [{ "line": bolt, "quantity": "2" }], "removeLines": [nut],
        });
        let changed = step(&client, "salesOrderUpdate", &order, less).await;
        assert_eq!(changed["net"]["amount"], "20.00");
        assert_eq!(changed["lines"].as_array().map(Vec::len), Some(1));
        assert_eq!(level(&client, "BOLT").await, ["10", "2", "0"]);
        assert_eq!(level(&client, "NUT").await, ["10", "0", "0"]);
        let add = json!({
            "addLines": [{ "variant": { "sku": "NUT" }, "quantity": "5" }],
            "warehouse": { "code": "MAIN" },
        });
        let changed = step(&client, "salesOrderUpdate", &order, add).await;
        assert_eq!(changed["net"]["amount"], "70.00");
        assert_eq!(level(&client, "NUT").await, ["10", "5", "0"]);
        let shipped = step(&client, "fulfilmentShip", &order, json!({})).await;
        assert_eq!(shipped["fulfilmentStatus"], "FULL");
    }

    async fn what_is_given_up_serves_who_waits(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let first = placed(&client, &[("BOLT", "8")], "REJECT").await;
        let second = placed(&client, &[("BOLT", "6")], "BACKORDER").await;
        assert_eq!(second["lines"][0]["backordered"], "4");
        let less = json!({ "changeLines": [{ "line": first["lines"][0]["id"], "quantity": "5" }] });
        step(&client, "salesOrderUpdate", &first, less).await;
        assert_eq!(level(&client, "BOLT").await, ["10", "10", "1"]);
    }

    async fn two_orders_changed_crosswise_at_once_keep_the_books(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("A", "50"), ("B", "50")]).await;
        let one = placed(&client, &[("A", "10"), ("B", "10")], "REJECT").await;
        let two = placed(&client, &[("B", "10"), ("A", "10")], "REJECT").await;
        let all = join_all((0..16).map(|n| {
            let order = if n % 2 == 0 { &one } else { &two };
            let change = json!({ "changeLines": [
                { "line": order["lines"][n / 2 % 2]["id"], "quantity": (n + 1).to_string() },
                { "line": order["lines"][1 - n / 2 % 2]["id"], "quantity": (20 - n).to_string() },
            ] });
            let (client, input) = (client.clone(), of(order, change));
            async move { client.mutate("salesOrderUpdate", input, "salesOrder { id }").await }
        }))
        .await;
        for payload in all {
            assert_eq!(payload["errors"], json!([]));
        }
    }

    async fn lines_stand_still_while_goods_are_being_picked(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "4")], "REJECT").await;
        let made = client
            .accept("fulfilmentCreate", of(&order, json!({})), "fulfilments { id }")
            .await;
        let line = &order["lines"][0]["id"];
        let more = json!({ "changeLines": [{ "line": line, "quantity": "5" }] });
        let codes = refused(&client, "salesOrderUpdate", &order, more.clone()).await;
        assert_eq!(codes, ["INVALID_STATE"]);
        let note = json!({ "note": "leave it at the door" });
        step(&client, "salesOrderUpdate", &order, note).await;
        let fulfilment = json!({ "fulfilment": { "id": text(&made, "/fulfilments/0/id") } });
        client.accept("fulfilmentCancel", fulfilment, "fulfilment { status }").await;
        step(&client, "salesOrderUpdate", &order, more).await;
        assert_eq!(level(&client, "BOLT").await, ["10", "5", "0"]);
    }

    async fn only_a_draft_changes_customer_and_date(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        shop::customer(&client, "BEN").await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        let change = json!({ "customer": { "code": "BEN" }, "date": "2026-01-02" });
        step(&client, "salesOrderUpdate", &order, change.clone()).await;
        step(&client, "salesOrderConfirm", &order, json!({})).await;
        let codes = refused(&client, "salesOrderUpdate", &order, change).await;
        assert_eq!(codes, ["INVALID_STATE", "INVALID_STATE"]);
    }

    async fn freight_is_never_reserved_and_never_shipped(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        freight(&client).await;
        let order = placed(&client, &[("BOLT", "2"), ("FREIGHT", "1")], "REJECT").await;
        assert_eq!(order["net"]["amount"], "25.00");
        let shipped = step(&client, "fulfilmentShip", &order, json!({})).await;
        assert_eq!(shipped["fulfilmentStatus"], "FULL");
        let fees = placed(&client, &[("FREIGHT", "1")], "REJECT").await;
        assert_eq!(fees["fulfilmentStatus"], "FULL");
        step(&client, "salesOrderCancel", &fees, json!({})).await;
        let receipt = json!({
            "warehouse": { "code": "MAIN" },
            "lines": [{ "variant": { "sku": "FREIGHT" }, "quantity": "1", "unitCost": "1" }],
        });
        let payload = client.mutate("goodsReceiptPost", receipt, "goodsReceipt { id }").await;
        assert_eq!(codes(&payload), ["INVALID"]);
    }

    async fn closing_gives_up_the_rest(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "12")], "BACKORDER").await;
        let part = json!({ "lines": [{ "line": order["lines"][0]["id"], "quantity": "3" }] });
        step(&client, "fulfilmentShip", &order, part).await;
        let closed = step(&client, "salesOrderClose", &order, json!({})).await;
        assert_eq!(closed["status"], "CLOSED");
        assert_eq!(closed["lines"][0]["closed"], "9");
        assert_eq!(closed["fulfilmentStatus"], "PARTIAL");
        assert_eq!(level(&client, "BOLT").await, ["7", "0", "0"]);
        let codes = refused(&client, "salesOrderUpdate", &order, json!({ "note": "x" })).await;
        assert_eq!(codes, ["INVALID_STATE"]);
    }

    async fn cancelling_restores_stock_and_demand(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = placed(&client, &[("BOLT", "12")], "BACKORDER").await;
        assert_eq!(level(&client, "BOLT").await, ["10", "10", "2"]);
        step(&client, "salesOrderCancel", &order, json!({})).await;
        assert_eq!(level(&client, "BOLT").await, ["10", "0", "0"]);
    }
}
