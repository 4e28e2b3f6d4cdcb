//! Taking an adjustment back.

use serde_json::{Value, json};

use crate::concurrency::at_once;
use crate::support::{Client, shop};

const ADJUSTED: &str = "stockAdjustment { id status reversedOn reversedReason
    availableTransitions { transition isAllowed reason }
    lines { delta value { amount } reversedValue { amount } } }
    posted { movements { quantity value { amount } } }";

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::receive(client, "MAIN", &[("TEA", "10", "3")]).await;
}

/// Corrects the tea by so much; at a cost of 4 when some is found.
async fn adjust(client: &Client, delta: &str) -> Value {
    let line = json!({ "variant": { "sku": "TEA" }, "change": { "delta": delta },
        "unitCost": "4" });
    let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "COUNT", "lines": [line] });
    let made = client.accept("stockAdjust", input, ADJUSTED).await;
    json!({ "stockAdjustment": { "id": made["stockAdjustment"]["id"] }, "reason": "counted again" })
}

async fn place(client: &Client, quantity: &str) -> Value {
    let order = shop::order("ANNA", "MAIN", &[("TEA", quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    made["salesOrder"]["id"].clone()
}

/// On hand, reserved, backordered, value.
async fn level(client: &Client) -> Vec<String> {
    let level = shop::level(client, "TEA", "MAIN").await;
    let fields = ["onHand", "reserved", "backordered"].map(|field| level[field].clone());
    let all = fields.into_iter().chain([level["value"]["amount"].clone()]);
    all.map(|value| value.as_str().expect("a number").to_owned())
        .collect()
}

both! {
    async fn what_was_taken_away_comes_back_at_its_value_and_serves_who_waits(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        place(&client, "8").await;
        let lost = adjust(&client, "-5").await;
        assert_eq!(level(&client).await, ["5", "5", "3", "15.00"]);
        shop::receive(&client, "MAIN", &[("TEA", "1", "9")]).await;
        let back = client.accept("stockAdjustReverse", lost, ADJUSTED).await;
        assert_eq!(level(&client).await, ["11", "8", "0", "39.00"], "at 3, whatever came since");
        let adjustment = &back["stockAdjustment"];
        assert_eq!(adjustment["status"], "REVERSED");
        assert_eq!(adjustment["reversedReason"], "counted again");
        let line = json!({ "delta": "-5", "value": { "amount": "-15.00" },
            "reversedValue": { "amount": "15.00" } });
        assert_eq!(adjustment["lines"], json!([line]));
        let movement = json!({ "quantity": "5", "value": { "amount": "15.00" } });
        assert_eq!(back["posted"]["movements"], json!([movement]));
    }

    async fn what_was_found_leaves_at_its_value_unless_it_is_gone(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let found = adjust(&client, "5").await;
        assert_eq!(level(&client).await, ["15", "0", "0", "50.00"]);
        client.accept("stockAdjustReverse", found, ADJUSTED).await;
        assert_eq!(level(&client).await, ["10", "0", "0", "30.00"]);
        let found = adjust(&client, "5").await;
        let order = place(&client, "12").await;
        let ship = json!({ "salesOrder": { "id": order } });
        client.accept("fulfilmentShip", ship, "salesOrder { id }").await;
        let refused = client.mutate("stockAdjustReverse", found, ADJUSTED).await;
        let error = &refused["errors"][0];
        assert_eq!(error["code"], "INSUFFICIENT_STOCK", "{refused}");
        assert_eq!(error["path"], json!(["input", "stockAdjustment"]));
        assert_eq!(level(&client).await[0], "3", "nothing was changed");
    }

    async fn the_journal_of_an_adjustment_and_its_reversal_adds_up_to_nothing(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let balances = "{ trialBalance { accounts { account balance { amount } } } }";
        let before = client.query(balances, json!({})).await;
        for delta in ["-4", "6"] {
            let adjusted = adjust(&client, delta).await;
            client.accept("stockAdjustReverse", adjusted, ADJUSTED).await;
        }
        let mut after = client.query(balances, json!({})).await;
        let lines = after["trialBalance"]["accounts"].as_array_mut().expect("accounts");
        lines.retain(|line| line["balance"]["amount"] != "0.00");
        assert_eq!(after, before);
    }

    async fn of_eight_reversals_at_once_one_is_posted(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let lost = adjust(&client, "-5").await;
        let answers = at_once(8, |_| {
            let (client, input) = (client.clone(), lost.clone());
            async move { client.mutate("stockAdjustReverse", input, ADJUSTED).await }
        })
        .await;
        let done = answers.iter().filter(|answer| answer["errors"] == json!([]));
        assert_eq!(done.count(), 1, "{answers:?}");
        assert_eq!(level(&client).await, ["10", "0", "0", "30.00"]);
        let refused = answers.iter().find(|answer| answer["errors"] != json!([]));
        assert_eq!(refused.expect("seven")["errors"][0]["state"], "REVERSED");
    }

    async fn what_can_be_done_with_an_adjustment_is_said(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let lost = adjust(&client, "-5").await;
        let mut tried = lost.clone();
        tried["dryRun"] = json!(true);
        client.mutate("stockAdjustReverse", tried, ADJUSTED).await;
        let query = "{ stockAdjustments(filter: { status: { eq: POSTED } }) { nodes {
            availableTransitions { transition isAllowed reason } } } }";
        let offered = client.query(query, json!({})).await;
        let step = &offered["stockAdjustments"]["nodes"][0]["availableTransitions"][0];
        let allowed = json!({ "transition": "stockAdjustReverse", "isAllowed": true,
            "reason": null });
        assert_eq!(step, &allowed);
        let back = client.accept("stockAdjustReverse", lost, ADJUSTED).await;
        let step = &back["stockAdjustment"]["availableTransitions"][0];
        assert_eq!(step["isAllowed"], false);
        assert!(step["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    }
}
