//! Orders that want the same variants in opposite order never block each other for good.

use super::{assert_level, at_once, is_accepted, open_shop, order, place};
use crate::support::{Client, shop};

/// 32 orders at once of A and B or B and A; `round` distinguishes the variants.
async fn place_crosswise(servers: &[Client], (a, b): (&str, &str), on_shortage: &str) {
    let payloads = at_once(32, |n| {
        let lines = if n % 2 == 0 {
            [(a, "1"), (b, "2")]
        } else {
            [(b, "2"), (a, "1")]
        };
        // Neighbours go to different servers, in both directions on each.
        let client = servers[n / 2 % servers.len()].clone();
        place(client, order(&lines, on_shortage))
    })
    .await;
    for (n, payload) in payloads.iter().enumerate() {
        assert!(is_accepted(payload), "order {n}: {payload}");
    }
}

async fn crosswise_orders_all_get_through(servers: &[Client]) {
    let client = &servers[0];
    open_shop(
        client,
        &[
            ("A", Some("100")),
            ("B", Some("100")),
            ("NEW-A", None),
            ("NEW-B", None),
        ],
    )
    .await;
    place_crosswise(servers, ("A", "B"), "REJECT").await;
    assert_level(client, "A", ["100", "32", "0"]).await;
    assert_level(client, "B", ["100", "64", "0"]).await;

    // The levels do not exist yet: the orders themselves make them, crosswise too.
    place_crosswise(servers, ("NEW-A", "NEW-B"), "BACKORDER").await;
    assert_level(client, "NEW-A", ["0", "0", "32"]).await;
    assert_level(client, "NEW-B", ["0", "0", "64"]).await;

    // One level that exists and one that does not.
    shop::variant(client, "NEWER", Some("10")).await;
    place_crosswise(servers, ("A", "NEWER"), "BACKORDER").await;
    assert_level(client, "A", ["100", "64", "0"]).await;
    assert_level(client, "NEWER", ["0", "0", "64"]).await;
}

both! {
    async fn crosswise_orders_never_deadlock(server: &TestServer) {
        crosswise_orders_all_get_through(&[server.client()]).await;
    }
}

postgres_only! {
    async fn crosswise_orders_on_two_servers_never_deadlock(server: &TestServer) {
        let second = server.second().await;
        crosswise_orders_all_get_through(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

/// Receipts and backorders at once of the same two variants, crosswise.
async fn receipts_serve_backorders(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("A", None), ("B", None)]).await;
    let served = at_once(32, |n| {
        let client = servers[n / 2 % servers.len()].clone();
        async move {
            match n % 4 {
                0 => receive(&client, &["A", "B"]).await,
                1 => receive(&client, &["B", "A"]).await,
                2 => place(client, order(&[("A", "3"), ("B", "3")], "BACKORDER")).await,
                _ => place(client, order(&[("B", "3"), ("A", "3")], "BACKORDER")).await,
            }
        }
    })
    .await;
    for (n, payload) in served.iter().enumerate() {
        assert!(is_accepted(payload), "caller {n}: {payload}");
    }
    // 16 receipts of 2 and 16 orders of 3, of each variant.
    for sku in ["A", "B"] {
        assert_level(client, sku, ["32", "32", "16"]).await;
    }
    shop::receive(client, "MAIN", &[("A", "20", "4"), ("B", "16", "4")]).await;
    assert_level(client, "A", ["52", "48", "0"]).await;
    assert_level(client, "B", ["48", "48", "0"]).await;
}

async fn receive(client: &Client, skus: &[&str]) -> serde_json::Value {
    let lines: Vec<_> = skus
        .iter()
        .map(|sku| {
            serde_json::json!({ "variant": { "sku": sku }, "quantity": "2", "unitCost": "4" })
        })
        .collect();
    let input = serde_json::json!({ "warehouse": { "code": "MAIN" }, "lines": lines });
    client
        .mutate("goodsReceiptPost", input, "goodsReceipt { id }")
        .await
}

both! {
    async fn receipts_and_backorders_at_once_leave_nobody_waiting_beside_stock(
        server: &TestServer
    ) {
        receipts_serve_backorders(&[server.client()]).await;
    }
}

postgres_only! {
    async fn receipts_on_one_server_serve_backorders_of_another(server: &TestServer) {
        let second = server.second().await;
        receipts_serve_backorders(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
