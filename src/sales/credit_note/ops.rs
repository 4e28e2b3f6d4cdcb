//! Posting a credit note.

use chrono::NaiveDate;
use entity::sales::{credit_note, credit_note_line, invoice, invoice_line};
use entity::vocab::{
    Account, CreditNoteId, CreditNoteStatus, CurrencyCode, CustomerReturnId, DocumentKind,
    InvoiceId, InvoiceStatus, LineAmounts, NumberKind,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::rules::{self, CreditLine};
use super::store;
use crate::accounts::ledger::{Entry, Line, Party, Posting};
use crate::accounts::open_item::ops::{posting, record};
use crate::accounts::open_item::rules::{NewItem, PartyBook, Side};
use crate::accounts::open_item::store as items;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::invoice::rules::{Totals, totals};
use crate::sales::invoice::store as invoices;

/// What is to be taken back.
#[derive(Clone, Debug)]
pub struct PostCreditNote {
    /// Its id.
    pub id: CreditNoteId,
    /// Of which invoice.
    pub invoice: Reference<InvoiceId>,
    /// Which lines; all that is left when none.
    pub lines: Option<Vec<CreditLine>>,
    /// Why.
    pub reason: String,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// Whether it pays what is open of the invoice.
    pub applies: bool,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
    /// The return that it credits, where it is of one.
    pub customer_return: Option<CustomerReturnId>,
}

/// Posts a credit note.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn post(app: &App, envelope: Envelope<PostCreditNote>) -> Verdict {
    envelope.call.actor.require(Scope::InvoicesWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<PostCreditNote>];

/// A credit note that was decided on.
struct Credited {
    invoice: invoice::Model,
    invoice_lines: Vec<invoice_line::Model>,
    lines: Vec<credit_note_line::Model>,
    totals: Totals,
}

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        Ok(match post_one(app, tx, call, command).await? {
            Ok(event) => Done::accepted(command.id.0, vec![event]),
            Err(rejections) => Done::refused(rejections),
        })
    })
}

/// Posts a credit note in the transaction of whoever needs one; its event, or why not.
///
/// # Errors
/// The database's.
pub async fn post_one(
    app: &App,
    tx: &Tx,
    call: &Call,
    command: &PostCreditNote,
) -> Result<Result<NewEvent, Vec<Rejection>>, TxError> {
    let mut rejections = call.complaints.clone();
    let credited = credit(app, tx, command, &mut rejections).await?;
    let Some(credited) = credited.filter(|_| rejections.is_empty()) else {
        return Ok(Err(rejections));
    };
    let posting = posting(tx, call, command.date);
    let party = Party::Customer(credited.invoice.customer_id);
    let currency = credited.invoice.currency.as_str();
    let balance = items::lock(tx, party, currency).await?;
    let open = items::of_document(tx.conn(), credited.invoice.id.0).await?;
    let mut book = PartyBook::of(party, app.company.base_currency, balance, open);
    let Totals { own, base } = credited.totals;
    if !book.has_room(-own.gross, -base.gross) {
        let message = "Is too much: the customer's balance would be larger than can be kept.";
        let reason = Rejection::invalid(Path::input().at("invoice"), message);
        return Ok(Err(vec![reason]));
    }
    let number = numbering::take(tx, NumberKind::CreditNote, &[command.date]).await?;
    let row = row(command, &credited, posting, number.concat());
    apply(&mut book, posting, command, &row);
    write(tx, credited, row.clone(), (posting, &book)).await?;
    Ok(Ok(NewEvent {
        operation_id: call.operation_id,
        kind: "credit_note.posted",
        schema_version: 1,
        subject_id: row.id.0,
        facts: json!({
            "number": row.number, "customerId": row.customer_id, "invoiceId": row.invoice_id,
            "gross": row.gross, "currency": row.currency,
        })
        .to_string(),
    }))
}

