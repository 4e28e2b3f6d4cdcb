//! What is shipped is billed once, under numbers without holes.

use serde_json::{Value, json};

use super::{INVOICE, ago, open_shop, refused, shipped};
use crate::concurrency::at_once;
use crate::support::shop;

both! {
    async fn thirty_two_invoices_at_once_have_numbers_without_holes(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut orders = Vec::new();
        for _ in 0..32 {
            orders.push(shipped(&client, "ANNA", "1").await);
        }
        let mut answers = Vec::new();
        // Every third is refused, and so takes no number.
        let (all, date) = (orders.clone(), ago(0).to_string());
        answers.extend(at_once(32, move |n| {
            let (client, order, date) = (client.clone(), all[n].clone(), date.clone());
            async move {
                let date = if n % 3 == 0 { "2999-01-01".to_owned() } else { date };
                let input = json!({ "salesOrder": { "id": order }, "date": date });
                client.mutate("invoicePost", input, "invoice { number }").await
            }
        }).await);
        let mut numbers: Vec<String> = answers
            .iter()
            .filter_map(|answer| answer["invoice"]["number"].as_str().map(str::to_owned))
            .collect();
        numbers.sort();
        let year = ago(0).format("%Y");
        let wanted: Vec<String> = (1..=21).map(|n| format!("IN-{year}-{n:06}")).collect();
        assert_eq!(numbers, wanted);
    }

    async fn the_same_shipment_is_billed_once_however_many_ask(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = shipped(&client, "ANNA", "3").await;
        let answers = at_once(8, move |_| {
            let (client, order) = (client.clone(), order.clone());
            async move {
                let input = json!({ "salesOrder": { "id": order } });
                client.mutate("invoicePost", input, "invoice { number }").await
            }
        }).await;
        let billed = answers.iter().filter(|answer| answer["errors"] == json!([])).count();
        assert_eq!(billed, 1, "{answers:?}");
        let others = answers.iter().filter(|answer| answer["errors"] != json!([]));
        for other in others {
            assert_eq!(refused(other), [("INVALID_STATE".into(), "salesOrder".into())]);
        }
    }

    async fn an_invoice_bills_what_was_shipped_and_not_billed_before(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = shop::order("ANNA", "MAIN", &[("TEA", "10")]);
        let selection = "salesOrder { id lines { id } }";
        let made = client.accept("salesOrderPlace", order, selection).await;
        let id = made["salesOrder"]["id"].clone();
        let line = made["salesOrder"]["lines"][0]["id"].clone();
        let bill = json!({ "salesOrder": { "id": id } });
        let early = client.mutate("invoicePost", bill.clone(), "invoice { id }").await;
        assert_eq!(refused(&early), [("INVALID_STATE".into(), "salesOrder".into())]);
        let mut fulfilments = Vec::new();
        for quantity in ["3", "2"] {
            let lines = json!([{ "line": line, "quantity": quantity }]);
            let input = json!({ "salesOrder": { "id": id }, "lines": lines });
            let ship = client.accept("fulfilmentShip", input, "fulfilments { id }").await;
            fulfilments.push(ship["fulfilments"][0]["id"].clone());
        }
        let mut second = bill.clone();
        second["fulfilments"] = json!([{ "id": fulfilments[1] }]);
        let invoice = client.accept("invoicePost", second, INVOICE).await;
        assert_eq!(invoice["invoice"]["gross"]["amount"], "20.00");
        let rest = client.accept("invoicePost", bill, INVOICE).await;
        assert_eq!(rest["invoice"]["lines"][0]["quantity"], "3");
        let query = "query($id: ID!) { salesOrder(by: { id: $id }) {
            billingStatus invoices { gross { amount } } } }";
        let order = client.query(query, json!({ "id": id })).await;
        assert_eq!(order["salesOrder"], json!({ "billingStatus": "PARTIAL", "invoices": [
            { "gross": { "amount": "20.00" } }, { "gross": { "amount": "30.00" } } ] }));
    }

    async fn what_was_given_up_of_an_order_counts_as_not_billed(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        for bills_first in [true, false] {
            let order = shop::order("ANNA", "MAIN", &[("TEA", "10")]);
            let selection = "salesOrder { id lines { id } }";
            let made = client.accept("salesOrderPlace", order, selection).await;
            let of = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
            let mut ship = of.clone();
            let line = made["salesOrder"]["lines"][0]["id"].clone();
            ship["lines"] = json!([{ "line": line, "quantity": "4" }]);
            client.accept("fulfilmentShip", ship, "salesOrder { id }").await;
            let mut steps = ["invoicePost", "salesOrderClose"];
            if !bills_first {
                steps.reverse();
            }
            for step in steps {
                client.accept(step, of.clone(), "errors { code }").await;
            }
            let query = "query($id: ID!) { salesOrder(by: { id: $id }) {
                status fulfilmentStatus billingStatus } }";
            let order = client.query(query, json!({ "id": made["salesOrder"]["id"] })).await;
            assert_eq!(order["salesOrder"], json!({ "status": "CLOSED",
                "fulfilmentStatus": "PARTIAL", "billingStatus": "PARTIAL" }));
        }
    }

    async fn an_invoice_is_due_by_the_customers_terms(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let terms = json!({ "code": "THIRDS", "name": "In thirds", "instalments": [
            { "share": "0.333333", "days": 0 }, { "share": "0.333333", "days": 30 },
            { "share": "0.333334", "days": 0, "isEndOfMonth": true } ] });
        client.accept("paymentTermsCreate", terms, "paymentTerms { id }").await;
        let input = json!({ "code": "BEN", "name": "Ben", "paymentTerms": { "code": "THIRDS" } });
        client.accept("customerCreate", input, "customer { id }").await;
        let order = shipped(&client, "BEN", "10").await;
        let input = json!({ "salesOrder": { "id": order }, "date": "2026-01-15" });
        let invoice = client.accept("invoicePost", input, INVOICE).await["invoice"].take();
        let items = invoice["openItems"].as_array().cloned().unwrap_or_default();
        let due = |item: &Value| {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            (text(&item["dueOn"]), text(&item["amount"]["amount"]))
        };
        let items: Vec<(String, String)> = items.iter().map(due).collect();
        let wanted = [("2026-01-15", "33.33"), ("2026-02-14", "33.33"), ("2026-01-31", "33.34")];
        assert_eq!(items, wanted.map(|(day, amount)| (day.to_owned(), amount.to_owned())));
        assert_eq!(invoice["dueOn"], "2026-02-14");
        assert_eq!(invoice["isOverdue"], true);
        assert_eq!(invoice["paymentStatus"], "UNPAID");
    }

    async fn an_invoice_that_is_only_tried_takes_no_number(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let order = shipped(&client, "ANNA", "1").await;
        let mut input = json!({ "salesOrder": { "id": order }, "dryRun": true });
        let tried = client.accept("invoicePost", input.clone(), "invoice { id }").await;
        assert_eq!(tried["invoice"], json!(null));
        input["dryRun"] = json!(false);
        input["metadata"] = json!({ "shop": "web" });
        let selection = "invoice { number metadata }";
        let invoice = client.accept("invoicePost", input, selection).await["invoice"].take();
        let number = format!("IN-{}-000001", ago(0).format("%Y"));
        assert_eq!(invoice, json!({ "number": number, "metadata": { "shop": "web" } }));
    }
}
