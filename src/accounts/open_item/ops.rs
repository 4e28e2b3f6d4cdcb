//! Using credits for debts, taking that back, and writing debts off.

use chrono::NaiveDate;
use entity::accounts::open_item;
use entity::vocab::{Account, AllocationId, Amount, CurrencyCode, DocumentKind, OpenItemId};
use futures_util::future::BoxFuture;
use serde_json::json;
use uuid::Uuid;

use super::rules::{self, NewItem, PartyBook, Side, Wanted};
use super::store;
use crate::accounts::ledger::{self, Entry, Line, Party, Posting};
use crate::accounts::period::guard::check_days;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::input::check_minor_unit;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};

/// What a credit on account is to be used for.
#[derive(Clone, Debug)]
pub struct Allocate {
    /// The credit.
    pub credit: Reference<OpenItemId>,
    /// What it pays; what is due first when none.
    pub allocations: Option<Vec<Wanted>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Which allocation is to be taken back.
#[derive(Clone, Debug)]
pub struct Deallocate {
    /// The allocation; none when its id was not readable.
    pub allocation: Option<AllocationId>,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// What will not be paid any more.
#[derive(Clone, Debug)]
pub struct WriteOff {
    /// The debt.
    pub open_item: Reference<OpenItemId>,
    /// How much of it; all that is open when none.
    pub amount: Option<Amount>,
    /// Why.
    pub reason: String,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Uses a credit on account for debts.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn allocate(app: &App, envelope: Envelope<Allocate>) -> Verdict {
    envelope.call.actor.require(Scope::PaymentsWrite)?;
    command::run(app, envelope, handle_allocate).await
}

/// Takes an allocation back: the debt is open again, and so is the credit.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn deallocate(app: &App, envelope: Envelope<Deallocate>) -> Verdict {
    envelope.call.actor.require(Scope::PaymentsWrite)?;
    command::run(app, envelope, handle_deallocate).await
}

/// Writes a debt off.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn write_off(app: &App, envelope: Envelope<WriteOff>) -> Verdict {
    envelope.call.actor.require(Scope::PaymentsWrite)?;
    command::run(app, envelope, handle_write_off).await
}

/// Under whose name and for which day a command posts.
#[must_use]
pub fn posting(tx: &Tx, call: &Call, date: NaiveDate) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date,
        now: tx.now(),
    }
}

/// Whose item it is.
#[must_use]
pub fn party_of(item: &open_item::Model) -> Party {
    let customer = item.customer_id.map(Party::Customer);
    let supplier = item.supplier_id.map(Party::Supplier);
    customer
        .or(supplier)
        .expect("a check constraint wants exactly one")
}

type Handled<'t> = BoxFuture<'t, Result<Done, TxError>>;

fn handle_allocate<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Allocate>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let path = Path::input().at("credit");
        let Some(found) = find(tx, &command.credit, &path, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let wanted = command.allocations.as_deref();
        let mut named = vec![&command.credit];
        named.extend(wanted.unwrap_or_default().iter().map(|one| &one.document));
        let mut book = load(app, tx, &found, &named).await?;
        let posting = posting(tx, call, command.date);
        let credit = book
            .items()
            .find(|item| Side::of(item) == Side::Credit && rules::names(&command.credit, item))
            .map(|item| (item.id, item.open_amount));
        match credit {
            None => {
                let message = "Is not a credit but owed itself. Name a payment or a credit note.";
                rejections.push(Rejection::invalid(path, message));
            }
            Some((_, open)) if open.is_zero() => {
                let message = "Nothing of this credit is left.";
                rejections.push(Rejection::invalid(path, message));
            }
            Some((id, _)) => match wanted {
                Some(wanted) => {
                    let judges = rejections.is_empty();
                    rejections.extend(rules::apply(&mut book, (posting, id), wanted, judges));
                }
                None => book.settle_oldest_first(posting, id),
            },
        }
        if rejections.is_empty() && book.allocations().is_empty() {
            let message = "There is no open debt in its currency that it could pay.";
            rejections.push(Rejection::invalid(Path::input().at("credit"), message));
        }
        let Some((id, _)) = credit.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        record(tx, &book, posting, Vec::new()).await?;
        let event = event(call, "payment.allocated", id.0, &book);
        Ok(Done::accepted(id.0, vec![event]))
    })
}

/// Kinds of items whose allocations are part of them, and are not taken back by themselves.
const BOUND: [DocumentKind; 2] = [DocumentKind::PaymentReversal, DocumentKind::WriteOff];

fn handle_deallocate<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Deallocate>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some(id) = command.allocation else {
            return Ok(Done::refused(rejections));
        };
        let path = Path::input().at("allocation");
        let Some((row, _)) = store::allocation(tx.conn(), id).await? else {
            rejections.push(Rejection::new(path, Problem::NotFound("allocation")));
            return Ok(Done::refused(rejections));
        };
        let ids = [row.debit_item_id, row.credit_item_id];
        let items = store::by_ids(tx.conn(), ids.to_vec()).await?;
        let named = ids.map(Reference::Id);
        let mut book = load(app, tx, &items[0], &named.each_ref()).await?;
        // Read again behind the lock: somebody else may have taken it back just now.
        let found = store::allocation(tx.conn(), id).await?;
        let is_back = found.is_some_and(|(_, is_back)| is_back) || row.reverses_id.is_some();
        let debt = items.iter().find(|item| item.id == row.debit_item_id);
        let is_refund = debt.is_some_and(|item| item.document_kind == DocumentKind::Payment);
        if is_back {
            let problem = Problem::InvalidState {
                state: "REVERSED",
                allowed: &["paymentAllocate"],
                message: "This allocation was taken back already. Allocate again.".to_owned(),
            };
            rejections.push(Rejection::new(path, problem));
        } else if is_refund || items.iter().any(|item| BOUND.contains(&item.document_kind)) {
            let message = "Belongs to a refund, a reversal or a write-off. Reverse the refund \
                instead; the others are final.";
            rejections.push(Rejection::invalid(path, message));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let posting = posting(tx, call, command.date);
        book.take_back(posting, &row);
        record(tx, &book, posting, Vec::new()).await?;
        let event = event(call, "payment.deallocated", id.0, &book);
        Ok(Done::accepted(id.0, vec![event]))
    })
}

