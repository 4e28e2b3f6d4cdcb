//! Creating, dispatching and cancelling transfers.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::stock::{stock_transfer, stock_transfer_line};
use entity::vocab::{
    Amount, NumberKind, Quantity, ReservationState, StockTransferId, StockTransferLineId,
    StockTransferStatus, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::hold::rules::{self as lines_rules, StockLine};
use crate::stock::ledger::{
    self, Demand, LevelKey, MovementCause, Needs, Place, Plan, Posting, Promise, StockCause, Supply,
};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// A transfer to be made. Its lines name the warehouse the goods leave.
#[derive(Clone, Debug)]
pub struct CreateTransfer {
    /// Its id.
    pub id: StockTransferId,
    /// Where the goods leave.
    pub from: Reference<WarehouseId>,
    /// Where they are going.
    pub to: Reference<WarehouseId>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
    /// What is to be moved.
    pub lines: Vec<StockLine>,
}

/// Makes a transfer, and reserves its goods where they are, all or nothing.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<CreateTransfer>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_create).await
}

pub(super) fn posting(tx: &Tx, call: &Call, date: NaiveDate) -> Posting {
    let (operation_id, actor) = (call.operation_id, call.actor.caller_id());
    Posting {
        operation_id,
        actor,
        date,
        now: tx.now(),
    }
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateTransfer>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let resolved = resolve(tx, command, &mut rejections).await?;
        let Some((keys, to)) = resolved.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = posting(tx, call, command.date);
        let plan = Plan {
            keys: keys.iter().copied().collect(),
            optional: BTreeSet::new(),
            needs: Needs::Levels,
            demands: Vec::new(),
        };
        let mut book = ledger::load(tx, &plan, posting).await?;
        let quantities = command.lines.iter().map(|line| line.quantity);
        let wanted: Vec<(LevelKey, Quantity)> = keys.iter().copied().zip(quantities).collect();
        if let Err(rejections) = lines_rules::check_available(&wanted, &book) {
            return Ok(Done::refused(rejections));
        }
        let lines = line_rows(command, &wanted);
        for (line, (key, quantity)) in lines.iter().zip(&wanted) {
            let promise = Promise {
                reserved: *quantity,
                backordered: Quantity::ZERO,
            };
            book.promise(
                posting,
                (Demand::TransferLine(line.id), *key),
                promise,
                None,
            );
        }
        book.end_command(posting, StockCause::StockTransfer(command.id));
        let from = keys.first().expect("a transfer has lines").1;
        let transfer = row(tx, batch[0], (from, to)).await?;
        metadata::insert(tx.conn(), [(transfer.id.0, transfer.metadata.as_ref())]).await?;
        store::insert(tx.conn(), transfer, lines).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(command.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

async fn row(
    tx: &Tx,
    envelope: &Envelope<CreateTransfer>,
    (from_warehouse_id, to_warehouse_id): (WarehouseId, WarehouseId),
) -> Result<stock_transfer::Model, TxError> {
    let (call, command) = (&envelope.call, &envelope.command);
    let numbers = numbering::take(tx, NumberKind::StockTransfer, &[command.date]).await?;
    Ok(stock_transfer::Model {
        id: command.id,
        from_warehouse_id,
        to_warehouse_id,
        note: command.note.clone(),
        number: numbers.concat(),
        status: StockTransferStatus::Draft,
        date: command.date,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    })
}

/// The levels that the lines take from, and where the goods are going.
async fn resolve(
    tx: &Tx,
    command: &CreateTransfer,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<(Vec<LevelKey>, WarehouseId)>, TxError> {
    let path = Path::input();
    if let Some(id) = &command.external_id {
        let reference = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<stock_transfer::Entity>(tx.conn(), &reference).await? {
            let existing = rival.id.to_string();
            let problem = Problem::Duplicate {
                field: "external id",
                existing,
            };
            rejections.push(Rejection::new(path.at("externalId"), problem));
        }
    }
    let named: Vec<_> = command.lines.iter().map(|line| &line.variant).collect();
    let found = variants::find_variants(tx.conn(), &named).await?;
    let places = warehouses::find_and_hold(tx.conn(), &[&command.from, &command.to]).await?;
    let from = warehouse_rules::usable(&places, &command.from, &path.at("fromWarehouse"));
    let to = warehouse_rules::usable(&places, &command.to, &path.at("toWarehouse"));
    if let (Ok(from), Ok(to)) = (&from, &to)
        && from.id == to.id
    {
        let message = "Must be another warehouse than the one the goods leave.";
        rejections.push(Rejection::invalid(path.at("toWarehouse"), message));
    }
    let from_is_usable = from.is_ok();
    rejections.extend(from.err().flatten());
    let to = to
        .map_err(|reason| rejections.extend(reason))
        .ok()
        .map(|to| to.id);
    match lines_rules::resolve(&command.lines, &found, &places) {
        Ok(keys) => Ok(to.map(|to| (keys, to))),
        Err(more) => {
            // What is wrong with the warehouse was said once, of the document.
            let of_warehouse = |rejection: &Rejection| {
                rejection
                    .path
                    .steps()
                    .last()
                    .is_some_and(|step| step == "warehouse")
            };
            let more = more
                .into_iter()
                .filter(|one| from_is_usable || !of_warehouse(one));
            rejections.extend(more);
            Ok(None)
        }
    }
}

fn line_rows(
    command: &CreateTransfer,
    wanted: &[(LevelKey, Quantity)],
) -> Vec<stock_transfer_line::Model> {
    let row = |(index, ((variant_id, _), quantity)): (usize, &(LevelKey, Quantity))| {
        stock_transfer_line::Model {
            id: StockTransferLineId::generate(),
            stock_transfer_id: command.id,
            position: i32::try_from(index + 1).expect("a document has few lines"),
            variant_id: *variant_id,
            quantity: *quantity,
            dispatched: Quantity::ZERO,
            received: Quantity::ZERO,
            lost: Quantity::ZERO,
            returned: Quantity::ZERO,
            in_transit_value: Amount::ZERO,
        }
    };
    wanted.iter().enumerate().map(row).collect()
}

/// A transfer to be dispatched or cancelled.
#[derive(Clone, Debug)]
pub struct ChangeTransfer {
    /// Which one.
    pub transfer: Reference<StockTransferId>,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Sends the goods on their way, at their cost.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn dispatch(app: &App, envelope: Envelope<ChangeTransfer>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_dispatch).await
}

fn handle_dispatch<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ChangeTransfer>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let wanted = StockTransferStatus::Draft;
        let transfer = match lock(tx, call, &command.transfer, wanted).await? {
            Ok(transfer) => transfer,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let posting = posting(tx, call, command.date);
        let mut lines = store::lines(tx.conn(), transfer.id).await?;
        let demands = lines
            .iter()
            .map(|line| Demand::TransferLine(line.id))
            .collect();
        let mut plan = Plan::of_demands(tx, demands, Needs::Levels).await?;
        let to = transfer.to_warehouse_id;
        plan.keys
            .extend(lines.iter().map(|line| (line.variant_id, to)));
        let mut book = ledger::load(tx, &plan, posting).await?;
        for (place, line) in lines.iter_mut().enumerate() {
            let demand = Demand::TransferLine(line.id);
            for id in book.active_of(demand) {
                let held = book
                    .reservation(id)
                    .map_or(Quantity::ZERO, |row| row.reserved);
                let target = (Place::Transit, MovementCause::Transfer(line.id));
                let value = book.consume(posting, id, held, target);
                line.dispatched.0 += held.0;
                line.in_transit_value.0 += value.0;
            }
            if line.dispatched != line.quantity {
                return Ok(Done::refused(vec![lost_stock(place, line)]));
            }
            let supply = (Supply::TransferLine(line.id), posting.date);
            book.expect_incoming(posting, supply, (line.variant_id, to), line.dispatched);
        }
        book.end_command(posting, StockCause::StockTransfer(transfer.id));
        store::set_lines(tx.conn(), lines).await?;
        let status = StockTransferStatus::InTransit;
        store::set_status(tx.conn(), transfer.id, status, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(transfer.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// Stock that was reserved for the line was lost to a correction meanwhile.
fn lost_stock(place: usize, line: &stock_transfer_line::Model) -> Rejection {
    let problem = Problem::InvalidState {
        state: StockTransferStatus::Draft.as_str(),
        allowed: &["stockTransferCancel"],
        message: format!(
            "Only {} of the {} of line {} are still there. Wait for stock, or cancel and create a \
             smaller transfer.",
            line.dispatched,
            line.quantity,
            place + 1
        ),
    };
    Rejection::new(Path::input().at("stockTransfer"), problem)
}

/// Gives a transfer up before it was dispatched.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn cancel(app: &App, envelope: Envelope<ChangeTransfer>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_cancel).await
}

fn handle_cancel<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ChangeTransfer>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let wanted = StockTransferStatus::Draft;
        let transfer = match lock(tx, call, &command.transfer, wanted).await? {
            Ok(transfer) => transfer,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let posting = posting(tx, call, command.date);
        let lines = store::lines(tx.conn(), transfer.id).await?;
        let demands = lines
            .iter()
            .map(|line| Demand::TransferLine(line.id))
            .collect();
        let plan = Plan::of_demands(tx, demands, Needs::Waiting).await?;
        let mut book = ledger::load(tx, &plan, posting).await?;
        for demand in &plan.demands {
            for id in book.active_of(*demand) {
                book.release(posting, id, ReservationState::Released);
            }
        }
        book.end_command(posting, StockCause::StockTransfer(transfer.id));
        let status = StockTransferStatus::Cancelled;
        store::set_status(tx.conn(), transfer.id, status, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(transfer.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// Locks a transfer in a wanted state, when nothing is wrong with the call.
async fn lock(
    tx: &Tx,
    call: &Call,
    reference: &Reference<StockTransferId>,
    wanted: StockTransferStatus,
) -> Result<Result<stock_transfer::Model, Vec<Rejection>>, TxError> {
    let (transfer, rejections) = lock_in(tx, call, reference, wanted).await?;
    let usable = transfer.filter(|_| rejections.is_empty());
    Ok(usable.ok_or(rejections))
}

/// Locks a transfer when it is in a wanted state; and everything that is wrong so far.
pub(super) async fn lock_in(
    tx: &Tx,
    call: &Call,
    reference: &Reference<StockTransferId>,
    wanted: StockTransferStatus,
) -> Result<(Option<stock_transfer::Model>, Vec<Rejection>), TxError> {
    let mut rejections = call.complaints.clone();
    let transfer = find_and_lock::<stock_transfer::Entity>(tx.conn(), reference).await?;
    if transfer.is_none() && *reference != Reference::Unusable {
        let path = Path::input().at("stockTransfer");
        rejections.push(Rejection::new(path, Problem::NotFound("transfer")));
    }
    let transfer = transfer.and_then(|transfer| {
        let checked = rules::check_status(&transfer, wanted);
        let transfer = checked.is_ok().then_some(transfer);
        rejections.extend(checked.err());
        transfer
    });
    Ok((transfer, rejections))
}
