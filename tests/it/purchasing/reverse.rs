//! Taking a receipt back.

use serde_json::{Value, json};

use super::{RECEIPT, arrival, level, open_shop, read, receive, refused, sent, step, value};
use crate::concurrency::at_once;
use crate::support::{Client, shop};

fn because(receipt: &Value) -> Value {
    json!({ "goodsReceipt": { "id": receipt["id"] }, "reason": "counted twice" })
}

async fn reverse(client: &Client, receipt: &Value) -> Value {
    let payload = client
        .accept("goodsReceiptReverse", because(receipt), RECEIPT)
        .await;
    payload["goodsReceipt"].clone()
}

/// Ships pieces of tea to ANNA.
async fn sell(client: &Client, quantity: &str) {
    let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let input = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
    client
        .accept("fulfilmentShip", input, "salesOrder { id }")
        .await;
}

both! {
    async fn a_reversal_restores_quantities_value_and_incoming(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "6", "2")]).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let mut input = arrival(&order, &["5"]);
        input["lines"][0]["rejected"] = json!("2");
        input["lines"][0]["rejectionReason"] = json!("damp");
        let receipt = receive(&client, input).await;
        assert_eq!(value(&client, "TEA").await, "40.00");
        let reversed = reverse(&client, &receipt).await;
        assert_eq!(reversed["status"], "REVERSED");
        assert_eq!(reversed["lines"][0]["reversalDifference"]["amount"], "0.00");
        assert_eq!(level(&client, "TEA").await, ["6", "6", "10"]);
        assert_eq!(value(&client, "TEA").await, "12.00");
        let order = read(&client, &order).await;
        assert_eq!(order["receivingStatus"], "NONE");
        assert_eq!(order["lines"][0]["open"], "10");
        let again = refused(&client, "goodsReceiptReverse", because(&receipt)).await;
        assert_eq!(again[0]["state"], "REVERSED");
        step(&client, "Cancel", &order).await;
    }

    async fn what_was_sold_cannot_be_taken_back_and_what_is_promised_can(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let receipt = receive(&client, arrival(&order, &["10"])).await;
        let promised = shop::order("ANNA", "MAIN", &[("TEA", "7")]);
        client.accept("salesOrderPlace", promised, "salesOrder { id }").await;
        sell(&client, "2").await;
        let errors = refused(&client, "goodsReceiptReverse", because(&receipt)).await;
        assert_eq!(errors[0]["__typename"], "InsufficientStockError", "{errors}");
        assert_eq!((&errors[0]["requested"], &errors[0]["available"]), (&json!("10"), &json!("8")));
        shop::receive(&client, "MAIN", &[("TEA", "2", "4")]).await;
        reverse(&client, &receipt).await;
        let level = shop::level(&client, "TEA", "MAIN").await;
        let waits = (&level["reserved"], &level["backordered"], &level["onHand"]);
        assert_eq!(waits, (&json!("0"), &json!("7"), &json!("0")));
    }

    async fn value_that_is_no_longer_there_is_told_and_a_difference_is_shown(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::receive(&client, "MAIN", &[("TEA", "90", "1")]).await;
        let order = sent(&client, &[("TEA", "10", "20")]).await;
        let receipt = receive(&client, arrival(&order, &["10"])).await;
        sell(&client, "85").await;
        // 15 pieces are there, at 2.90 each on average: 43.50, and 200 came in.
        let errors = refused(&client, "goodsReceiptReverse", because(&receipt)).await;
        let message = errors[0]["message"].as_str().expect("a message");
        assert!(message.contains("200") && message.contains("43.5"), "{message}");
        sell(&client, "5").await;
        let reversed = reverse(&client, &receipt).await;
        assert_eq!(reversed["lines"][0]["reversalDifference"]["amount"], "-171.00");
        assert_eq!(value(&client, "TEA").await, "0.00");
    }

    async fn nothing_is_waited_for_again_when_the_order_is_closed(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let receipt = receive(&client, arrival(&order, &["6"])).await;
        step(&client, "Close", &order).await;
        reverse(&client, &receipt).await;
        assert_eq!(level(&client, "TEA").await, ["0", "0", "0"]);
        let order = read(&client, &order).await;
        let ends = (&order["status"], &order["lines"][0]["closed"]);
        assert_eq!(ends, (&json!("CLOSED"), &json!("10")));
    }

    async fn a_receipt_without_an_order_is_taken_back_too(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let line = json!({ "variant": { "sku": "TEA" }, "quantity": "3", "unitCost": "1.5" });
        let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
        let posted = client.accept("goodsReceiptPost", input, RECEIPT).await;
        reverse(&client, &posted["goodsReceipt"]).await;
        assert_eq!(level(&client, "TEA").await[0], "0");
    }

    async fn of_callers_at_once_one_takes_a_receipt_back(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let receipt = receive(&client, arrival(&order, &["4"])).await;
        shop::receive(&client, "MAIN", &[("TEA", "20", "4")]).await;
        let answers = at_once(5, |_| {
            let (client, input) = (client.clone(), because(&receipt));
            async move { client.mutate("goodsReceiptReverse", input, RECEIPT).await }
        })
        .await;
        let accepted = answers.iter().filter(|one| one["errors"] == json!([])).count();
        assert_eq!(accepted, 1);
        assert_eq!(level(&client, "TEA").await, ["20", "20", "10"]);
    }
}
