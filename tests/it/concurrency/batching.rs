//! Orders that arrive while a transaction commits share the next one, each on its own.

#![expect(clippy::print_stdout, reason = "what was seen is worth telling")]

use super::{assert_level, at_once, is_accepted, only_error, open_shop, order, place};

/// Statements of one order that goes alone, at least; a batch takes hardly more.
const STATEMENTS_ALONE: u64 = 12;

both! {
    async fn orders_of_one_hot_variant_share_transactions(server: &TestServer) {
        const ORDERS: usize = 200;
        let client = server.client();
        open_shop(&client, &[("HOT", Some("1000"))]).await;
        let before = server.app().db.statements_sent();
        let payloads = at_once(ORDERS, |_| {
            let client = client.clone();
            // What is read back is not asked for here: only the writing is counted.
            async move {
                let input = order(&[("HOT", "1")], "REJECT");
                client.mutate("salesOrderPlace", input, "eventCursor").await
            }
        })
        .await;
        let sent = server.app().db.statements_sent() - before;
        for payload in &payloads {
            assert!(is_accepted(payload), "{payload}");
        }
        let alone = ORDERS as u64 * STATEMENTS_ALONE;
        println!("{ORDERS} orders at once: {sent} statements; one by one {alone} at least");
        assert!(sent < alone / 2, "{sent} statements for {ORDERS} orders: they went alone");
        assert_level(&client, "HOT", ["1000", &ORDERS.to_string(), "0"]).await;
    }
}

both! {
    async fn a_refused_order_does_not_disturb_the_others_of_its_batch(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("HOT", Some("1000")), ("NONE", None)]).await;
        let payloads = at_once(100, |n| {
            let mut input = match n % 5 {
                1 => order(&[("HOT", "1"), ("NONE", "1")], "REJECT"),
                2 => order(&[("HOT", "1"), ("UNKNOWN", "1")], "REJECT"),
                _ => order(&[("HOT", "1")], "REJECT"),
            };
            if n % 5 == 3 {
                input["customer"] = serde_json::json!({ "code": "NOBODY" });
            }
            place(client.clone(), input)
        })
        .await;
        for (n, payload) in payloads.iter().enumerate() {
            match n % 5 {
                1 => {
                    let error = only_error(payload);
                    assert_eq!(error["__typename"], "InsufficientStockError", "{payload}");
                }
                2 | 3 => assert_eq!(only_error(payload)["code"], "NOT_FOUND", "{payload}"),
                _ => assert!(is_accepted(payload), "order {n}: {payload}"),
            }
        }
        assert_level(&client, "HOT", ["1000", "40", "0"]).await;
    }
}
