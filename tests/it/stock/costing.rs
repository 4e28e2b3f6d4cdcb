//! At which cost goods leave: first in, first out beside the moving average.

use serde_json::{Value, json};

use crate::concurrency::at_once;
use crate::support::{Client, shop};

const CHANGED: &str = "productVariant { costingMethod version }";

/// A variant TEA whose goods leave first in, first out.
async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::warehouse(client, "SHOP").await;
    shop::customer(client, "ANNA").await;
    let variants = json!([{ "sku": "TEA", "price": "7.50", "costingMethod": "FIFO" }]);
    let input = json!({ "name": "Tea", "variants": variants });
    let selection = "product { variants { costingMethod } }";
    let made = client.accept("productCreate", input, selection).await;
    assert_eq!(made["product"]["variants"][0]["costingMethod"], "FIFO");
}

/// Receives tea of a unit cost; what names the receipt in a reversal.
async fn receive(client: &Client, quantity: &str, cost: &str) -> Value {
    let line = json!({ "variant": { "sku": "TEA" }, "quantity": quantity, "unitCost": cost });
    let input = json!({ "warehouse": { "code": "MAIN" }, "lines": [line] });
    let made = client
        .accept("goodsReceiptPost", input, "goodsReceipt { id }")
        .await;
    json!({ "goodsReceipt": { "id": made["goodsReceipt"]["id"] }, "reason": "counted twice" })
}

/// Ships tea; the order, the id of the fulfilment's line, and what it cost.
async fn ship(client: &Client, quantity: &str) -> (Value, String, String) {
    let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let of = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
    let selection = "fulfilments { lines { id cost { amount } } }";
    let shipped = client.accept("fulfilmentShip", of, selection).await;
    let line = &shipped["fulfilments"][0]["lines"][0];
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    (
        made["salesOrder"]["id"].clone(),
        text(&line["id"]),
        text(&line["cost"]["amount"]),
    )
}

/// On hand and value.
async fn there(client: &Client, warehouse: &str) -> [String; 2] {
    let level = shop::level(client, "TEA", warehouse).await;
    [&level["onHand"], &level["value"]["amount"]]
        .map(|value| value.as_str().expect("a number").to_owned())
}

