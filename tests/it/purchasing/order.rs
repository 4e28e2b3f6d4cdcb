//! The life of a purchase order, from draft to close.

use serde_json::json;

use super::{
    ORDER, arrival, draft, level, of, open_shop, order, read, receive, refused, sent, step,
};
use crate::support::shop;

both! {
    async fn an_order_is_incoming_from_sending_until_it_has_come(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let made = draft(&client, &[("TEA", "10", "4"), ("CUP", "5", "1.005")]).await;
        assert_eq!(made["status"], "DRAFT");
        let total = json!({ "amount": "45.03", "currency": "EUR" });
        assert_eq!(made["net"], total, "5.025 is rounded to 5.03");
        let approved = step(&client, "Submit", &made).await;
        assert_eq!(approved["status"], "APPROVED", "without tiers approving is one step");
        assert_eq!(level(&client, "TEA").await[2], "none", "nothing is incoming yet");
        let sent = step(&client, "Send", &made).await;
        assert_eq!(sent["status"], "SENT");
        assert_eq!(level(&client, "TEA").await, ["0", "0", "10"]);
        receive(&client, arrival(&sent, &["10"])).await;
        assert_eq!(level(&client, "TEA").await, ["10", "10", "0"]);
        let part = read(&client, &sent).await;
        let states = (&part["status"], &part["receivingStatus"]);
        assert_eq!(states, (&json!("SENT"), &json!("PARTIAL")));
        let rest = json!([{ "line": sent["lines"][1]["id"], "accepted": "5" }]);
        receive(&client, json!({ "purchaseOrder": { "id": sent["id"] }, "lines": rest })).await;
        assert_eq!(read(&client, &sent).await["receivingStatus"], "FULL");
    }

    async fn an_order_that_has_come_in_full_stays_sent_until_it_is_closed(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        receive(&client, arrival(&order, &["10"])).await;
        let full = read(&client, &order).await;
        assert_eq!((&full["status"], &full["receivingStatus"]), (&json!("SENT"), &json!("FULL")));
        assert_eq!(full["dueOn"], json!(null));
        let closed = step(&client, "Close", &order).await;
        assert_eq!(closed["status"], "CLOSED");
        let errors = refused(&client, "purchaseOrderReceive", arrival(&order, &["1"])).await;
        assert_eq!(errors[0]["state"], "CLOSED");
    }

    async fn cancelling_and_closing_give_incoming_back(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let cancelled = sent(&client, &[("TEA", "10", "4")]).await;
        let short = sent(&client, &[("TEA", "6", "4")]).await;
        assert_eq!(level(&client, "TEA").await[2], "16");
        let mut input = of(&cancelled);
        input["reason"] = json!("the mill burnt down");
        client.accept("purchaseOrderCancel", input, ORDER).await;
        assert_eq!(level(&client, "TEA").await[2], "6");
        receive(&client, arrival(&short, &["2"])).await;
        let errors = refused(&client, "purchaseOrderCancel", of(&short)).await;
        assert_eq!(errors[0]["code"], "INVALID_STATE");
        let closed = step(&client, "Close", &short).await;
        assert_eq!(closed["lines"][0]["closed"], "4");
        assert_eq!(level(&client, "TEA").await, ["2", "2", "0"]);
    }

    async fn an_order_is_sent_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = sent(&client, &[("TEA", "10", "4")]).await;
        let errors = refused(&client, "purchaseOrderSend", of(&order)).await;
        assert_eq!(errors[0]["state"], "SENT");
        assert_eq!(level(&client, "TEA").await[2], "10");
    }

    async fn a_draft_is_changed_and_deleted_and_nothing_else_is(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let made = draft(&client, &[("TEA", "10", "4"), ("CUP", "1", "1")]).await;
        let mut input = of(&made);
        input["expectedVersion"] = json!(1);
        input["lines"] = order(&[("CUP", "3", "2")])["lines"].clone();
        input["note"] = json!("by rail");
        let changed = client.accept("purchaseOrderUpdate", input.clone(), ORDER).await;
        let changed = &changed["purchaseOrder"];
        assert_eq!((&changed["version"], &changed["net"]["amount"]), (&json!(2), &json!("6.00")));
        let stale = refused(&client, "purchaseOrderUpdate", input).await;
        assert_eq!(stale[0]["path"], json!(["input", "expectedVersion"]));
        let mut kept = of(&made);
        kept["expectedOn"] = json!("2030-01-31");
        let kept = client.accept("purchaseOrderUpdate", kept, ORDER).await;
        assert_eq!(kept["purchaseOrder"]["lines"][0]["unitPrice"], "2", "lines keep their prices");
        assert_eq!(kept["purchaseOrder"]["lines"][0]["expectedOn"], "2030-01-31");
        step(&client, "Delete", &made).await;
        assert_eq!(read(&client, &made).await, json!(null));
        let sent = sent(&client, &[("TEA", "1", "4")]).await;
        for name in ["purchaseOrderUpdate", "purchaseOrderDelete"] {
            let errors = refused(&client, name, of(&sent)).await;
            assert_eq!(errors[0]["code"], "INVALID_STATE", "{errors}");
        }
    }

    async fn what_the_supplier_promises_decides_what_is_overdue(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut input = order(&[("TEA", "10", "4")]);
        input["date"] = json!("2026-01-01");
        input["expectedOn"] = json!("2026-01-10");
        let made = client.accept("purchaseOrderCreate", input, ORDER).await["purchaseOrder"].take();
        step(&client, "Submit", &made).await;
        step(&client, "Send", &made).await;
        let query = "query($day: Date!) { purchaseOrdersOverdue(asOf: $day) { id } }";
        let overdue = async |day: &str| {
            let data = client.query(query, json!({ "day": day })).await;
            data["purchaseOrdersOverdue"].as_array().map_or(0, Vec::len)
        };
        assert_eq!((overdue("2026-01-10").await, overdue("2026-01-11").await), (0, 1));
        let mut input = of(&made);
        let line = &made["lines"][0]["id"];
        input["lines"] = json!([{ "line": line, "quantity": "8", "promisedOn": "2026-02-01" }]);
        let confirmed = client.accept("purchaseOrderConfirm", input, ORDER).await;
        assert_eq!(confirmed["purchaseOrder"]["dueOn"], "2026-02-01");
        assert_eq!((overdue("2026-02-01").await, overdue("2026-02-02").await), (0, 1));
        assert_eq!(level(&client, "TEA").await[2], "10", "all that was ordered is waited for");
        receive(&client, arrival(&made, &["10"])).await;
        assert_eq!(overdue("2026-02-02").await, 0);
    }

    async fn what_can_be_done_is_what_the_mutations_allow(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let made = draft(&client, &[("TEA", "1", "4")]).await;
        let states = [
            made.clone(),
            step(&client, "Submit", &made).await,
            step(&client, "Send", &made).await,
            step(&client, "Cancel", &made).await,
        ];
        let allowed = states.map(|order| {
            let transitions = order["availableTransitions"].as_array().cloned();
            let transitions = transitions.expect("a list").into_iter();
            let allowed = transitions.filter(|one| one["isAllowed"] == true);
            allowed.map(|one| one["transition"].clone()).collect::<Vec<_>>()
        });
        let wanted: [&[&str]; 4] = [
            &["purchaseOrderUpdate", "purchaseOrderDelete", "purchaseOrderSubmit",
              "purchaseOrderCancel"],
            &["purchaseOrderSend", "purchaseOrderCancel"],
            &["purchaseOrderConfirm", "purchaseOrderReceive", "purchaseOrderCancel",
              "purchaseOrderClose"],
            &[],
        ];
        assert_eq!(json!(allowed), json!(wanted));
    }

    async fn another_currency_needs_its_rate_and_goods_come_in_at_it(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let yard = json!({ "code": "YARD", "name": "Yard", "currency": "USD", "leadTimeDays": 14 });
        client.accept("supplierCreate", yard, "supplier { id }").await;
        let mut input = order(&[("TEA", "10", "4.123457")]);
        input["supplier"] = json!({ "code": "YARD" });
        input["date"] = json!("2026-01-01");
        let errors = refused(&client, "purchaseOrderCreate", input.clone()).await;
        assert_eq!(errors[0]["path"], json!(["input", "exchangeRate"]));
        input["exchangeRate"] = json!("0.923456789012");
        input["lines"][0]["discountRate"] = json!("0.1");
        let made = client.accept("purchaseOrderCreate", input, ORDER).await["purchaseOrder"].take();
        assert_eq!(made["expectedOn"], "2026-01-15", "the date and the lead time");
        assert_eq!(made["net"]["currency"], "USD");
        step(&client, "Submit", &made).await;
        step(&client, "Send", &made).await;
        let receipt = receive(&client, arrival(&made, &["10"])).await;
        // 4.123457 × 0.9 × 0.923456789012 = 3.427051…
        assert_eq!(receipt["lines"][0]["unitCost"], "3.427051");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level["value"]["amount"], "34.27051");
    }
}
