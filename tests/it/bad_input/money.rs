//! Invoices, payments and taxes of the shop that bad inputs are tried on.

use entity::vocab::{
    AllocationId, ExchangeRateId, FulfilmentId, InvoiceId, InvoiceLineId, OpenItemId, PaymentId,
    TaxClassId,
};
use serde_json::{Value, json};

use super::world::text;
use crate::support::Client;

/// Ids of the right form that nothing has.
pub struct UnknownMoney {
    pub invoice: String,
    pub invoice_line: String,
    pub fulfilment: String,
    pub payment: String,
    pub open_item: String,
    pub allocation: String,
    pub tax_class: String,
    pub exchange_rate: String,
}

/// All of ACME, all of 500 BOLT at 0.01.
pub struct Money {
    pub unknown: UnknownMoney,
    /// An order that was shipped and not billed, and its fulfilment.
    pub unbilled: (String, String),
    /// An open invoice, its number and its line.
    pub open: (String, String, String),
    /// An invoice that was credited in full.
    pub void: String,
    /// The number of a payment of 3.00, of which nothing was used.
    pub credit: String,
    /// The number of a payment that was reversed.
    pub reversed: String,
    /// The number of a payment to be reversed.
    pub reversible: String,
    /// An allocation to be taken back, and one that was.
    pub allocations: (String, String),
}

impl Money {
    /// Makes them, through the API alone.
    pub async fn make(client: &Client) -> Self {
        let open = invoice(client, "billed").await;
        let void = invoice(client, "credited").await;
        let all = json!({ "invoice": { "id": void.0 }, "reason": "all of it",
            "externalId": "first note" });
        client
            .accept("creditNotePost", all, "creditNote { id }")
            .await;
        let paid = invoice(client, "paid").await;
        let first = pay(client, "1", &paid.1, "first payment").await;
        let second = pay(client, "2", &paid.1, "second payment").await;
        let back = json!({ "allocation": first.1 });
        client
            .accept("paymentDeallocate", back, "allocation { id }")
            .await;
        let reverse = json!({ "payment": { "number": first.0 }, "reason": "bounced" });
        client
            .accept("paymentReverse", reverse, "payment { id }")
            .await;
        let class = json!({ "code": "FULL", "name": "Full", "rate": "0.19", "externalId": "full" });
        client
            .accept("taxClassCreate", class, "taxClass { id }")
            .await;
        let gone = json!({ "code": "NIL", "name": "Nil", "rate": "0", "externalId": "nil" });
        client
            .accept("taxClassCreate", gone, "taxClass { id }")
            .await;
        let archive = json!({ "taxClass": { "code": "NIL" } });
        client
            .accept("taxClassArchive", archive, "taxClass { id }")
            .await;
        Self {
            unknown: UnknownMoney::make(),
            unbilled: shipped(client, "unbilled").await,
            open,
            void: void.0,
            credit: credit(client, "3", "credit").await,
            reversed: first.0,
            reversible: credit(client, "1", "reversible").await,
            allocations: (second.1, first.1),
        }
    }
}

impl UnknownMoney {
    fn make() -> Self {
        Self {
            invoice: InvoiceId::generate().to_string(),
            invoice_line: InvoiceLineId::generate().to_string(),
            fulfilment: FulfilmentId::generate().to_string(),
            payment: PaymentId::generate().to_string(),
            open_item: OpenItemId::generate().to_string(),
            allocation: AllocationId::generate().to_string(),
            tax_class: TaxClassId::generate().to_string(),
            exchange_rate: ExchangeRateId::generate().to_string(),
        }
    }
}

async fn shipped(client: &Client, external_id: &str) -> (String, String) {
    let input = json!({
        "customer": { "code": "ACME" },
        "warehouse": { "code": "MAIN" },
        "lines": [{ "variant": { "sku": "BOLT" }, "quantity": "500", "unitPrice": "0.01" }],
        "externalId": external_id,
    });
    let made = client
        .accept("salesOrderPlace", input, "salesOrder { id }")
        .await;
    let order = text(&made, "/salesOrder/id");
    let ship = json!({ "salesOrder": { "id": order } });
    let made = client
        .accept("fulfilmentShip", ship, "fulfilments { id }")
        .await;
    (order, text(&made, "/fulfilments/0/id"))
}

async fn invoice(client: &Client, external_id: &str) -> (String, String, String) {
    let (order, _) = shipped(client, &format!("order {external_id}")).await;
    let input = json!({ "salesOrder": { "id": order }, "externalId": external_id });
    let selection = "invoice { id number lines { id } }";
    let made = client.accept("invoicePost", input, selection).await;
    (
        text(&made, "/invoice/id"),
        text(&made, "/invoice/number"),
        text(&made, "/invoice/lines/0/id"),
    )
}

/// The number of a payment of so much for an invoice, and the id of what it paid.
async fn pay(client: &Client, amount: &str, invoice: &str, external_id: &str) -> (String, String) {
    let told = json!([{ "document": { "number": invoice } }]);
    let input = json!({ "customer": { "code": "ACME" }, "amount": amount, "allocations": told,
        "externalId": external_id });
    let selection = "payment { number openItems { allocations { id } } }";
    let made = client.accept("paymentPost", input, selection).await;
    (
        text(&made, "/payment/number"),
        text(&made, "/payment/openItems/0/allocations/0/id"),
    )
}

/// The number of a payment that nothing was paid with.
async fn credit(client: &Client, amount: &str, external_id: &str) -> String {
    let input: Value = json!({ "customer": { "code": "ACME" }, "amount": amount,
        "allocate": "NONE", "externalId": external_id });
    let made = client
        .accept("paymentPost", input, "payment { number }")
        .await;
    text(&made, "/payment/number")
}
