//! Taking an adjustment back.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::stock::{stock_adjustment, stock_adjustment_line, stock_movement};
use entity::vocab::{Amount, StockAdjustmentId, StockAdjustmentStatus, StockPlace, WarehouseId};
use futures_util::future::BoxFuture;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{self, Book, MovementCause, Needs, Place, Plan, Posting, StockCause};
use crate::stock::reversal as taking_back;
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// An adjustment to be taken back.
#[derive(Clone, Debug)]
pub struct ReverseAdjustment {
    /// Which one.
    pub adjustment: Reference<StockAdjustmentId>,
    /// Why.
    pub reason: String,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Takes an adjustment back: what it took away comes back at the value at which it left, what it
/// brought leaves again at the value at which it came.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn reverse(app: &App, envelope: Envelope<ReverseAdjustment>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<ReverseAdjustment>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut adjustment = match lock(tx, call, command).await? {
            Ok(adjustment) => adjustment,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let mut lines = store::lines(tx.conn(), adjustment.id).await?;
        let ids = lines.iter().map(|line| line.id).collect();
        let movements = store::movements(tx.conn(), ids).await?;
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.date,
            now: tx.now(),
        };
        let at = |line: &stock_adjustment_line::Model| (line.variant_id, adjustment.warehouse_id);
        let plan = Plan {
            keys: lines.iter().map(at).collect(),
            optional: BTreeSet::new(),
            needs: Needs::Everyone,
            demands: Vec::new(),
        };
        let mut book = ledger::load(tx, &plan, posting).await?;
        let undone = undo(
            &mut book,
            posting,
            (&adjustment, &mut lines),
            (&movements, &command.reason),
        );
        if let Err(rejections) = undone {
            return Ok(Done::refused(rejections));
        }
        book.end_command(posting, StockCause::StockAdjustment(adjustment.id));
        adjustment.status = StockAdjustmentStatus::Reversed;
        adjustment.reversed_by = Some(call.actor.caller_id());
        adjustment.reversed_at = Some(tx.now());
        adjustment.reversed_on = Some(command.date);
        adjustment.reversed_reason = Some(command.reason.clone());
        adjustment.updated_at = tx.now();
        adjustment.version += 1;
        let id = adjustment.id;
        store::save(tx.conn(), adjustment, lines).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        Ok(Done::accepted(id.0, book.take_events()).posting(call.operation_id, lines))
    })
}

/// Locks a posted adjustment, and holds its warehouse: goods may come back into it.
async fn lock(
    tx: &Tx,
    call: &Call,
    command: &ReverseAdjustment,
) -> Result<Result<stock_adjustment::Model, Vec<Rejection>>, TxError> {
    let mut rejections = call.complaints.clone();
    let path = Path::input().at("stockAdjustment");
    let found = find_and_lock::<stock_adjustment::Entity>(tx.conn(), &command.adjustment).await?;
    let Some(adjustment) = found else {
        if command.adjustment != Reference::Unusable {
            rejections.push(Rejection::new(path, Problem::NotFound("adjustment")));
        }
        return Ok(Err(rejections));
    };
    rejections.extend(rules::check_posted(&adjustment).err());
    rejections.extend(rules::check_day(&adjustment, command.date, &rejections));
    let place = Reference::Id(adjustment.warehouse_id);
    let places = warehouses::find_and_hold(tx.conn(), &[&place]).await?;
    let usable = warehouse_rules::usable(&places, &place, &path);
    rejections.extend(usable.err().flatten());
    Ok(if rejections.is_empty() {
        Ok(adjustment)
    } else {
        Err(rejections)
    })
}

/// Undoes each movement of an adjustment: first what comes back, so that what leaves finds it.
fn undo(
    book: &mut Book,
    posting: Posting,
    (adjustment, lines): (
        &stock_adjustment::Model,
        &mut [stock_adjustment_line::Model],
    ),
    (movements, reason): (&[stock_movement::Model], &str),
) -> Result<(), Vec<Rejection>> {
    let path = Path::input().at("stockAdjustment");
    let warehouse = adjustment.warehouse_id;
    let (came, left): (Vec<_>, Vec<_>) = movements
        .iter()
        .cloned()
        .partition(|movement| movement.from_place == StockPlace::Outside);
    for movement in &left {
        let (quantity, value) = (movement.quantity, movement.value);
        if !book.has_room((movement.variant_id, warehouse), quantity, value) {
            let message = "The level would hold more than can be kept. Take some of it out first.";
            return Err(vec![Rejection::invalid(path, message)]);
        }
        let to = place(movement.from_place, warehouse);
        let origin = (cause(movement), movement.id, reason);
        book.put_back(
            posting,
            (movement.variant_id, to),
            (quantity, value),
            origin,
        );
        note(lines, movement, value);
    }
    for one in taking_back::values(&came, book, &path)? {
        let movement = one.movement;
        let from = place(movement.to_place, warehouse);
        let origin = (cause(movement), reason);
        book.take_back(posting, from, (movement, one.value), origin);
        note(lines, movement, -one.value);
    }
    Ok(())
}

fn place(place: StockPlace, warehouse: WarehouseId) -> Place {
    match place {
        StockPlace::Quarantine => Place::Quarantine(warehouse),
        _ => Place::Sellable(warehouse),
    }
}

fn cause(movement: &stock_movement::Model) -> MovementCause {
    let line = movement.stock_adjustment_line_id;
    MovementCause::Adjustment(line.expect("movements of adjustment lines were loaded"))
}

/// Notes on a line at which value its goods came back or left.
fn note(
    lines: &mut [stock_adjustment_line::Model],
    movement: &stock_movement::Model,
    value: Amount,
) {
    let of = movement.stock_adjustment_line_id;
    let line = lines.iter_mut().find(|line| Some(line.id) == of);
    let line = line.expect("movements of these lines were loaded");
    line.reversed_value.0 += value.0;
}
