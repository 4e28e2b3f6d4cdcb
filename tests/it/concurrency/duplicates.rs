//! What must be unique is unique: of several at once one gets it, and the others are told who.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    assert_level, at_once, errors, is_accepted, only_error, open_shop, order, order_count,
    order_id, place, with,
};
use crate::support::Client;

/// One of the payloads was accepted; every other names its record as the holder of the field.
fn assert_one_winner(payloads: &[Value], record: &str, path: &[&str]) {
    let accepted: Vec<&Value> = payloads.iter().filter(|one| is_accepted(one)).collect();
    assert_eq!(
        accepted.len(),
        1,
        "of {} at once: {payloads:?}",
        payloads.len()
    );
    let winner = &accepted[0][record]["id"];
    for payload in payloads.iter().filter(|one| !is_accepted(one)) {
        let error = only_error(payload);
        assert_eq!(error["__typename"], "DuplicateError", "{payload}");
        assert_eq!(&error["existing"], winner, "it names who has it: {payload}");
        assert_eq!(error["path"], json!(path), "{payload}");
    }
}

async fn one_external_id_makes_one_order(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client, &[("ONE", Some("50"))]).await;
    for round in 0..5 {
        let external_id = format!("WEB-{round}");
        let payloads = at_once(4, |n| {
            let input = with(
                order(&[("ONE", "1")], "REJECT"),
                "externalId",
                &*external_id,
            );
            place(servers[n % servers.len()].clone(), input)
        })
        .await;
        assert_one_winner(&payloads, "salesOrder", &["input", "externalId"]);
    }
    assert_eq!(order_count(client).await, 5);
    assert_level(client, "ONE", ["50", "5", "0"]).await;
}

both! {
    async fn two_orders_with_one_external_id_at_once_make_one_order(server: &TestServer) {
        one_external_id_makes_one_order(&[server.client()]).await;
    }
}

postgres_only! {
    async fn two_servers_give_an_external_id_to_one_order(server: &TestServer) {
        let second = server.second().await;
        one_external_id_makes_one_order(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

both! {
    async fn one_external_id_is_given_once_within_a_batch_too(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("500"))]).await;
        // So many at once that most share a batch: pairs of one id, between orders without.
        let payloads = at_once(60, |n| {
            let input = order(&[("ONE", "1")], "REJECT");
            let input = match n % 3 {
                0 => input,
                _ => with(input, "externalId", format!("PAIR-{}", n / 3)),
            };
            place(client.clone(), input)
        })
        .await;
        for trio in payloads.chunks(3) {
            assert!(is_accepted(&trio[0]), "without an id: {}", trio[0]);
            assert_one_winner(&trio[1..], "salesOrder", &["input", "externalId"]);
        }
        assert_eq!(order_count(&client).await, 40);
        assert_level(&client, "ONE", ["500", "40", "0"]).await;
    }
}

async fn create(client: Client, sku: String, tag: usize) -> Value {
    let input = json!({ "name": format!("Product {tag}"), "variants": [{ "sku": sku }] });
    let selection = "product { id variants { id sku } }";
    client.mutate("productCreate", input, selection).await
}

async fn one_sku_is_given_once(servers: &[Client]) {
    for round in 0..5 {
        let payloads = at_once(8, |n| {
            // The same in the eyes of a person, not byte for byte.
            let sku = if n % 2 == 0 {
                format!("Sku-{round}")
            } else {
                format!("SKU-{round}")
            };
            create(servers[n % servers.len()].clone(), sku, n)
        })
        .await;
        let accepted: Vec<&Value> = payloads.iter().filter(|one| is_accepted(one)).collect();
        assert_eq!(accepted.len(), 1, "round {round}: {payloads:?}");
        let winner = &accepted[0]["product"]["variants"][0]["id"];
        for payload in payloads.iter().filter(|one| !is_accepted(one)) {
            let error = only_error(payload);
            assert_eq!(error["__typename"], "DuplicateError", "{payload}");
            assert_eq!(&error["existing"], winner, "{payload}");
            assert_eq!(error["path"], json!(["input", "variants", "0", "sku"]));
        }
    }
}

both! {
    async fn one_sku_is_given_to_one_product(server: &TestServer) {
        one_sku_is_given_once(&[server.client()]).await;
    }
}

postgres_only! {
    async fn two_servers_give_one_sku_to_one_product(server: &TestServer) {
        let second = server.second().await;
        one_sku_is_given_once(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

both! {
    async fn skus_created_crosswise_never_deadlock(server: &TestServer) {
        let client = server.client();
        let payloads = at_once(16, |n| {
            let client = client.clone();
            let skus = if n % 2 == 0 { ["X", "Y"] } else { ["Y", "X"] };
            let variants: Vec<Value> = skus
                .iter()
                .map(|sku| json!({ "sku": sku, "name": sku }))
                .collect();
            let input = json!({ "name": format!("Product {n}"), "variants": variants });
            async move { client.mutate("productCreate", input, "product { id }").await }
        })
        .await;
        let accepted = payloads.iter().filter(|one| is_accepted(one)).count();
        assert_eq!(accepted, 1, "{payloads:?}");
        for payload in payloads.iter().filter(|one| !is_accepted(one)) {
            let kinds: BTreeSet<_> = errors(payload)
                .iter()
                .map(|error| error["__typename"].as_str())
                .collect();
            assert_eq!(kinds, BTreeSet::from([Some("DuplicateError")]), "{payload}");
        }
    }
}

both! {
    async fn one_customer_code_is_given_to_one_customer(server: &TestServer) {
        let client = server.client();
        for round in 0..5 {
            let payloads = at_once(8, |n| {
                let client = client.clone();
                let input = json!({ "code": format!("CODE-{round}"), "name": format!("No {n}") });
                async move { client.mutate("customerCreate", input, "customer { id }").await }
            })
            .await;
            assert_one_winner(&payloads, "customer", &["input", "code"]);
        }
    }
}

both! {
    async fn an_external_id_taken_long_ago_names_the_order_that_has_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client, &[("ONE", Some("50"))]).await;
        let input = with(order(&[("ONE", "1")], "REJECT"), "externalId", "WEB-1");
        let first = place(client.clone(), input.clone()).await;
        let second = place(client, input).await;
        let error = only_error(&second);
        assert_eq!(error["__typename"], "DuplicateError", "{second}");
        assert_eq!(error["existing"], order_id(&first), "{second}");
    }
}
