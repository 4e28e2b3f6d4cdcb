//! The journal: balanced, of any day, and the same as the stock it tells of.

use serde_json::json;

use super::{accounts, ago, invoice, open_shop, pay, shipped};
use crate::support::shop;

both! {
    async fn every_movement_of_goods_is_in_the_journal(server: &TestServer) {
        let client = server.client();
        shop::warehouse(&client, "MAIN").await;
        shop::warehouse(&client, "SIDE").await;
        shop::customer(&client, "ANNA").await;
        shop::variant(&client, "TEA", Some("10")).await;
        shop::receive(&client, "MAIN", &[("TEA", "10", "4")]).await;
        shipped(&client, "ANNA", "2").await;
        let tea = json!({ "sku": "TEA" });
        let lost = json!({ "warehouse": { "code": "MAIN" }, "reason": "LOSS",
            "lines": [{ "variant": tea, "change": { "delta": "-1" } }] });
        client.accept("stockAdjust", lost, "stockAdjustment { id }").await;
        let transfer = json!({ "fromWarehouse": { "code": "MAIN" },
            "toWarehouse": { "code": "SIDE" }, "lines": [{ "variant": tea, "quantity": "5" }] });
        let selection = "stockTransfer { id lines { id } }";
        let made = client.accept("stockTransferCreate", transfer, selection).await;
        let id = json!({ "id": made["stockTransfer"]["id"] });
        let send = json!({ "stockTransfer": id });
        client.accept("stockTransferDispatch", send, "stockTransfer { id }").await;
        let line = made["stockTransfer"]["lines"][0]["id"].clone();
        let arrive = json!({ "stockTransfer": id, "shortageReason": "torn",
            "lines": [{ "line": line, "received": "2", "lost": "1" }] });
        client.accept("stockTransferReceive", arrive, "stockTransfer { id }").await;
        assert_eq!(accounts(&client).await, json!({
            "INVENTORY": "16.00", "INVENTORY_IN_TRANSIT": "8.00",
            "GOODS_RECEIVED_NOT_BILLED": "-40.00", "COST_OF_GOODS_SOLD": "8.00",
            "INVENTORY_ADJUSTMENT": "8.00",
        }));
    }

    async fn the_trial_balance_of_a_day_knows_nothing_of_later_days(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(9)).await;
        pay(&client, "40", json!({ "date": ago(4).to_string() })).await;
        let query = "query($day: Date) { trialBalance(asOf: $day) { debit { amount }
            credit { amount } accounts { account balance { amount } } } }";
        let (whole, rest) = (Some("100.00"), Some("60.00"));
        for (day, owed) in [(10, None), (9, whole), (5, whole), (4, rest)] {
            let data = client.query(query, json!({ "day": ago(day).to_string() })).await;
            let trial = &data["trialBalance"];
            assert_eq!(trial["debit"], trial["credit"]);
            let all = trial["accounts"].as_array().cloned().unwrap_or_default();
            let receivable = all.iter().find(|one| one["account"] == "ACCOUNTS_RECEIVABLE");
            let amount = receivable.and_then(|one| one["balance"]["amount"].as_str());
            assert_eq!(amount, owed, "{day} days ago");
        }
        let query = "query($id: ID!) { journalEntries(filter: { documentId: { eq: $id } }) {
            nodes { documentKind date
            lines { account amount { amount } } } } }";
        let data = client.query(query, json!({ "id": one["id"] })).await;
        assert_eq!(data["journalEntries"]["nodes"], json!([{
            "documentKind": "INVOICE", "date": ago(9).to_string(), "lines": [
                { "account": "ACCOUNTS_RECEIVABLE", "amount": { "amount": "100.00" } },
                { "account": "REVENUE", "amount": { "amount": "-100.00" } } ] }]));
    }
}
