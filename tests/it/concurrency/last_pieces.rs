//! Whoever is too late for the last pieces is told so, and nobody is promised what is not there.

use serde_json::Value;

use super::{assert_level, at_once, errors, is_accepted, only_error, open_shop, order, place};
use crate::support::Client;

/// 64 buyers, spread over the servers, of one piece each; 50 are there.
async fn sixty_four_buy_the_last_fifty(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("HOT", Some("50"))]).await;
    let payloads = at_once(64, |n| {
        place(
            servers[n % servers.len()].clone(),
            order(&[("HOT", "1")], "REJECT"),
        )
    })
    .await;
    let sold = payloads.iter().filter(|one| is_accepted(one)).count();
    assert_eq!(sold, 50, "of 64 buyers of the last 50 pieces");
    for payload in payloads.iter().filter(|one| !is_accepted(one)) {
        assert_eq!(payload["salesOrder"], Value::Null, "refused, yet an order");
        let error = only_error(payload);
        assert_eq!(error["__typename"], "InsufficientStockError", "{error}");
        assert_eq!(error["requested"], "1", "{error}");
        assert_eq!(error["available"], "0", "{error}");
    }
    assert_level(client, "HOT", ["50", "50", "0"]).await;
}

both! {
    async fn sixty_four_buyers_of_the_last_fifty_pieces_get_exactly_fifty(server: &TestServer) {
        sixty_four_buy_the_last_fifty(&[server.client()]).await;
    }
}

postgres_only! {
    async fn two_servers_together_sell_the_last_fifty_pieces_once(server: &TestServer) {
        let second = server.second().await;
        sixty_four_buy_the_last_fifty(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

both! {
    async fn two_lines_of_one_order_cannot_both_take_the_last_piece(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("LAST", Some("1"))]).await;
        let twice = order(&[("LAST", "1"), ("LAST", "1")], "REJECT");
        let payload = place(client.clone(), twice).await;
        let error = only_error(&payload);
        assert_eq!(error["__typename"], "InsufficientStockError", "{error}");
        assert_eq!(error["requested"], "2", "the whole order counts: {error}");
        assert_eq!(error["available"], "1", "{error}");
        assert_level(&client, "LAST", ["1", "0", "0"]).await;
        let once = place(client.clone(), order(&[("LAST", "1")], "REJECT")).await;
        assert!(is_accepted(&once), "{once}");
        assert_level(&client, "LAST", ["1", "1", "0"]).await;
    }
}

both! {
    async fn a_large_order_that_does_not_fit_leaves_the_stock_to_the_small_ones(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("MIX", Some("30"))]).await;
        // Every fourth wants more than there ever was: refused, wherever it stands in a batch.
        let payloads = at_once(40, |n| {
            let quantity = if n % 4 == 0 { "31" } else { "1" };
            place(client.clone(), order(&[("MIX", quantity)], "REJECT"))
        })
        .await;
        for (n, payload) in payloads.iter().enumerate() {
            assert_eq!(is_accepted(payload), n % 4 != 0, "order {n}: {payload}");
            for error in errors(payload) {
                assert_eq!(error["__typename"], "InsufficientStockError", "{error}");
                assert_eq!(error["requested"], "31", "{error}");
            }
        }
        assert_level(&client, "MIX", ["30", "30", "0"]).await;
    }
}