fn handle_write_off<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<WriteOff>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let path = Path::input().at("openItem");
        let Some(found) = find(tx, &command.open_item, &path, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut book = load(app, tx, &found, &[&command.open_item]).await?;
        let mut debts: Vec<&open_item::Model> = book
            .items()
            .filter(|item| Side::of(item) == Side::Debt && rules::names(&command.open_item, item))
            .collect();
        debts.sort_by_key(|item| (item.due_on, item.instalment));
        // An earlier write-off has the debt's number too, so a number may find that one.
        let found = debts.first().map_or(found, |debt| (*debt).clone());
        let open = Amount(debts.iter().map(|item| item.open_amount.0).sum());
        if let Err(reason) = can_write_off(command, &found, open) {
            rejections.push(reason);
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let posting = posting(tx, call, command.date);
        let mut left = command.amount.unwrap_or(open).0;
        let mut lines = Vec::new();
        for debt in debts.into_iter().cloned().collect::<Vec<_>>() {
            let part = Amount(left.min(debt.open_amount.0));
            if part.is_positive() {
                left -= part.0;
                lines.extend(forgive(&mut book, posting, (&debt, part), &command.reason));
            }
        }
        let document = (DocumentKind::WriteOff, found.document_id);
        let entries = Entry::of(posting, document, lines).into_iter().collect();
        record(tx, &book, posting, entries).await?;
        let event = event(call, "open_item.written_off", found.id.0, &book);
        Ok(Done::accepted(found.id.0, vec![event]))
    })
}

fn can_write_off(
    command: &WriteOff,
    found: &open_item::Model,
    open: Amount,
) -> Result<(), Rejection> {
    let path = Path::input();
    if Side::of(found) == Side::Credit {
        let message = "Is a credit. Refund it or allocate it; only debts are written off.";
        return Err(Rejection::invalid(path.at("openItem"), message));
    }
    if open.is_zero() {
        let message = "Nothing of it is open any more.";
        return Err(Rejection::invalid(path.at("openItem"), message));
    }
    let Some(amount) = command.amount else {
        return Ok(());
    };
    if let Some(currency) = CurrencyCode::parse(&found.currency) {
        check_minor_unit(&path.at("amount"), amount, currency)?;
    }
    if amount > open {
        let message = format!("Is too much: only {open} of it is open.");
        return Err(Rejection::invalid(path.at("amount"), message));
    }
    Ok(())
}

/// A credit that pays so much of a debt with nothing; what it costs, in the base currency.
fn forgive(
    book: &mut PartyBook,
    posting: Posting,
    (debt, part): (&open_item::Model, Amount),
    reason: &str,
) -> [Line; 2] {
    let base = book.base_of(debt.id, part);
    let new = NewItem {
        document: (DocumentKind::WriteOff, Uuid::now_v7()),
        number: debt.number.clone(),
        external_id: None,
        instalment: debt.instalment,
        due_on: posting.date,
        exchange_rate: debt.exchange_rate,
        amount: -part,
        base_amount: -base,
        note: Some(reason.to_owned()),
    };
    let id = book.add(posting, new);
    book.allocate(posting, (debt.id, id), part);
    [
        Line::debit(Account::WriteOff, base),
        Line::owed(book.party(), -base),
    ]
}

async fn find(
    tx: &Tx,
    by: &Reference<OpenItemId>,
    path: &Path,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<open_item::Model>, TxError> {
    let found = store::find(tx.conn(), by).await?;
    if found.is_none() && *by != Reference::Unusable {
        let problem = Problem::NotFound("open item");
        rejections.push(Rejection::new(path.clone(), problem));
    }
    Ok(found)
}

async fn load(
    app: &App,
    tx: &Tx,
    item: &open_item::Model,
    named: &[&Reference<OpenItemId>],
) -> Result<PartyBook, TxError> {
    let of = (party_of(item), item.currency.as_str());
    Ok(store::load(tx, of, app.company.base_currency, named).await?)
}

/// Writes a book and its journal: the entries given, and exchange differences.
///
/// # Errors
/// The database's, and where a day is locked.
pub async fn record(
    tx: &Tx,
    book: &PartyBook,
    posting: Posting,
    mut entries: Vec<Entry>,
) -> Result<(), TxError> {
    store::record(tx, book).await?;
    let document = (DocumentKind::Allocation, posting.operation_id.0);
    entries.extend(book.differences(posting, document));
    if entries.is_empty() {
        check_days(tx, book.allocations().iter().map(|row| row.date)).await?;
    }
    ledger::post(tx, &entries).await
}

fn event(call: &Call, kind: &'static str, subject_id: Uuid, book: &PartyBook) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind,
        schema_version: 1,
        subject_id,
        facts: json!({
            "partyId": book.party().uuid(),
            "currency": book.balance().currency,
            "openAmount": book.balance().open_amount,
        })
        .to_string(),
    }
}
