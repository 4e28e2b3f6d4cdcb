//! What can be done with holds: create, extend, release. Converting one into an order is done by
//! sales.

use std::collections::BTreeSet;

use entity::stock::{stock_hold, stock_hold_line};
use entity::vocab::{
    Instant, Quantity, ReservationId, ReservationState, StockHoldId, StockHoldLineId,
    StockHoldStatus,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::rules::{self, StockLine};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::metadata;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{
    self, Book, Demand, LevelKey, Needs, Plan, Posting, Promise, StockCause,
};
use crate::stock::warehouse::store as warehouses;

/// Stock to be held.
#[derive(Clone, Debug)]
pub struct CreateHold {
    /// Its id.
    pub id: StockHoldId,
    /// Who it is held for.
    pub owner: String,
    /// When it gives up by itself.
    pub expires_at: Instant,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
    /// What is held.
    pub lines: Vec<StockLine>,
}

/// Holds stock, all or nothing.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<CreateHold>) -> Verdict {
    envelope.call.actor.require(Scope::HoldsWrite)?;
    command::run(app, envelope, handle_create).await
}

pub(super) fn posting(app: &App, tx: &Tx, call: &Call) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: app.company.day(tx.now()),
        now: tx.now(),
    }
}

fn handle_create<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateHold>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let keys = resolve(tx, command, &mut rejections).await?;
        let Some(keys) = keys.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = posting(app, tx, call);
        let plan = Plan {
            keys: keys.iter().copied().collect(),
            optional: BTreeSet::new(),
            needs: Needs::Levels,
            demands: Vec::new(),
        };
        let mut book = ledger::load(tx, &plan, posting).await?;
        let quantities = command.lines.iter().map(|line| line.quantity);
        let wanted: Vec<(LevelKey, Quantity)> = keys.iter().copied().zip(quantities).collect();
        if let Err(rejections) = rules::check_available(&wanted, &book) {
            return Ok(Done::refused(rejections));
        }
        let lines = rows(command, &keys);
        for line in &lines {
            let promise = Promise {
                reserved: line.quantity,
                backordered: Quantity::ZERO,
            };
            let key = (line.variant_id, line.warehouse_id);
            let demand = Demand::HoldLine(line.id);
            book.promise(posting, (demand, key), promise, Some(command.expires_at));
        }
        book.end_command(posting, StockCause::StockHold(command.id));
        let hold = stock_hold::Model {
            id: command.id,
            owner: command.owner.clone(),
            status: StockHoldStatus::Active,
            expires_at: command.expires_at,
            external_id: command.external_id.clone(),
            metadata: command.metadata.clone(),
            sales_order_id: None,
            operation_id: call.operation_id,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        metadata::insert(tx.conn(), [(hold.id.0, hold.metadata.as_ref())]).await?;
        store::insert(tx.conn(), hold, lines).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(command.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

async fn resolve(
    tx: &Tx,
    command: &CreateHold,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Vec<LevelKey>>, TxError> {
    if let Some(id) = &command.external_id {
        let reference = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<stock_hold::Entity>(tx.conn(), &reference).await? {
            let existing = rival.id.to_string();
            let problem = Problem::Duplicate {
                field: "external id",
                existing,
            };
            rejections.push(Rejection::new(Path::input().at("externalId"), problem));
        }
    }
    let named: Vec<_> = command.lines.iter().map(|line| &line.variant).collect();
    let places: Vec<_> = command.lines.iter().map(|line| &line.warehouse).collect();
    let found = variants::find_variants(tx.conn(), &named).await?;
    let places = warehouses::find_and_hold(tx.conn(), &places).await?;
    match rules::resolve(&command.lines, &found, &places) {
        Ok(keys) => Ok(Some(keys)),
        Err(more) => {
            rejections.extend(more);
            Ok(None)
        }
    }
}

fn rows(command: &CreateHold, keys: &[LevelKey]) -> Vec<stock_hold_line::Model> {
    let lines = command.lines.iter().zip(keys).enumerate();
    let row = |(index, (line, key)): (usize, (&StockLine, &LevelKey))| stock_hold_line::Model {
        id: StockHoldLineId::generate(),
        stock_hold_id: command.id,
        position: i32::try_from(index + 1).expect("a hold has few lines"),
        variant_id: key.0,
        warehouse_id: key.1,
        quantity: line.quantity,
    };
    lines.map(row).collect()
}

/// A hold that is to last longer, or shorter.
#[derive(Clone, Debug)]
pub struct ExtendHold {
    /// Which one.
    pub hold: Reference<StockHoldId>,
    /// When it gives up by itself.
    pub expires_at: Instant,
}

/// Changes when a hold ends.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn extend(app: &App, envelope: Envelope<ExtendHold>) -> Verdict {
    envelope.call.actor.require(Scope::HoldsWrite)?;
    command::run(app, envelope, handle_extend).await
}

fn handle_extend<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ExtendHold>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = open_active(app, tx, call, &command.hold).await?;
        let (hold, mut book) = match found {
            Ok(found) => found,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let posting = posting(app, tx, call);
        for id in active(&book, &hold.1) {
            book.extend(id, command.expires_at, tx.now());
        }
        book.end_command(posting, StockCause::StockHold(hold.0));
        store::extend(tx.conn(), hold.0, command.expires_at, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(hold.0.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// A hold to be given up.
#[derive(Clone, Debug)]
pub struct ReleaseHold {
    /// Which one.
    pub hold: Reference<StockHoldId>,
}

/// Gives a hold up; what it kept serves who waits.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn release(app: &App, envelope: Envelope<ReleaseHold>) -> Verdict {
    envelope.call.actor.require(Scope::HoldsWrite)?;
    command::run(app, envelope, handle_release).await
}

fn handle_release<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReleaseHold>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = open_active(app, tx, call, &command.hold).await?;
        let (hold, mut book) = match found {
            Ok(found) => found,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let posting = posting(app, tx, call);
        for id in active(&book, &hold.1) {
            book.release(posting, id, ReservationState::Released);
        }
        book.end_command(posting, StockCause::StockHold(hold.0));
        let end = (StockHoldStatus::Released, None);
        store::end(tx.conn(), hold.0, end, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(hold.0.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// A hold and its lines.
type HoldLines = (StockHoldId, Vec<stock_hold_line::Model>);

/// Locks an active hold and its levels, and brings who waits for them.
async fn open_active(
    app: &App,
    tx: &Tx,
    call: &Call,
    reference: &Reference<StockHoldId>,
) -> Result<Result<(HoldLines, Book), Vec<Rejection>>, TxError> {
    let mut rejections = call.complaints.clone();
    let hold = lock(tx, reference, &mut rejections).await?;
    let Some(hold) = hold.filter(|_| rejections.is_empty()) else {
        return Ok(Err(rejections));
    };
    let lines = store::lines(tx.conn(), hold.id).await?;
    let demands = lines.iter().map(|line| Demand::HoldLine(line.id)).collect();
    let plan = Plan::of_demands(tx, demands, Needs::Waiting).await?;
    let book = ledger::load(tx, &plan, posting(app, tx, call)).await?;
    let kept = rules::check_kept(&lines, &book);
    Ok(kept
        .map(|()| ((hold.id, lines), book))
        .map_err(|reason| vec![reason]))
}

fn active(book: &Book, lines: &[stock_hold_line::Model]) -> Vec<ReservationId> {
    lines
        .iter()
        .flat_map(|line| book.active_of(Demand::HoldLine(line.id)))
        .collect()
}

/// Locks a hold, and complains when it is not there or not active.
///
/// # Errors
/// The database's.
pub async fn lock(
    tx: &Tx,
    reference: &Reference<StockHoldId>,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<stock_hold::Model>, TxError> {
    let hold = find_and_lock::<stock_hold::Entity>(tx.conn(), reference).await?;
    match &hold {
        Some(hold) => rejections.extend(rules::check_active(hold, tx.now()).err()),
        None if *reference == Reference::Unusable => {}
        None => {
            let path = Path::input().at("stockHold");
            rejections.push(Rejection::new(path, Problem::NotFound("hold")));
        }
    }
    Ok(hold)
}