/// Quantity and value of each layer, the latest first, and what lies between them and the level.
async fn layers(client: &Client, warehouse: &str) -> (Vec<(String, String)>, String) {
    let query = "query($code: String!) { stockLevel(variant: { sku: \"TEA\" }, \
        warehouse: { code: $code }) { explanation { valueDifference { amount } \
        layers { quantity value { amount } } } } }";
    let data = client.query(query, json!({ "code": warehouse })).await;
    let told = &data["stockLevel"]["explanation"];
    let text = |value: &Value| value.as_str().expect("a number").to_owned();
    let list = told["layers"].as_array().expect("a list").iter();
    let layer = |one: &Value| (text(&one["quantity"]), text(&one["value"]["amount"]));
    (
        list.map(layer).collect(),
        text(&told["valueDifference"]["amount"]),
    )
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

async fn change(client: &Client, method: &str) -> Value {
    let input = json!({ "variant": { "sku": "TEA" }, "costingMethod": method });
    client
        .mutate("productVariantChangeCosting", input, CHANGED)
        .await
}

both! {
    async fn goods_that_came_first_leave_first_at_their_own_cost(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "10", "1").await;
        receive(&client, "10", "3").await;
        assert_eq!(ship(&client, "4").await.2, "4.00");
        let told = (pairs(&[("10", "30.00"), ("6", "6.00")]), "0.00".to_owned());
        assert_eq!(layers(&client, "MAIN").await, told);
        assert_eq!(ship(&client, "8").await.2, "12.00", "six at one, two at three");
        assert_eq!(there(&client, "MAIN").await, ["8", "24.00"]);
        assert_eq!(ship(&client, "8").await.2, "24.00");
        assert_eq!(there(&client, "MAIN").await, ["0", "0.00"]);
        assert_eq!(layers(&client, "MAIN").await, (Vec::new(), "0.00".to_owned()));
    }

    async fn the_last_piece_of_a_layer_takes_what_is_left_of_its_value(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let line = |quantity: &str, cost: &str| json!({ "variant": { "sku": "TEA" },
            "quantity": quantity, "unitCost": cost });
        let lines = [line("3", "0.333333"), line("1", "5")];
        let input = json!({ "warehouse": { "code": "MAIN" }, "lines": lines });
        client.accept("goodsReceiptPost", input, "goodsReceipt { id }").await;
        let mut costs = Vec::new();
        for _ in 0..4 {
            costs.push(ship(&client, "1").await.2);
        }
        assert_eq!(costs, ["0.333333", "0.333333", "0.333333", "5.00"]);
        assert_eq!(there(&client, "MAIN").await, ["0", "0.00"]);
    }

    async fn what_comes_back_is_a_layer_at_the_cost_at_which_it_left(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "4", "1").await;
        receive(&client, "4", "3").await;
        let (order, line, cost) = ship(&client, "6").await;
        assert_eq!(cost, "10.00");
        let line = json!({ "fulfilmentLine": line, "quantity": "3", "reason": "NOT_WANTED" });
        let input = json!({ "salesOrder": { "id": order }, "lines": [line] });
        let selection = "customerReturn { id }";
        let made = client.accept("customerReturnRequest", input, selection).await;
        let of = json!({ "customerReturn": { "id": made["customerReturn"]["id"] } });
        for step in ["customerReturnApprove", "customerReturnReceive"] {
            client.accept(step, of.clone(), selection).await;
        }
        let told = (pairs(&[("3", "5.00"), ("2", "6.00")]), "0.00".to_owned());
        assert_eq!(layers(&client, "MAIN").await, told);
        client.accept("customerReturnInspect", of, selection).await;
        assert_eq!(layers(&client, "MAIN").await, told, "they only may be sold again");
        assert_eq!(ship(&client, "2").await.2, "6.00", "those that were there before");
        assert_eq!(ship(&client, "3").await.2, "5.00");
    }

    async fn a_transfer_carries_the_cost_of_what_came_first(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "4", "1").await;
        receive(&client, "4", "3").await;
        let input = json!({
            "fromWarehouse": { "code": "MAIN" }, "toWarehouse": { "code": "SHOP" },
            "lines": [{ "variant": { "sku": "TEA" }, "quantity": "6" }],
        });
        let selection = "stockTransfer { id lines { id } }";
        let made = client.accept("stockTransferCreate", input, selection).await;
        let of = json!({ "stockTransfer": { "id": made["stockTransfer"]["id"] } });
        client.accept("stockTransferDispatch", of.clone(), selection).await;
        let refused = change(&client, "MOVING_AVERAGE").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "costingMethod"]));
        let mut some = of;
        let line = &made["stockTransfer"]["lines"][0]["id"];
        some["lines"] = json!([{ "line": line, "received": "3", "returned": "3" }]);
        some["shortageReason"] = json!("no room");
        client.accept("stockTransferReceive", some, selection).await;
        assert_eq!(layers(&client, "SHOP").await.0, pairs(&[("3", "5.00")]));
        assert_eq!(layers(&client, "MAIN").await.0, pairs(&[("3", "5.00"), ("2", "6.00")]));
    }

    async fn a_receipt_is_taken_back_with_its_own_layer_or_not_at_all(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let first = receive(&client, "10", "1").await;
        let second = receive(&client, "10", "3").await;
        ship(&client, "4").await;
        let selection = "goodsReceipt { lines { reversalDifference { amount } } }";
        let refused = client.mutate("goodsReceiptReverse", first, selection).await;
        let error = &refused["errors"][0];
        assert_eq!(error["path"], json!(["input", "goodsReceipt"]), "{refused}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains("only 6")), "{error}");
        let done = client.accept("goodsReceiptReverse", second, selection).await;
        let difference = &done["goodsReceipt"]["lines"][0]["reversalDifference"]["amount"];
        assert_eq!(difference, "0.00");
        assert_eq!(layers(&client, "MAIN").await.0, pairs(&[("6", "6.00")]));
    }

    async fn a_correction_takes_what_came_first_and_brings_it_back(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        receive(&client, "2", "1").await;
        receive(&client, "2", "3").await;
        let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": "-3" } });
        let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "DAMAGE", "lines": [line] });
        let selection = "stockAdjustment { id lines { value { amount } } }";
        let made = client.accept("stockAdjust", input, selection).await;
        assert_eq!(made["stockAdjustment"]["lines"][0]["value"]["amount"], "-5.00");
        let of = json!({ "stockAdjustment": { "id": made["stockAdjustment"]["id"] },
            "reason": "found" });
        client.accept("stockAdjustReverse", of, selection).await;
        assert_eq!(layers(&client, "MAIN").await.0, pairs(&[("3", "5.00"), ("1", "3.00")]));
    }

    async fn eight_who_ship_at_once_never_take_the_same_goods(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        for cost in ["1", "2", "3", "4", "5", "6", "7", "8"] {
            receive(&client, "1", cost).await;
        }
        let costs = at_once(8, |_| {
            let client = client.clone();
            async move { ship(&client, "1").await.2 }
        });
        let mut costs = costs.await;
        costs.sort();
        let all = ["1.00", "2.00", "3.00", "4.00", "5.00", "6.00", "7.00", "8.00"];
        assert_eq!(costs, all, "each layer once");
    }

    async fn the_method_changes_only_while_nothing_is_there(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let changed = change(&client, "MOVING_AVERAGE").await;
        let variant = json!({ "costingMethod": "MOVING_AVERAGE", "version": 2 });
        assert_eq!(changed["productVariant"], variant);
        receive(&client, "2", "1").await;
        let refused = change(&client, "FIFO").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "costingMethod"]));
        let same = change(&client, "MOVING_AVERAGE").await;
        assert_eq!(same["errors"], json!([]), "the same method is no change");
        receive(&client, "2", "3").await;
        assert_eq!(ship(&client, "1").await.2, "2.00", "the average");
        ship(&client, "3").await;
        assert_eq!(change(&client, "FIFO").await["errors"], json!([]));
        receive(&client, "2", "1").await;
        receive(&client, "2", "3").await;
        assert_eq!(ship(&client, "1").await.2, "1.00", "the first");
    }
}

