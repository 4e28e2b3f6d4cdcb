//! The part of the table that is about the journal, what is open, and what made it so.

use serde_json::{Value, json};

use super::books::text;
use super::corruption::{Corruption, Deed, PIECE, corrupt, set};
use super::rows::of_sku;
use crate::support::Client;

/// What `check` calls a difference that is about no single record.
pub const BOOKS: &str = "the books";
pub const INVENTORY: &str = "journal: inventory = value of the stock";
pub const IN_TRANSIT: &str = "journal: inventory in transit = value on its way";
const BALANCED: &str = "journal entry: debits = credits";
const DAYS: &str = "account days = sums of the journal's lines";
const RECEIVABLES: &str = "journal: receivables = open items";
const REVENUE: &str = "journal: revenue = invoices - credit notes";
const CASH: &str = "journal: cash = payments";
const OPEN: &str = "open item: open = amount - allocations";
const OPEN_BASE: &str = "open item: open in base currency = amount - allocations";
const BALANCE: &str = "balance = sum of open items, in each currency";
const BALANCE_BASE: &str = "balance in base currency = sum of open items";
const NET: &str = "invoice: net = sum of lines";
const TAX: &str = "invoice: tax = sum of lines";
const ITEMS: &str = "invoice: gross = its open items' amounts";
const CREDITED: &str = "invoice line: credited quantity = credit notes";
const CREDITED_NET: &str = "invoice line: credited net (twice) and tax = credit notes";
const NOTE_NET: &str = "credit note: net = sum of lines";
const NOTE_TAX: &str = "credit note: tax = sum of lines";
const NOTE_ITEM: &str = "credit note: gross = its open item's amount";
const PAID: &str = "payment: amount = its open item's amount";
const INVOICED: &str = "order line: invoiced = sum of invoices";
const BILLING: &str =
    "order: billing says what was invoiced (0 none, 1 partial, 2 full, in millionths)";
const NUMBERS: &str = "numbers of invoices and credit notes have no holes";

/// The ids by which `check` names records: an order of 5 nuts at 1 each, billed, 2 of them
/// credited, 1.00 paid.
pub struct Accounts {
    pub customer: String,
    pub order: String,
    pub order_line: String,
    pub invoice: String,
    pub invoice_line: String,
    /// The entry of the invoice.
    pub entry: String,
    /// The invoice's open item, with 2.00 left.
    pub debt: String,
    pub note: String,
    /// The credit note's item, used up.
    pub note_item: String,
    pub payment: String,
    /// The payment's item, used up.
    pub credit: String,
}

