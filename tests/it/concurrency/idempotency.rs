//! One key, one order: however often, on however many servers, and after a restart.

use std::collections::BTreeSet;

use stockroom::platform::actor::Scope;

use super::{
    assert_level, at_once, is_accepted, only_error, open_shop, order, order_count, order_id, place,
    with,
};
use crate::support::{Client, shop};

/// The same order with the same key, 20 times at once.
async fn twenty_repetitions_make_one_order(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("ONE", Some("50"))]).await;
    let input = with(order(&[("ONE", "2")], "REJECT"), "idempotencyKey", "key-1");
    let payloads = at_once(20, |n| {
        place(servers[n % servers.len()].clone(), input.clone())
    })
    .await;
    for payload in &payloads {
        assert!(is_accepted(payload), "{payload}");
    }
    let ids: BTreeSet<String> = payloads.iter().map(order_id).collect();
    assert_eq!(ids.len(), 1, "one key makes one order: {ids:?}");
    let first = payloads.iter().filter(|one| one["replayed"] == false);
    assert_eq!(first.count(), 1, "exactly one of 20 is not a repetition");
    let same = &payloads[0]["salesOrder"];
    for payload in &payloads {
        assert_eq!(&payload["salesOrder"], same, "all answers show one order");
    }
    assert_eq!(order_count(client).await, 1);
    assert_level(client, "ONE", ["50", "2", "0"]).await;
}

both! {
    async fn the_same_key_twenty_times_at_once_makes_one_order(server: &TestServer) {
        twenty_repetitions_make_one_order(&[server.client()]).await;
    }
}

postgres_only! {
    async fn the_same_key_on_two_servers_at_once_makes_one_order(server: &TestServer) {
        let second = server.second().await;
        // A key belongs to a caller, so both servers are asked with one token.
        let there = Client::new(second.url(), server.client().token().map(str::to_owned));
        twenty_repetitions_make_one_order(&[server.client(), there]).await;
        second.stop().await;
    }
}

both! {
    async fn the_same_key_with_another_input_is_refused_and_changes_nothing(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("50"))]).await;
        let first = with(order(&[("ONE", "2")], "REJECT"), "idempotencyKey", "key-1");
        let accepted = place(client.clone(), first.clone()).await;
        assert!(is_accepted(&accepted), "{accepted}");

        let another = with(order(&[("ONE", "3")], "REJECT"), "idempotencyKey", "key-1");
        let refused = place(client.clone(), another).await;
        let error = only_error(&refused);
        assert_eq!(error["code"], "IDEMPOTENCY_KEY_REUSED", "{refused}");
        assert_eq!(error["path"], serde_json::json!(["input", "idempotencyKey"]));
        assert!(refused["salesOrder"].is_null(), "{refused}");

        let cancel = serde_json::json!({
            "salesOrder": { "id": order_id(&accepted) }, "idempotencyKey": "key-1",
        });
        let refused = client.mutate("salesOrderCancel", cancel, "salesOrder { id }").await;
        let error = only_error(&refused);
        assert_eq!(error["code"], "IDEMPOTENCY_KEY_REUSED", "another mutation: {refused}");

        assert_eq!(order_count(&client).await, 1);
        assert_level(&client, "ONE", ["50", "2", "0"]).await;
        let again = place(client, first).await;
        assert_eq!(order_id(&again), order_id(&accepted));
        assert_eq!(again["replayed"], true, "{again}");
    }
}

both! {
    async fn one_key_with_two_inputs_at_once_does_one_of_them(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("50"))]).await;
        let payloads = at_once(20, |n| {
            let quantity = if n % 2 == 0 { "2" } else { "3" };
            let input = order(&[("ONE", quantity)], "REJECT");
            place(client.clone(), with(input, "idempotencyKey", "key-1"))
        })
        .await;
        let (done, refused): (Vec<_>, Vec<_>) =
            payloads.iter().partition(|payload| is_accepted(payload));
        assert_eq!((done.len(), refused.len()), (10, 10), "those with the winner's input");
        for payload in refused {
            assert_eq!(only_error(payload)["code"], "IDEMPOTENCY_KEY_REUSED", "{payload}");
        }
        let first = done.iter().filter(|payload| payload["replayed"] == false);
        assert_eq!(first.count(), 1);
        assert_eq!(order_count(&client).await, 1);
    }
}

both! {
    async fn a_refused_order_may_be_tried_again_with_its_key(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("LATE", None)]).await;
        let input = with(order(&[("LATE", "5")], "REJECT"), "idempotencyKey", "key-1");
        let refused = place(client.clone(), input.clone()).await;
        assert_eq!(only_error(&refused)["__typename"], "InsufficientStockError", "{refused}");
        assert_eq!(refused["replayed"], false, "{refused}");

        shop::receive(&client, "MAIN", &[("LATE", "5", "4")]).await;
        let accepted = place(client.clone(), input.clone()).await;
        assert!(is_accepted(&accepted), "{accepted}");
        assert_eq!(accepted["replayed"], false, "done now for the first time: {accepted}");
        let again = place(client.clone(), input).await;
        assert_eq!(order_id(&again), order_id(&accepted));
        assert_eq!(again["replayed"], true, "{again}");
        assert_level(&client, "LATE", ["5", "5", "0"]).await;
    }
}

both! {
    async fn a_key_belongs_to_its_caller(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("50"))]).await;
        let other = server
            .client_with(&[Scope::SalesOrdersWrite, Scope::SalesOrdersRead])
            .await;
        let input = with(order(&[("ONE", "2")], "REJECT"), "idempotencyKey", "key-1");
        let callers = [client.clone(), other];
        let payloads = at_once(8, |n| place(callers[n % 2].clone(), input.clone())).await;
        let of_caller = |wanted: usize| -> BTreeSet<String> {
            let theirs = payloads.iter().enumerate().filter(|(n, _)| n % 2 == wanted);
            theirs.map(|(_, payload)| order_id(payload)).collect()
        };
        let (mine, theirs) = (of_caller(0), of_caller(1));
        assert_eq!((mine.len(), theirs.len()), (1, 1), "{mine:?} {theirs:?}");
        assert!(mine.is_disjoint(&theirs), "two callers, two orders: {mine:?}");
        assert_level(&client, "ONE", ["50", "4", "0"]).await;
    }
}

both_unchecked! {
    async fn a_repetition_after_a_restart_still_finds_its_order(server: TestServer) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("50"))]).await;
        let input = with(order(&[("ONE", "2")], "REJECT"), "idempotencyKey", "key-1");
        let before = place(client.clone(), input.clone()).await;
        assert!(is_accepted(&before), "{before}");
        let server = server.restart().await;
        let client = server.client();
        let after = place(client.clone(), input).await;
        assert_eq!(order_id(&after), order_id(&before));
        assert_eq!(after["replayed"], true, "{after}");
        assert_level(&client, "ONE", ["50", "2", "0"]).await;
        assert_eq!(server.differences().await.len(), 0);
        server.stop().await;
    }
}
