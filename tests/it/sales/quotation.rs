//! From quotation to order.

use futures_util::future::join_all;
use serde_json::json;

use super::{draft, level, of, open_shop, refused, step, text};

both! {
    async fn a_quotation_reserves_nothing_until_it_is_confirmed(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        assert_eq!(order["status"], "DRAFT");
        assert_eq!(order["number"].as_str().map(|number| &number[..3]), Some("SO-"));
        assert_eq!(order["net"]["amount"], "40.00");
        assert_eq!(level(&client, "BOLT").await, ["10", "0", "0"]);
        let order = step(&client, "salesOrderConfirm", &order, json!({})).await;
        assert_eq!(order["status"], "CONFIRMED");
        assert_eq!(order["lines"][0]["reserved"], "4");
        assert_eq!(level(&client, "BOLT").await, ["10", "4", "0"]);
        let again = refused(&client, "salesOrderConfirm", &order, json!({})).await;
        assert_eq!(again, ["INVALID_STATE"]);
    }

    async fn confirming_what_is_short_is_refused_or_waits(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "3")]).await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        let codes = refused(&client, "salesOrderConfirm", &order, json!({})).await;
        assert_eq!(codes, ["INSUFFICIENT_STOCK"]);
        assert_eq!(level(&client, "BOLT").await, ["3", "0", "0"]);
        let policy = json!({ "onShortage": "BACKORDER" });
        let order = step(&client, "salesOrderConfirm", &order, policy).await;
        assert_eq!(order["lines"][0]["backordered"], "1");
    }

    async fn an_expired_quotation_is_confirmed_only_on_purpose(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        let dates = json!({ "date": "2026-01-01", "validUntil": "2026-01-31" });
        let order = step(&client, "salesOrderUpdate", &order, dates).await;
        let codes = refused(&client, "salesOrderConfirm", &order, json!({})).await;
        assert_eq!(codes, ["INVALID_STATE"]);
        let anyway = json!({ "ignoreValidity": true });
        step(&client, "salesOrderConfirm", &order, anyway).await;
    }

    async fn prices_stay_as_quoted_unless_asked(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let kept = draft(&client, &[("BOLT", "1")]).await;
        let renewed = draft(&client, &[("BOLT", "1")]).await;
        let dearer = json!({ "variant": { "sku": "BOLT" }, "price": "12" });
        client.accept("productVariantUpdate", dearer, "productVariant { price }").await;
        let kept = step(&client, "salesOrderConfirm", &kept, json!({})).await;
        assert_eq!(kept["net"]["amount"], "10.00");
        let anew = json!({ "reprice": true });
        let renewed = step(&client, "salesOrderConfirm", &renewed, anew).await;
        assert_eq!(renewed["net"]["amount"], "12.00");
    }

    async fn two_who_confirm_at_once_reserve_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        let all = join_all((0..8).map(|_| {
            let (client, input) = (client.clone(), of(&order, json!({})));
            async move { client.mutate("salesOrderConfirm", input, "salesOrder { id }").await }
        }))
        .await;
        let accepted = all.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 1);
        assert_eq!(level(&client, "BOLT").await, ["10", "4", "0"]);
    }

    async fn a_deleted_draft_is_gone_and_an_order_is_not_deleted(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("BOLT", "10")]).await;
        let order = draft(&client, &[("BOLT", "4")]).await;
        step(&client, "salesOrderDelete", &order, json!({})).await;
        let query = "query($id: ID!) { salesOrder(by: { id: $id }) { id } }";
        let found = client.query(query, json!({ "id": text(&order, "/id") })).await;
        assert!(found["salesOrder"].is_null());
        let order = draft(&client, &[("BOLT", "4")]).await;
        let order = step(&client, "salesOrderConfirm", &order, json!({})).await;
        let codes = refused(&client, "salesOrderDelete", &order, json!({})).await;
        assert_eq!(codes, ["INVALID_STATE"]);
    }
}

postgres_only! {
    async fn two_servers_confirm_once(server: &TestServer) {
        let second = server.second().await;
        let clients = [server.client(), second.client()];
        open_shop(&clients[0], &[("BOLT", "10")]).await;
        let order = draft(&clients[0], &[("BOLT", "4")]).await;
        let all = join_all((0..8).map(|n| {
            let (client, input) = (clients[n % 2].clone(), of(&order, json!({})));
            async move { client.mutate("salesOrderConfirm", input, "salesOrder { id }").await }
        }))
        .await;
        let accepted = all.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 1);
        second.stop().await;
    }
}
