//! Credit notes take invoices back, never more than was invoiced.

use serde_json::json;

use super::{accounts, ago, balance, invoice, open_shop, pay, payment, read, refused};

const NOTE: &str = "creditNote { number gross { amount } lines { quantity gross { amount } } \
     openItems { openAmount { amount } } }";

both! {
    async fn a_credit_note_pays_the_invoice_and_voids_it_in_the_end(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(3)).await;
        let line = one["lines"][0]["id"].clone();
        let part = |more: serde_json::Value| {
            let mut lines = json!([{ "line": line }]);
            let fields = more.as_object().expect("fields").clone();
            lines[0].as_object_mut().expect("fields").extend(fields);
            json!({ "invoice": { "number": one["number"] }, "reason": "torn", "lines": lines })
        };
        let by_quantity = part(json!({ "quantity": "2" }));
        let note = client.accept("creditNotePost", by_quantity, NOTE).await["creditNote"].take();
        assert_eq!(note["gross"]["amount"], "20.00");
        assert_eq!(note["number"], format!("CN-{}-000001", ago(0).format("%Y")));
        let by_amount = part(json!({ "amount": "5.55" }));
        client.accept("creditNotePost", by_amount, NOTE).await;
        let now = read(&client, &one).await;
        assert_eq!(now["openItems"][0]["openAmount"]["amount"], "74.45");
        let too_much = part(json!({ "quantity": "8.5" }));
        let answer = client.mutate("creditNotePost", too_much, NOTE).await;
        assert_eq!(refused(&answer), [("INVALID".into(), "lines.0.quantity".into())]);
        let both = part(json!({ "quantity": "1", "amount": "1" }));
        let answer = client.mutate("creditNotePost", both, NOTE).await;
        assert_eq!(refused(&answer), [("INVALID".into(), "lines.0.amount".into())]);
        let rest = json!({ "invoice": { "number": one["number"] }, "reason": "all of it" });
        client.accept("creditNotePost", rest.clone(), NOTE).await;
        let now = read(&client, &one).await;
        assert_eq!((&now["status"], &now["paymentStatus"]), (&json!("VOID"), &json!("PAID")));
        let answer = client.mutate("creditNotePost", rest, NOTE).await;
        assert_eq!(refused(&answer), [("INVALID_STATE".into(), "invoice".into())]);
        let books = accounts(&client).await;
        assert!(books.get("REVENUE").is_none() && books.get("ACCOUNTS_RECEIVABLE").is_none());
    }

    async fn what_was_paid_becomes_credit_that_can_be_refunded(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(3)).await;
        pay(&client, "70", json!({})).await;
        let all = json!({ "invoice": { "number": one["number"] }, "reason": "sent back" });
        let note = client.accept("creditNotePost", all, NOTE).await["creditNote"].take();
        assert_eq!(note["openItems"][0]["openAmount"]["amount"], "-70.00");
        let refund = payment("70", json!({ "direction": "OUT", "allocations": [
            { "document": { "number": note["number"] } } ] }));
        client.accept("paymentPost", refund, "payment { id }").await;
        assert_eq!(balance(&client).await, [("EUR".to_owned(), "0.00".to_owned())]);
    }
}
