//! Posting an invoice.

use chrono::NaiveDate;
use entity::party::customer;
use entity::sales::{invoice, invoice_line, sales_order, sales_order_line};
use entity::vocab::{
    Account, CurrencyCode, CustomerId, DocumentKind, ExchangeRate, FulfilmentId, InvoiceId,
    InvoiceStatus, LineAmounts, NumberKind, PaymentTermsId, SalesOrderId,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::rules::{self, Loaded, Totals};
use super::store;
use crate::accounts::exchange_rate::store as rates;
use crate::accounts::ledger::{Entry, Line, Party, Posting};
use crate::accounts::open_item::ops::{posting, record};
use crate::accounts::open_item::rules::{NewItem, PartyBook};
use crate::accounts::open_item::{store as items, terms};
use crate::catalog::tax::store as taxes;
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::rules as order_rules;
use crate::sales::order::store as orders;

/// What is to be billed.
#[derive(Clone, Debug)]
pub struct PostInvoice {
    /// Its id.
    pub id: InvoiceId,
    /// The order.
    pub order: Reference<SalesOrderId>,
    /// What was shipped; all of it that is not billed when none.
    pub fulfilments: Option<Vec<Reference<FulfilmentId>>>,
    /// Whether charges are billed too.
    pub includes_charges: bool,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
}

/// Posts an invoice.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn post(app: &App, envelope: Envelope<PostInvoice>) -> Verdict {
    envelope.call.actor.require(Scope::InvoicesWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<PostInvoice>];

/// An invoice that was decided on.
struct Billed {
    order: sales_order::Model,
    order_lines: Vec<sales_order_line::Model>,
    customer: customer::Model,
    lines: Vec<invoice_line::Model>,
    currency: CurrencyCode,
    exchange_rate: ExchangeRate,
    totals: Totals,
}

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let billed = bill(app, tx, command, &mut rejections).await?;
        let Some(billed) = billed.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = posting(tx, call, command.date);
        let party = Party::Customer(billed.customer.id);
        let base = app.company.base_currency;
        let balance = items::lock(tx, party, billed.currency.code()).await?;
        let mut book = PartyBook::of(party, base, balance, Vec::new());
        if !book.has_room(billed.totals.own.gross, billed.totals.base.gross) {
            let message = "Is too much: the customer's balance would be larger than can be kept.";
            let reason = Rejection::invalid(Path::input().at("salesOrder"), message);
            return Ok(Done::refused(vec![reason]));
        }
        let (terms_id, instalments) = items::terms(tx.conn(), &billed.customer).await?;
        let gross = billed.totals.own.gross;
        let dues = terms::due_dates(&instalments, command.date, gross, billed.currency);
        let last = dues.iter().map(|(due_on, _)| *due_on).max();
        let due = (last.unwrap_or(command.date), terms_id);
        let number = numbering::take(tx, NumberKind::Invoice, &[command.date]).await?;
        let row = row(command, &billed, (posting, due), number.concat());
        open(&mut book, posting, &row, &dues, base);
        let event = event(&row);
        write(tx, billed, row, posting, &book).await?;
        Ok(Done::accepted(command.id.0, vec![event]))
    })
}