/// In each round one changes the method while others receive: what is there follows one method.
async fn change_while_others_receive(servers: &[Client]) {
    let client = &servers[0];
    open_shop(client).await;
    for round in 0..10 {
        let method = if round % 2 == 0 {
            "MOVING_AVERAGE"
        } else {
            "FIFO"
        };
        let (code, other) = (
            format!("W{round}"),
            if round % 2 == 0 {
                "FIFO"
            } else {
                "MOVING_AVERAGE"
            },
        );
        shop::warehouse(client, &code).await;
        let answers = at_once(4, |n| {
            let (client, code) = (servers[n % servers.len()].clone(), code.clone());
            async move {
                if n == 0 {
                    return change(&client, method).await["errors"] == json!([]);
                }
                let code = if n == 1 { "MAIN" } else { &code };
                shop::receive(&client, code, &[("TEA", "2", "3")]).await;
                true
            }
        })
        .await;
        let query = "{ productVariant(by: { sku: \"TEA\" }) { costingMethod } }";
        let now = client.query(query, json!({})).await;
        let wanted = if answers[0] { method } else { other };
        assert_eq!(now["productVariant"]["costingMethod"], wanted);
        for (warehouse, delta) in [("MAIN", "-2"), (code.as_str(), "-4")] {
            let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta } });
            let input = json!({ "warehouse": { "code": warehouse }, "reason": "DAMAGE",
                "lines": [line] });
            client
                .accept("stockAdjust", input, "stockAdjustment { id }")
                .await;
        }
        // The next round changes to the other method: this one's must be the present one.
        assert_eq!(change(client, method).await["errors"], json!([]));
    }
}

both! {
    async fn the_method_and_a_receipt_at_once_follow_one_another(server: &TestServer) {
        change_while_others_receive(&[server.client()]).await;
    }
}

postgres_only! {
    async fn the_method_and_a_receipt_on_two_servers_follow_one_another(server: &TestServer) {
        let second = server.second().await;
        change_while_others_receive(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}
