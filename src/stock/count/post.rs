//! Correcting what a count found.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::stock::{stock_adjustment_line, stock_count, stock_count_line};
use entity::vocab::{
    AdjustmentReason, ProductVariantId, StockAdjustmentId, StockCountStatus, UnitPrice,
};
use futures_util::future::BoxFuture;

use super::ops::{self, ChangeCount};
use super::rules::{self, Step};
use super::store;
use crate::catalog::product::store::{self as variants, CountedVariant};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::adjustment::post::{self as adjustments, APPROVING, NewAdjustment};
use crate::stock::ledger::{self, Lines, Needs, Plan, Posting};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// What one unit of something found cost.
#[derive(Clone, Debug)]
pub struct FoundCost {
    /// Of what.
    pub variant: Reference<ProductVariantId>,
    /// What one unit cost.
    pub unit_cost: UnitPrice,
}

/// A count whose differences are to be corrected.
#[derive(Clone, Debug)]
pub struct PostCount {
    /// Which one.
    pub change: ChangeCount,
    /// The business day of the correction.
    pub date: NaiveDate,
    /// Costs of what was found; the average where none is said.
    pub unit_costs: Vec<FoundCost>,
}

/// Corrects the differences of a count by one adjustment; without any, there is none.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn post(app: &App, envelope: Envelope<PostCount>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<PostCount>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut count = match lock(tx, call, command).await? {
            Ok(count) => count,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let lines = store::lines(tx.conn(), count.id).await?;
        let corrected = match correct(tx, (call, command), (&count, &lines)).await? {
            Ok(corrected) => corrected,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        count.status = StockCountStatus::Posted;
        count.posted_by = Some(call.actor.caller_id());
        count.posted_at = Some(tx.now());
        count.stock_adjustment_id = corrected.adjustment;
        let id = count.id;
        store::close_lines(tx.conn(), id).await?;
        ops::save(tx, count).await?;
        let done = Done::accepted(id.0, corrected.events);
        Ok(done.posting(call.operation_id, corrected.lines))
    })
}

/// Locks a counted count, and holds its warehouse: goods may come into it.
async fn lock(
    tx: &Tx,
    call: &Call,
    command: &PostCount,
) -> Result<Result<stock_count::Model, Vec<Rejection>>, TxError> {
    let (count, mut rejections) = ops::lock(tx, call, &command.change, Step::Post).await?;
    let Some(count) = count else {
        return Ok(Err(rejections));
    };
    rejections.extend(rules::check_day(&count, command.date, &rejections));
    let place = Reference::Id(count.warehouse_id);
    let places = warehouses::find_and_hold(tx.conn(), &[&place]).await?;
    let usable = warehouse_rules::usable(&places, &place, &Path::input().at("stockCount"));
    rejections.extend(usable.err().flatten());
    Ok(if rejections.is_empty() {
        Ok(count)
    } else {
        Err(rejections)
    })
}

/// What correcting a count came to.
#[derive(Default)]
struct Corrected {
    adjustment: Option<StockAdjustmentId>,
    events: Vec<NewEvent>,
    lines: Lines,
}

async fn correct(
    tx: &Tx,
    (call, command): (&Call, &PostCount),
    (count, lines): (&stock_count::Model, &[stock_count_line::Model]),
) -> Result<Result<Corrected, Vec<Rejection>>, TxError> {
    let differs = |line: &&stock_count_line::Model| {
        rules::difference(line).is_some_and(|difference| !difference.is_zero())
    };
    let differing: Vec<_> = lines.iter().filter(differs).collect();
    let of_lines: Vec<_> = differing
        .iter()
        .map(|line| Reference::Id(line.variant_id))
        .collect();
    let costs = command.unit_costs.iter().map(|cost| &cost.variant);
    let named: Vec<_> = of_lines.iter().chain(costs).collect();
    let found = variants::find_variants(tx.conn(), &named).await?;
    let costs = match rules::resolve_costs(&command.unit_costs, &found, lines) {
        Ok(costs) => costs,
        Err(rejections) => return Ok(Err(rejections)),
    };
    if differing.is_empty() {
        return Ok(Ok(Corrected::default()));
    }
    post_differences(tx, (call, command), count, (&differing, &costs, &found)).await
}

/// Lines that differ, the costs that were given, and the variants of both.
type Differing<'l> = (
    &'l [&'l stock_count_line::Model],
    &'l BTreeMap<ProductVariantId, UnitPrice>,
    &'l [CountedVariant],
);

async fn post_differences(
    tx: &Tx,
    (call, command): (&Call, &PostCount),
    count: &stock_count::Model,
    (differing, costs, found): Differing<'_>,
) -> Result<Result<Corrected, Vec<Rejection>>, TxError> {
    let warehouse = count.warehouse_id;
    let posting = Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: command.date,
        now: tx.now(),
    };
    let keys = differing.iter().map(|line| (line.variant_id, warehouse));
    let plan = Plan {
        keys: keys.collect(),
        optional: BTreeSet::new(),
        needs: Needs::Everyone,
        demands: Vec::new(),
    };
    let mut book = ledger::load(tx, &plan, posting).await?;
    let corrections = rules::correct(differing, (costs, warehouse), (&book, found));
    let corrections = match corrections {
        Ok(corrections) => corrections,
        Err(rejections) => return Ok(Err(rejections)),
    };
    let id = StockAdjustmentId::generate();
    let rows = adjustments::post(&mut book, posting, (id, warehouse), &corrections);
    if let Some(rejection) = check_approval(tx, call, count, &rows).await? {
        return Ok(Err(vec![rejection]));
    }
    let adjustment = NewAdjustment {
        id,
        warehouse_id: warehouse,
        reason: AdjustmentReason::Count,
        note: count.note.clone(),
        external_id: None,
        metadata: None,
    };
    adjustments::record(tx, call, (adjustment, command.date), (rows, &book)).await?;
    Ok(Ok(Corrected {
        adjustment: Some(id),
        lines: book.lines_of(call.operation_id),
        events: book.take_events(),
    }))
}

/// A correction that is worth too much is for those who may approve it, and counted none of it.
async fn check_approval(
    tx: &Tx,
    call: &Call,
    count: &stock_count::Model,
    lines: &[stock_adjustment_line::Model],
) -> Result<Option<Rejection>, TxError> {
    if !adjustments::needs_approval(tx, lines).await? {
        return Ok(None);
    }
    let may = call.actor.may(APPROVING);
    let caller = call.actor.caller_id();
    if may && !store::was_counted_by(tx.conn(), count.id, caller).await? {
        return Ok(None);
    }
    let problem = Problem::ApprovalRequired(format!(
        "The differences are worth more than may be posted without approval: it takes the scope \
         {}, and somebody who recorded no line of this count. Ask such a person to post it.",
        APPROVING.as_str()
    ));
    let path = Path::input().at("stockCount");
    Ok(Some(Rejection::new(path, problem)))
}
