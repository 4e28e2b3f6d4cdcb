//! Shipping and cancelling at once: one wins, and nothing leaves that was not reserved.

use serde_json::{Value, json};

use super::{
    assert_level, at_once, errors, is_accepted, only_error, open_shop, order, order_id, place,
};
use crate::support::Client;

async fn ship(client: Client, id: String, line: Option<(String, &'static str)>) -> Value {
    let mut input = json!({ "salesOrder": { "id": id } });
    if let Some((line, quantity)) = line {
        input["lines"] = json!([{ "line": line, "quantity": quantity }]);
    }
    let selection = "salesOrder { id fulfilmentStatus } fulfilments { id }";
    client.mutate("fulfilmentShip", input, selection).await
}

async fn cancel(client: Client, id: String) -> Value {
    let input = json!({ "salesOrder": { "id": id } });
    client
        .mutate("salesOrderCancel", input, "salesOrder { id status }")
        .await
}

async fn placed(client: &Client, quantity: &str) -> Value {
    let payload = place(client.clone(), order(&[("ONE", quantity)], "REJECT")).await;
    assert!(is_accepted(&payload), "{payload}");
    payload
}

/// Ten orders of 2; each shipped and cancelled at once, by callers of both servers.
async fn ship_and_cancel_at_once(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("ONE", Some("50"))]).await;
    let mut shipped = 0;
    for round in 0..10 {
        let id = order_id(&placed(client, "2").await);
        let payloads = at_once(2, |n| {
            let (client, id) = (servers[(n + round) % servers.len()].clone(), id.clone());
            async move {
                if n == 0 {
                    ship(client, id, None).await
                } else {
                    cancel(client, id).await
                }
            }
        })
        .await;
        let outcome = (is_accepted(&payloads[0]), is_accepted(&payloads[1]));
        assert!(outcome.0 != outcome.1, "exactly one wins: {payloads:?}");
        let loser = &payloads[usize::from(outcome.0)];
        assert_eq!(
            only_error(loser)["__typename"],
            "InvalidStateError",
            "{loser}"
        );
        shipped += u32::from(outcome.0);
    }
    let on_hand = (50 - 2 * shipped).to_string();
    assert_level(client, "ONE", [&on_hand, "0", "0"]).await;
}

both! {
    async fn of_ship_and_cancel_at_once_exactly_one_wins(server: &TestServer) {
        ship_and_cancel_at_once(&[server.client()]).await;
    }
}

postgres_only! {
    async fn of_ship_and_cancel_on_two_servers_exactly_one_wins(server: &TestServer) {
        let second = server.second().await;
        ship_and_cancel_at_once(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

/// A line of 5, of which eight callers want to ship 2 at once: two get it, one piece is left.
async fn eight_ship_the_same_line(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("ONE", Some("50"))]).await;
    let payload = placed(client, "5").await;
    let id = order_id(&payload);
    let line = payload["salesOrder"]["lines"][0]["id"].as_str();
    let line = line
        .unwrap_or_else(|| panic!("an order without a line: {payload}"))
        .to_owned();
    let payloads = at_once(8, |n| {
        let line = Some((line.clone(), "2"));
        ship(servers[n % servers.len()].clone(), id.clone(), line)
    })
    .await;
    let accepted = payloads.iter().filter(|one| is_accepted(one)).count();
    assert_eq!(accepted, 2, "5 reserved serve 2 twice: {payloads:?}");
    for payload in payloads.iter().filter(|one| !is_accepted(one)) {
        assert_eq!(errors(payload).len(), 1, "{payload}");
    }
    assert_level(client, "ONE", ["46", "1", "0"]).await;

    // What is left: several want everything; one gets it.
    let payloads = at_once(4, |n| {
        ship(servers[n % servers.len()].clone(), id.clone(), None)
    })
    .await;
    let accepted: Vec<_> = payloads.iter().filter(|one| is_accepted(one)).collect();
    assert_eq!(accepted.len(), 1, "{payloads:?}");
    assert_eq!(accepted[0]["salesOrder"]["fulfilmentStatus"], "FULL");
    assert_level(client, "ONE", ["45", "0", "0"]).await;
}

both! {
    async fn two_shipments_of_one_line_never_ship_more_than_was_reserved(server: &TestServer) {
        eight_ship_the_same_line(&[server.client()]).await;
    }
}

postgres_only! {
    async fn two_servers_never_ship_more_than_was_reserved(server: &TestServer) {
        let second = server.second().await;
        eight_ship_the_same_line(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