impl Accounts {
    /// Bills the order of nuts.
    pub async fn make(client: &Client, order: &str, order_line: &str) -> Self {
        let bill = json!({ "salesOrder": { "id": order } });
        let selection = "invoice { id number lines { id } openItems { id } }";
        let invoice = client.accept("invoicePost", bill, selection).await["invoice"].take();
        let line = text(&invoice, "/lines/0/id");
        let two = json!({ "invoice": { "id": invoice["id"] }, "reason": "torn",
            "lines": [{ "line": line, "quantity": "2" }] });
        let selection = "creditNote { id openItems { id } }";
        let note = client.accept("creditNotePost", two, selection).await["creditNote"].take();
        let one = json!({ "customer": { "code": "ACME" }, "amount": "1" });
        let selection = "payment { id openItems { id } }";
        let payment = client.accept("paymentPost", one, selection).await["payment"].take();
        let query =
            "query($id: ID!) { journalEntries(filter: { documentId: { eq: $id } }) { nodes { id } }
            customer(by: { code: \"ACME\" }) { id } }";
        let found: Value = client.query(query, json!({ "id": invoice["id"] })).await;
        Self {
            customer: text(&found, "/customer/id"),
            order: order.to_owned(),
            order_line: order_line.to_owned(),
            invoice: text(&invoice, "/id"),
            invoice_line: line,
            entry: text(&found, "/journalEntries/nodes/0/id"),
            debt: text(&invoice, "/openItems/0/id"),
            note: text(&note, "/id"),
            note_item: text(&note, "/openItems/0/id"),
            payment: text(&payment, "/id"),
            credit: text(&payment, "/openItems/0/id"),
        }
    }
}

/// Every corruption of these.
pub fn all(accounts: &Accounts) -> Vec<Corruption> {
    [
        journal(accounts),
        items(accounts),
        invoices(accounts),
        credit_notes(accounts),
        orders(accounts),
    ]
    .concat()
}

fn raised(column: &str) -> Deed {
    set(format!("{column} = {column} + 10000"))
}

fn journal(accounts: &Accounts) -> Vec<Corruption> {
    let line = |wanted: &str, deed: Deed| corrupt("journal_line", wanted, deed);
    let of_invoice = "account = 'REVENUE' AND entry_id IN (SELECT id FROM journal_entry WHERE \
         document_kind = 'INVOICE')";
    let of_goods = "account = 'INVENTORY' AND entry_id IN (SELECT id FROM journal_entry WHERE \
         document_kind = 'FULFILMENT')";
    vec![
        line(of_invoice, set("amount = amount - 1"))
            .breaks(BALANCED, &accounts.entry)
            .breaks(DAYS, BOOKS)
            .breaks(REVENUE, BOOKS),
        line(of_goods, set("account = 'PRICE_VARIANCE'"))
            .breaks(DAYS, BOOKS)
            .breaks(INVENTORY, BOOKS),
        corrupt("account_day", "account = 'CASH'", set("debit = debit + 1")).breaks(DAYS, BOOKS),
        corrupt("account_day", "account = 'CASH'", Deed::Delete).breaks(DAYS, BOOKS),
        corrupt("number_series", "kind = 'IN'", set("last = last + 1")).breaks(NUMBERS, BOOKS),
    ]
}

fn items(accounts: &Accounts) -> Vec<Corruption> {
    let Accounts {
        customer,
        debt,
        note_item,
        credit,
        ..
    } = accounts;
    let item = |deed: Deed| corrupt("open_item", "document_kind = 'INVOICE'", deed);
    let balance = |deed: Deed| corrupt("party_balance", "currency = 'EUR'", deed);
    let of_note = "credit_item_id IN (SELECT id FROM open_item WHERE \
         document_kind = 'CREDIT_NOTE')";
    let of_payment = "credit_item_id IN (SELECT id FROM open_item WHERE document_kind = 'PAYMENT')";
    vec![
        item(raised("open_amount"))
            .breaks(OPEN, debt)
            .breaks(BALANCE, customer),
        item(raised("open_base"))
            .breaks(OPEN_BASE, debt)
            .breaks(BALANCE_BASE, customer)
            .breaks(RECEIVABLES, BOOKS),
        balance(raised("open_amount")).breaks(BALANCE, customer),
        balance(raised("open_base")).breaks(BALANCE_BASE, customer),
        corrupt("allocation", of_note, raised("amount"))
            .breaks(OPEN, debt)
            .breaks(OPEN, note_item),
        corrupt("allocation", of_note, raised("debit_base")).breaks(OPEN_BASE, debt),
        corrupt("allocation", of_payment, raised("credit_base")).breaks(OPEN_BASE, credit),
        corrupt("allocation", of_payment, Deed::Delete)
            .breaks(OPEN, debt)
            .breaks(OPEN, credit)
            .breaks(OPEN_BASE, debt)
            .breaks(OPEN_BASE, credit),
    ]
}

fn invoices(accounts: &Accounts) -> Vec<Corruption> {
    let Accounts {
        invoice,
        invoice_line,
        order_line,
        payment,
        ..
    } = accounts;
    let all = "currency = 'EUR'";
    let document = |deed: Deed| corrupt("invoice", all, deed);
    let line = |deed: Deed| corrupt("invoice_line", of_sku("NUT"), deed);
    vec![
        document(set("net = net + 1, gross = gross + 1"))
            .breaks(NET, invoice)
            .breaks(ITEMS, invoice),
        document(set("tax = tax + 1, gross = gross + 1"))
            .breaks(TAX, invoice)
            .breaks(ITEMS, invoice),
        document(set("base_net = base_net + 1, base_gross = base_gross + 1"))
            .breaks(REVENUE, BOOKS),
        line(set(format!("quantity = quantity + {PIECE}"))).breaks(INVOICED, order_line),
        line(set(format!(
            "credited_quantity = credited_quantity + {PIECE}"
        )))
        .breaks(CREDITED, invoice_line),
        line(set("credited_net = credited_net + 1")).breaks(CREDITED_NET, invoice_line),
        corrupt("payment", all, raised("amount")).breaks(PAID, payment),
        corrupt("payment", all, raised("base_amount")).breaks(CASH, BOOKS),
    ]
}

fn credit_notes(accounts: &Accounts) -> Vec<Corruption> {
    let Accounts {
        note, invoice_line, ..
    } = accounts;
    let document = |deed: Deed| corrupt("credit_note", "currency = 'EUR'", deed);
    let line = |deed: Deed| corrupt("credit_note_line", "position = 1", deed);
    vec![
        document(set("net = net + 1, gross = gross + 1"))
            .breaks(NOTE_NET, note)
            .breaks(NOTE_ITEM, note),
        document(set("tax = tax + 1, gross = gross + 1"))
            .breaks(NOTE_TAX, note)
            .breaks(NOTE_ITEM, note),
        document(set("base_net = base_net + 1, base_gross = base_gross + 1"))
            .breaks(REVENUE, BOOKS),
        line(set(format!("quantity = quantity + {PIECE}"))).breaks(CREDITED, invoice_line),
        line(set("net = net + 1, gross = gross + 1"))
            .breaks(NOTE_NET, note)
            .breaks(CREDITED_NET, invoice_line),
    ]
}

fn orders(accounts: &Accounts) -> Vec<Corruption> {
    let Accounts {
        order, order_line, ..
    } = accounts;
    vec![
        corrupt("sales_order", "billing = 'FULL'", set("billing = 'NONE'")).breaks(BILLING, order),
        corrupt("sales_order_line", of_sku("NUT"), set("invoiced = 0"))
            .breaks(INVOICED, order_line)
            .breaks(BILLING, order),
    ]
}
