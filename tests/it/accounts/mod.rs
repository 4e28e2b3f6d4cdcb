//! Accounts: the journal, invoices, credit notes, payments, what is open, aging, statements.

mod aging;
mod credit_notes;
mod currencies;
mod invoices;
mod journal;
mod payments;
mod period;
mod taxes;
mod transitions;

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};
use stockroom::platform::clock;

use crate::support::{Client, shop};

/// What tests read of an invoice.
pub const INVOICE: &str = "invoice { id number status paymentStatus isOverdue date dueOn \
     net { amount } tax { amount } gross { amount currency } \
     lines { id quantity net { amount } tax { amount } gross { amount } } \
     openItems { id dueOn amount { amount } openAmount { amount } } }";

/// What tests read of a payment.
pub const PAYMENT: &str = "payment { id number status amount { amount } \
     openItems { id openAmount { amount } allocations { id amount { amount } date } } }";

/// A warehouse MAIN with TEA at 10 each and plenty of it, and the customer ANNA.
pub async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("10")).await;
    shop::receive(client, "MAIN", &[("TEA", "100000", "4")]).await;
}

/// The day so many days ago.
pub fn ago(days: u64) -> NaiveDate {
    clock::now().to_utc().date_naive() - Days::new(days)
}

/// An order of so much TEA that was shipped; its id.
pub async fn shipped(client: &Client, customer: &str, quantity: &str) -> String {
    let order = shop::order(customer, "MAIN", &[("TEA", quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let id = made["salesOrder"]["id"].as_str().expect("an id").to_owned();
    let ship = json!({ "salesOrder": { "id": id } });
    client
        .accept("fulfilmentShip", ship, "salesOrder { id }")
        .await;
    id
}

/// An invoice over so much TEA, of a day.
pub async fn invoice(client: &Client, quantity: &str, date: NaiveDate) -> Value {
    invoice_to(client, "ANNA", quantity, date).await
}

/// The same to any customer.
pub async fn invoice_to(client: &Client, customer: &str, quantity: &str, date: NaiveDate) -> Value {
    let order = shipped(client, customer, quantity).await;
    let input = json!({ "salesOrder": { "id": order }, "date": date.to_string() });
    client.accept("invoicePost", input, INVOICE).await["invoice"].take()
}

/// The input of a payment of ANNA.
pub fn payment(amount: &str, more: Value) -> Value {
    let mut input = json!({ "customer": { "code": "ANNA" }, "amount": amount });
    let fields = more.as_object().expect("fields").clone();
    input.as_object_mut().expect("fields").extend(fields);
    input
}

/// Posts a payment of ANNA.
pub async fn pay(client: &Client, amount: &str, more: Value) -> Value {
    let input = payment(amount, more);
    client.accept("paymentPost", input, PAYMENT).await["payment"].take()
}

/// An invoice as it is now.
pub async fn read(client: &Client, invoice: &Value) -> Value {
    let query = format!(
        "query($id: ID!) {{ it: {} }}",
        INVOICE.replacen("invoice", "invoice(by: { id: $id })", 1)
    );
    client.query(&query, json!({ "id": invoice["id"] })).await["it"].take()
}

/// What ANNA owes in the company's currency, summed over its currencies.
pub async fn balance(client: &Client) -> Vec<(String, String)> {
    let query =
        "{ customer(by: { code: \"ANNA\" }) { balance { openAmount { amount currency } } } }";
    let data = client.query(query, json!({})).await;
    let all = data["customer"]["balance"].as_array().cloned();
    let read = |one: &Value| {
        let text = |field: &str| one["openAmount"][field].as_str().unwrap_or("").to_owned();
        (text("currency"), text("amount"))
    };
    all.unwrap_or_default().iter().map(read).collect()
}

/// The balances of the journal's accounts as of today, those that are zero left out.
pub async fn accounts(client: &Client) -> Value {
    let query = "{ trialBalance { debit { amount } credit { amount } \
         accounts { account balance { amount } } } }";
    let data = client.query(query, json!({})).await;
    let trial = &data["trialBalance"];
    assert_eq!(
        trial["debit"], trial["credit"],
        "debits are credits: {trial}"
    );
    let accounts = trial["accounts"].as_array().cloned().unwrap_or_default();
    let read = |one: &Value| {
        let name = one["account"].as_str().unwrap_or_default().to_owned();
        (name, one["balance"]["amount"].clone())
    };
    let all = accounts.iter().map(read);
    Value::Object(all.filter(|(_, amount)| *amount != "0.00").collect())
}

/// The codes and paths of what was refused.
pub fn refused(payload: &Value) -> Vec<(String, String)> {
    let errors = payload["errors"].as_array().cloned().unwrap_or_default();
    let read = |error: &Value| {
        let steps = error["path"].as_array().cloned().unwrap_or_default();
        let steps: Vec<&str> = steps.iter().skip(1).filter_map(Value::as_str).collect();
        (
            error["code"].as_str().unwrap_or_default().to_owned(),
            steps.join("."),
        )
    };
    errors.iter().map(read).collect()
}
