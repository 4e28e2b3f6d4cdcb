//! What can be done with an invoice, a payment and a credit note is said.

use serde_json::{Value, json};

use super::{ago, invoice, open_shop, pay};
use crate::support::Client;

const OFFERED: &str = "availableTransitions { transition isAllowed reason }";

/// The transitions of the only record of a list, and whether each is allowed; what is not has a
/// reason.
async fn offered(client: &Client, list: &str) -> Vec<(String, bool)> {
    let query = format!("{{ {list} {{ nodes {{ {OFFERED} }} }} }}");
    let told = client.query(&query, json!({})).await;
    let nodes = told[list]["nodes"].as_array().expect("a list");
    let [one] = nodes.as_slice() else {
        panic!("one is there: {told}");
    };
    let steps = one["availableTransitions"].as_array().expect("a list");
    let step = |step: &Value| {
        let name = step["transition"].as_str().expect("a name").to_owned();
        let is_allowed = step["isAllowed"] == true;
        assert_eq!(is_allowed, step["reason"].is_null(), "{step}");
        (name, is_allowed)
    };
    steps.iter().map(step).collect()
}

fn of(steps: &[(&str, bool)]) -> Vec<(String, bool)> {
    let owned = |(name, is_allowed): &(&str, bool)| ((*name).to_owned(), *is_allowed);
    steps.iter().map(owned).collect()
}

both! {
    async fn what_is_owed_can_be_paid_credited_and_written_off(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(3)).await;
        let steps = |credited, owed| {
            of(&[("creditNotePost", credited), ("openItemWriteOff", owed), ("paymentPost", owed)])
        };
        assert_eq!(offered(&client, "invoices").await, steps(true, true));
        let paid = pay(&client, "100", json!({})).await;
        assert_eq!(offered(&client, "invoices").await, steps(true, false));
        let of_payment = |left, stands| {
            of(&[("paymentAllocate", left), ("paymentReverse", stands)])
        };
        assert_eq!(offered(&client, "payments").await, of_payment(false, true));
        let bounced = json!({ "payment": { "id": paid["id"] }, "reason": "bounced" });
        client.accept("paymentReverse", bounced, "payment { id }").await;
        assert_eq!(offered(&client, "payments").await, of_payment(false, false));
        assert_eq!(offered(&client, "invoices").await, steps(true, true));
        let all = json!({ "invoice": { "number": one["number"] }, "reason": "all of it" });
        client.accept("creditNotePost", all, "creditNote { id }").await;
        assert_eq!(offered(&client, "invoices").await, steps(false, false));
    }

    async fn what_is_left_of_a_credit_can_be_used_or_paid_out(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let one = invoice(&client, "10", ago(3)).await;
        pay(&client, "100", json!({})).await;
        let all = json!({ "invoice": { "number": one["number"] }, "reason": "all of it" });
        client.accept("creditNotePost", all, "creditNote { id }").await;
        let steps = |left| of(&[("paymentAllocate", left), ("paymentPost", left)]);
        assert_eq!(offered(&client, "creditNotes").await, steps(true));
        pay(&client, "100", json!({ "direction": "OUT" })).await;
        assert_eq!(offered(&client, "creditNotes").await, steps(false));
    }
}
