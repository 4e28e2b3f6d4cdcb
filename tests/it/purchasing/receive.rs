//! Receiving goods of an order.

use serde_json::{Value, json};

use super::{arrival, level, open_shop, read, receive, refused, sent, value};
use crate::concurrency::at_once;
use crate::support::{Client, shop};

both! {
    async fn goods_come_in_parts_accepted_rejected_and_short(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let line = &order["lines"][0]["id"];
        let mut input = arrival(&order, &["5"]);
        input["lines"][0]["rejected"] = json!("2");
        input["lines"][0]["short"] = json!("1");
        let errors = refused(&client, "purchaseOrderReceive", input.clone()).await;
        assert_eq!(errors[0]["path"], json!(["input", "lines", "0", "rejectionReason"]));
        input["lines"][0]["rejectionReason"] = json!("damp");
        let receipt = receive(&client, input).await;
        assert_eq!(receipt["lines"][0]["quantity"], "7");
        assert_eq!(level(&client, "TEA").await, ["7", "5", "3"]);
        assert_eq!(value(&client, "TEA").await, "28.00");
        let rest = json!([{ "line": line, "accepted": "3" }]);
        let rest = json!({ "purchaseOrder": { "id": order["id"] }, "lines": rest });
        receive(&client, rest).await;
        let order = read(&client, &order).await;
        assert_eq!(order["receivingStatus"], "FULL");
        let line = &order["lines"][0];
        let parts = ["accepted", "rejected", "short", "open"].map(|part| line[part].clone());
        assert_eq!(json!(parts), json!(["8", "2", "1", "0"]));
    }

    async fn more_than_ordered_comes_in_only_within_the_tolerance(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let errors = refused(&client, "purchaseOrderReceive", arrival(&order, &["11"])).await;
        let message = errors[0]["message"].as_str().expect("a message");
        assert!(message.starts_with("Only 10 of this line are still open"), "{message}");
        let tolerance = json!({ "overReceiptTolerance": "0.1" });
        let settings = "companySettings { overReceiptTolerance }";
        client.accept("companySettingsUpdate", tolerance, settings).await;
        refused(&client, "purchaseOrderReceive", arrival(&order, &["12"])).await;
        receive(&client, arrival(&order, &["11"])).await;
        assert_eq!(level(&client, "TEA").await, ["11", "11", "0"]);
        assert_eq!(read(&client, &order).await["receivingStatus"], "OVER");
    }

    async fn goods_that_come_serve_who_waits(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let mut wanted = shop::order("ANNA", "MAIN", &[("TEA", "3")]);
        wanted["onShortage"] = json!("BACKORDER");
        client.accept("salesOrderPlace", wanted, "salesOrder { id }").await;
        receive(&client, arrival(&order, &["2"])).await;
        let level = shop::level(&client, "TEA", "MAIN").await;
        let waits = (&level["reserved"], &level["backordered"]);
        assert_eq!(waits, (&json!("2"), &json!("1")));
    }

    async fn goods_may_come_in_elsewhere(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        shop::warehouse(&client, "SHOP").await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let mut input = arrival(&order, &["4"]);
        input["warehouse"] = json!({ "code": "SHOP" });
        receive(&client, input).await;
        assert_eq!(level(&client, "TEA").await, ["0", "0", "6"]);
        assert_eq!(shop::level(&client, "TEA", "SHOP").await["onHand"], "4");
    }
}

/// Eight callers, spread over the servers, who each receive 3 of 10.
async fn eight_receive_three_of_ten(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client).await;
    let order = sent(client, &[("TEA", "10", "4")]).await;
    let answers = at_once(8, |n| {
        let (client, input) = (servers[n % servers.len()].clone(), arrival(&order, &["3"]));
        let plain = "goodsReceipt { id }";
        async move { client.mutate("purchaseOrderReceive", input, plain).await }
    })
    .await;
    let is_accepted = |answer: &&Value| answer["errors"] == json!([]);
    let accepted = answers.iter().filter(is_accepted).count();
    assert_eq!(accepted, 3, "three times three of ten, and no fourth");
    assert_eq!(level(client, "TEA").await, ["9", "9", "1"]);
}

both! {
    async fn callers_at_once_cannot_both_receive_the_rest(server: &TestServer) {
        eight_receive_three_of_ten(&[server.client()]).await;
    }
}

postgres_only! {
    async fn two_servers_cannot_both_receive_the_rest(server: &TestServer) {
        let second = server.second().await;
        eight_receive_three_of_ten(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