/// Loads the invoice, and decides what is taken back of it.
async fn credit(
    app: &App,
    tx: &Tx,
    command: &PostCreditNote,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Credited>, TxError> {
    let path = Path::input();
    rejections.extend(taken(tx, command).await?);
    let invoice = find_and_lock::<invoice::Entity>(tx.conn(), &command.invoice).await?;
    let Some(invoice) = invoice else {
        if command.invoice != Reference::Unusable {
            let problem = Problem::NotFound("invoice");
            rejections.push(Rejection::new(path.at("invoice"), problem));
        }
        return Ok(None);
    };
    if let Err(reason) = rules::check_state(&invoice) {
        rejections.push(reason);
        return Ok(None);
    }
    let is_complained = |one: &Rejection| one.path == path.at("date");
    if command.date < invoice.date && !rejections.iter().any(is_complained) {
        let day = invoice.date;
        let message = format!("Must not be earlier than the invoice's day, {day}.");
        rejections.push(Rejection::invalid(path.at("date"), message));
    }
    // Too many lines are not judged one by one.
    if rejections.iter().any(|one| one.path == path.at("lines")) {
        return Ok(None);
    }
    let mut invoice_lines = invoices::lines(tx.conn(), invoice.id).await?;
    let currency = CurrencyCode::parse(&invoice.currency)
        .ok_or_else(|| TxError::internal("an invoice in no currency"))?;
    let sold: Vec<_> = invoice_lines
        .iter()
        .filter_map(|line| line.variant_id.map(Reference::Id))
        .collect();
    let variants = variants::find_variants(tx.conn(), &sold.iter().collect::<Vec<_>>()).await?;
    let wanted = (command.lines.as_deref(), variants.as_slice());
    let lines = match rules::credit(command.id, wanted, &mut invoice_lines, currency) {
        Ok(lines) => lines,
        Err(more) => {
            rejections.extend(more);
            return Ok(None);
        }
    };
    let totals = totals(
        lines.iter().map(amounts),
        invoice.exchange_rate,
        app.company.base_currency,
    )
    .ok_or_else(|| TxError::internal("more is credited than was invoiced"))?;
    Ok(Some(Credited {
        invoice,
        invoice_lines,
        lines,
        totals,
    }))
}

fn amounts(line: &credit_note_line::Model) -> LineAmounts {
    LineAmounts {
        net: line.net,
        tax: line.tax,
        gross: line.gross,
    }
}

/// The complaint about an external id that another credit note has.
async fn taken(tx: &Tx, command: &PostCreditNote) -> Result<Option<Rejection>, TxError> {
    let Some(id) = &command.external_id else {
        return Ok(None);
    };
    let by = Reference::ExternalId(id.clone());
    let rival = find_one::<credit_note::Entity>(tx.conn(), &by).await?;
    Ok(rival.map(|rival| {
        let problem = Problem::Duplicate {
            field: "external id",
            existing: rival.id.to_string(),
        };
        Rejection::new(Path::input().at("externalId"), problem)
    }))
}

fn row(
    command: &PostCreditNote,
    credited: &Credited,
    posting: Posting,
    number: String,
) -> credit_note::Model {
    let Totals { own, base } = credited.totals;
    let invoice = &credited.invoice;
    credit_note::Model {
        id: command.id,
        number,
        status: CreditNoteStatus::Posted,
        date: command.date,
        customer_id: invoice.customer_id,
        invoice_id: invoice.id,
        customer_return_id: command.customer_return,
        reason: command.reason.clone(),
        currency: invoice.currency.clone(),
        exchange_rate: invoice.exchange_rate,
        net: own.net,
        tax: own.tax,
        gross: own.gross,
        base_net: base.net,
        base_tax: base.tax,
        base_gross: base.gross,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: posting.operation_id,
        created_by: posting.actor,
        created_at: posting.now,
        updated_at: posting.now,
        version: 1,
    }
}

/// Opens the credit, and uses it for what is open of the invoice.
fn apply(
    book: &mut PartyBook,
    posting: Posting,
    command: &PostCreditNote,
    row: &credit_note::Model,
) {
    if row.gross.is_zero() {
        return;
    }
    let new = NewItem {
        document: (DocumentKind::CreditNote, row.id.0),
        number: row.number.clone(),
        external_id: row.external_id.clone(),
        instalment: 1,
        due_on: row.date,
        exchange_rate: row.exchange_rate,
        amount: -row.gross,
        base_amount: -row.base_gross,
        note: Some(row.reason.clone()),
    };
    let id = book.add(posting, new);
    if command.applies {
        for debt in book.open(Side::Debt) {
            book.settle(posting, id, debt, None);
        }
    }
}

async fn write(
    tx: &Tx,
    credited: Credited,
    row: credit_note::Model,
    (posting, book): (Posting, &PartyBook),
) -> Result<(), TxError> {
    let document = (DocumentKind::CreditNote, row.id.0);
    let lines = [
        Line::owed(book.party(), -row.base_gross),
        Line::debit(Account::Revenue, row.base_net),
        Line::debit(Account::TaxPayable, row.base_tax),
    ];
    let entries = Entry::of(posting, document, lines).into_iter().collect();
    let is_void = credited.invoice_lines.iter().all(rules::is_credited);
    let status = if is_void {
        InvoiceStatus::Void
    } else {
        InvoiceStatus::Posted
    };
    metadata::write(tx.conn(), row.id.0, None, row.metadata.as_ref()).await?;
    store::insert(tx.conn(), row, credited.lines).await?;
    let invoice = (credited.invoice.id, status);
    invoices::set_credited(tx.conn(), invoice, credited.invoice_lines, tx.now()).await?;
    record(tx, book, posting, entries).await
}
