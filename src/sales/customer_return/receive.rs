//! Goods come back: into quarantine, at the cost at which they left.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::sales::{customer_return, customer_return_line, fulfilment_line};
use entity::vocab::{CustomerReturnId, CustomerReturnLineId, CustomerReturnStatus, Quantity};
use futures_util::future::BoxFuture;

use super::rules::Step;
use super::steps::{self, Locked};
use super::store;
use crate::catalog::product::store as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_unit;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{self, Book, MovementCause, Needs, Place, Plan, Posting, StockCause};

/// How much of a line has come back.
#[derive(Clone, Copy, Debug)]
pub struct ReceivedLine {
    /// The line; none when its id was not readable.
    pub line: Option<CustomerReturnLineId>,
    /// How much.
    pub quantity: Quantity,
}

/// Goods that have come back.
#[derive(Clone, Debug)]
pub struct ReceiveReturn {
    /// Of which return.
    pub customer_return: Reference<CustomerReturnId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// The business day.
    pub date: NaiveDate,
    /// How much; of lines that are not named nothing has come. All of all lines when none.
    pub lines: Option<Vec<ReceivedLine>>,
}

/// Takes goods in.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn receive(app: &App, envelope: Envelope<ReceiveReturn>) -> Verdict {
    envelope.call.actor.require(Scope::ReturnsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReceiveReturn>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let wanted = (&command.customer_return, command.expected_version);
        let found = steps::lock_for(tx, wanted, Step::Receive, &mut rejections).await?;
        let Some(Locked { mut row, mut lines }) = found else {
            return Ok(Done::refused(rejections));
        };
        if command.date < row.date {
            let message = format!("Must not be earlier than the return's day, {}.", row.date);
            let path = Path::input().at("date");
            if !rejections.iter().any(|one| one.path == path) {
                rejections.push(Rejection::invalid(path, message));
            }
        }
        let sold = variants_of(tx, &lines).await?;
        rejections.extend(count(command, &mut lines, &sold));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let shipped = store::shipped(tx.conn(), &lines).await?;
        let posting = posting(tx, call, command.date);
        let mut book = load(tx, posting, (&row, &lines)).await?;
        if let Err(reason) = bring_in(posting, (&row, &mut lines), &shipped, &mut book) {
            return Ok(Done::refused(vec![reason]));
        }
        row.status = CustomerReturnStatus::Received;
        finish(tx, call, (row, lines), (book, "customer_return.received")).await
    })
}

/// The variants of lines.
pub(super) async fn variants_of(
    tx: &Tx,
    lines: &[customer_return_line::Model],
) -> Result<Vec<CountedVariant>, TxError> {
    let ids: Vec<_> = lines
        .iter()
        .map(|line| Reference::Id(line.variant_id))
        .collect();
    let ids: Vec<_> = ids.iter().collect();
    Ok(variants::find_variants(tx.conn(), &ids).await?)
}

/// Under whose name and for which day something is posted.
pub(super) fn posting(tx: &Tx, call: &Call, date: NaiveDate) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date,
        now: tx.now(),
    }
}

/// The levels of the return's warehouse, with all who wait for its goods.
pub(super) async fn load(
    tx: &Tx,
    posting: Posting,
    (row, lines): (&customer_return::Model, &[customer_return_line::Model]),
) -> Result<Book, TxError> {
    let plan = Plan {
        keys: lines
            .iter()
            .map(|line| (line.variant_id, row.warehouse_id))
            .collect(),
        optional: BTreeSet::new(),
        needs: Needs::Everyone,
        demands: Vec::new(),
    };
    Ok(ledger::load(tx, &plan, posting).await?)
}

/// Writes the return and the ledgers.
pub(super) async fn finish(
    tx: &Tx,
    call: &Call,
    (row, lines): (customer_return::Model, Vec<customer_return_line::Model>),
    (mut book, kind): (Book, &'static str),
) -> Result<Done, TxError> {
    let mut events = vec![steps::event(call, &row, kind)];
    let id = row.id;
    store::save(tx.conn(), row, lines, tx.now()).await?;
    ledger::record(tx, &book).await?;
    let posted = book.lines_of(call.operation_id);
    events.extend(book.take_events());
    Ok(Done::accepted(id.0, events).posting(call.operation_id, posted))
}

/// Notes on the lines how much has come.
fn count(
    command: &ReceiveReturn,
    lines: &mut [customer_return_line::Model],
    sold: &[CountedVariant],
) -> Vec<Rejection> {
    let Some(counted) = &command.lines else {
        for line in lines {
            line.received = line.quantity;
        }
        return Vec::new();
    };
    let mut rejections = Vec::new();
    let mut seen = Vec::new();
    for (index, one) in counted.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let Some(id) = one.line else { continue };
        let Some(line) = lines.iter_mut().find(|line| line.id == id) else {
            let problem = Problem::NotFound("line of this return");
            rejections.push(Rejection::new(path.at("line"), problem));
            continue;
        };
        if seen.contains(&id) {
            let message = "This line is named twice.";
            rejections.push(Rejection::invalid(path.at("line"), message));
            continue;
        }
        seen.push(id);
        let unit = sold.iter().find(|one| one.variant.id == line.variant_id);
        let unfit =
            unit.and_then(|sold| check_unit(&path.at("quantity"), one.quantity, &sold.unit).err());
        if let Some(unfit) = unfit {
            rejections.push(unfit);
        } else if one.quantity > line.quantity {
            let message = format!(
                "Is too much: {} were to come back. Request another return for more.",
                line.quantity
            );
            rejections.push(Rejection::invalid(path.at("quantity"), message));
        } else {
            line.received = one.quantity;
        }
    }
    let is_named = !counted.is_empty() && counted.iter().all(|one| one.line.is_some());
    let is_read = rejections.is_empty() && is_named;
    if is_read && !lines.iter().any(|line| line.received.is_positive()) {
        let message = "Nothing has come back. Cancel the return instead.";
        rejections.push(Rejection::invalid(Path::input().at("lines"), message));
    }
    rejections
}

/// Brings the goods into quarantine. A part comes back at its share of the cost at which the whole
/// line left, rounded to the millionth.
fn bring_in(
    posting: Posting,
    (row, lines): (&customer_return::Model, &mut [customer_return_line::Model]),
    shipped: &[fulfilment_line::Model],
    book: &mut Book,
) -> Result<(), Rejection> {
    let to = Place::Quarantine(row.warehouse_id);
    for line in lines.iter_mut().filter(|line| line.received.is_positive()) {
        let is_it = |one: &&fulfilment_line::Model| one.id == line.fulfilment_line_id;
        let left = shipped.iter().find(is_it).expect("a foreign key keeps it");
        line.cost = left.cost.share(line.received, left.quantity);
        let key = (line.variant_id, row.warehouse_id);
        if !book.has_room(key, line.received, line.cost) {
            let message = "The warehouse would hold more of it than can be kept.";
            return Err(Rejection::invalid(
                Path::input().at("customerReturn"),
                message,
            ));
        }
        book.bring_in(
            posting,
            (line.variant_id, Place::Outside, to),
            (line.received, line.cost),
            MovementCause::Return(line.id),
        );
    }
    book.end_command(posting, StockCause::CustomerReturn(row.id));
    Ok(())
}