/// Loads everything that the invoice refers to, and decides what it bills.
async fn bill(
    app: &App,
    tx: &Tx,
    command: &PostInvoice,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Billed>, TxError> {
    let path = Path::input().at("salesOrder");
    let order = find_and_lock::<sales_order::Entity>(tx.conn(), &command.order).await?;
    let Some(order) = order else {
        if command.order != Reference::Unusable {
            rejections.push(Rejection::new(path, Problem::NotFound("sales order")));
        }
        return Ok(None);
    };
    let order_lines = orders::lines(tx.conn(), order.id).await?;
    let (fulfilments, shipped) = store::shipped(tx.conn(), order.id).await?;
    let customer = customer(tx, order.customer_id).await?;
    let classes = order_lines.iter().filter_map(|line| line.tax_class_id);
    let rival = rival(tx, command).await?;
    let found = Loaded {
        order: &order,
        lines: &order_lines,
        fulfilments: &fulfilments,
        shipped: &shipped,
        invoiced: &store::invoiced(tx.conn(), &shipped).await?,
        variants: &store::variants(tx.conn(), &order_lines).await?,
        rates: &taxes::rates_on(tx.conn(), classes.collect(), command.date).await?,
        is_tax_exempt: customer.is_tax_exempt,
        rival: rival.as_ref(),
        is_read: rejections.is_empty(),
    };
    let currency = CurrencyCode::parse(&order.currency)
        .ok_or_else(|| TxError::internal("an order in no currency"))?;
    let lines = match rules::lines(command, &found, currency) {
        Ok(lines) => lines,
        Err(more) => {
            rejections.extend(more);
            return Ok(None);
        }
    };
    let exchange_rate = exchange_rate(app, tx, command, &order).await?;
    let amounts = lines.iter().map(amounts);
    let Some(totals) = rules::totals(amounts, exchange_rate, app.company.base_currency) else {
        let message = "Comes to more than can be kept. Bill fewer fulfilments at once.";
        rejections.push(Rejection::invalid(path, message));
        return Ok(None);
    };
    Ok(Some(Billed {
        order,
        order_lines,
        customer,
        lines,
        currency,
        exchange_rate,
        totals,
    }))
}

async fn customer(tx: &Tx, id: CustomerId) -> Result<customer::Model, TxError> {
    let found = customers::find(tx.conn(), &[&Reference::Id(id)])
        .await?
        .pop();
    found.ok_or_else(|| TxError::internal("an order without a customer"))
}

fn amounts(line: &invoice_line::Model) -> LineAmounts {
    LineAmounts {
        net: line.net,
        tax: line.tax,
        gross: line.gross,
    }
}

/// The rate of the invoice's day, else the order's.
async fn exchange_rate(
    app: &App,
    tx: &Tx,
    command: &PostInvoice,
    order: &sales_order::Model,
) -> Result<ExchangeRate, TxError> {
    let currency = CurrencyCode::parse(&order.currency);
    let other = currency.filter(|currency| *currency != app.company.base_currency);
    let Some(other) = other else {
        return Ok(ExchangeRate::ONE);
    };
    let of_day = rates::rate_on(tx.conn(), other, command.date).await?;
    Ok(of_day.unwrap_or(order.exchange_rate))
}

async fn rival(tx: &Tx, command: &PostInvoice) -> Result<Option<invoice::Model>, TxError> {
    let Some(id) = &command.external_id else {
        return Ok(None);
    };
    let by = Reference::ExternalId(id.clone());
    Ok(find_one::<invoice::Entity>(tx.conn(), &by).await?)
}

fn row(
    command: &PostInvoice,
    billed: &Billed,
    (posting, (due_on, payment_terms_id)): (Posting, (NaiveDate, Option<PaymentTermsId>)),
    number: String,
) -> invoice::Model {
    let Totals { own, base } = billed.totals;
    invoice::Model {
        id: command.id,
        number,
        status: InvoiceStatus::Posted,
        date: command.date,
        due_on,
        customer_id: billed.customer.id,
        sales_order_id: billed.order.id,
        payment_terms_id,
        currency: billed.currency.code().to_owned(),
        exchange_rate: billed.exchange_rate,
        prices_include_tax: billed.order.prices_include_tax,
        net: own.net,
        tax: own.tax,
        gross: own.gross,
        base_net: base.net,
        base_tax: base.tax,
        base_gross: base.gross,
        note: command.note.clone(),
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: posting.operation_id,
        created_by: posting.actor,
        created_at: posting.now,
        updated_at: posting.now,
        version: 1,
    }
}

/// Opens an item per instalment; their base amounts add up to the invoice's.
fn open(
    book: &mut PartyBook,
    posting: Posting,
    row: &invoice::Model,
    dues: &[(NaiveDate, entity::vocab::Amount)],
    base: CurrencyCode,
) {
    let weights: Vec<i64> = dues.iter().map(|(_, amount)| amount.0).collect();
    let bases = terms::split(row.base_gross, &weights, base);
    for (index, ((due_on, amount), base_amount)) in dues.iter().zip(bases).enumerate() {
        let new = NewItem {
            document: (DocumentKind::Invoice, row.id.0),
            number: row.number.clone(),
            external_id: row.external_id.clone(),
            instalment: i32::try_from(index + 1).expect("terms have few instalments"),
            due_on: *due_on,
            exchange_rate: row.exchange_rate,
            amount: *amount,
            base_amount,
            note: None,
        };
        book.add(posting, new);
    }
}

fn event(row: &invoice::Model) -> NewEvent {
    let customer_id: CustomerId = row.customer_id;
    NewEvent {
        operation_id: row.operation_id,
        kind: "invoice.posted",
        schema_version: 1,
        subject_id: row.id.0,
        facts: json!({
            "number": row.number, "customerId": customer_id, "salesOrderId": row.sales_order_id,
            "gross": row.gross, "currency": row.currency,
        })
        .to_string(),
    }
}

async fn write(
    tx: &Tx,
    billed: Billed,
    row: invoice::Model,
    posting: Posting,
    book: &PartyBook,
) -> Result<(), TxError> {
    let document = (DocumentKind::Invoice, row.id.0);
    let lines = [
        Line::owed(book.party(), row.base_gross),
        Line::credit(Account::Revenue, row.base_net),
        Line::credit(Account::TaxPayable, row.base_tax),
    ];
    let entries = Entry::of(posting, document, lines).into_iter().collect();
    let mut order_lines = billed.order_lines;
    for line in &billed.lines {
        let of_it = |one: &&mut sales_order_line::Model| one.id == line.sales_order_line_id;
        let billed = order_lines.iter_mut().find(of_it);
        billed
            .expect("invoices bill lines of this order")
            .invoiced
            .0 += line.quantity.0;
    }
    let mut order = billed.order;
    order.billing = rules::billing(&order_lines);
    order.status = order_rules::status_after(order.status, order.fulfilment, order.billing);
    metadata::write(tx.conn(), row.id.0, None, row.metadata.as_ref()).await?;
    store::insert(tx.conn(), row, billed.lines).await?;
    orders::save(tx.conn(), order, order_lines, tx.now()).await?;
    record(tx, book, posting, entries).await
}
