//! Posting an adjustment.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::stock::{stock_adjustment, stock_adjustment_line};
use entity::vocab::{
    AdjustmentReason, ProductVariantId, Quantity, StockAdjustmentId, StockPlace, UnitPrice,
    WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::post::{self, APPROVING, NewAdjustment};
use super::rules;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::{Reference, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{self, Needs, Plan, Posting};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// How a quantity is corrected.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// By so much.
    By(Quantity),
    /// To so much, if so much was there before.
    To {
        /// What is there.
        quantity: Quantity,
        /// What the caller believes the books say.
        expected: Quantity,
    },
}

impl Change {
    /// The quantity in it, and where it stands below the line's `change`.
    #[must_use]
    pub fn quantity(&self) -> (&'static [&'static str], Quantity) {
        match self {
            Self::By(delta) => (&["delta"], *delta),
            Self::To { quantity, .. } => (&["counted", "quantity"], *quantity),
        }
    }
}

/// A line of an adjustment.
#[derive(Clone, Debug)]
pub struct AdjustLine {
    /// What is corrected.
    pub variant: Reference<ProductVariantId>,
    /// Which goods: SELLABLE or QUARANTINE.
    pub place: StockPlace,
    /// How.
    pub change: Change,
    /// What one unit cost of what was found.
    pub unit_cost: Option<UnitPrice>,
}

/// Stock to be corrected.
#[derive(Clone, Debug)]
pub struct Adjust {
    /// Its id.
    pub id: StockAdjustmentId,
    /// Where.
    pub warehouse: Reference<WarehouseId>,
    /// Why.
    pub reason: AdjustmentReason,
    /// A remark.
    pub note: Option<String>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
    /// What is corrected.
    pub lines: Vec<AdjustLine>,
}

/// Corrects stock. What is taken away is never refused because it was promised: the excess of
/// promises becomes backorders, newest first.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn adjust(app: &App, envelope: Envelope<Adjust>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<Adjust>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let resolved = resolve(tx, command, &mut rejections).await?;
        let Some((ids, warehouse)) = resolved.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.date,
            now: tx.now(),
        };
        let plan = Plan {
            keys: ids.iter().map(|id| (*id, warehouse)).collect(),
            optional: BTreeSet::new(),
            needs: Needs::Everyone,
            demands: Vec::new(),
        };
        let mut book = ledger::load(tx, &plan, posting).await?;
        let corrections = match rules::correct(&command.lines, (&ids, warehouse), &book) {
            Ok(corrections) => corrections,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let adjusted = (command.id, warehouse);
        let rows = post::post(&mut book, posting, adjusted, &corrections);
        if let Some(rejection) = check_approval(tx, call, &rows).await? {
            return Ok(Done::refused(vec![rejection]));
        }
        let adjustment = NewAdjustment {
            id: command.id,
            warehouse_id: warehouse,
            reason: command.reason,
            note: command.note.clone(),
            external_id: command.external_id.clone(),
            metadata: command.metadata.clone(),
        };
        post::record(tx, call, (adjustment, command.date), (rows, &book)).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(command.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// A correction that is worth too much is for those who may approve it.
async fn check_approval(
    tx: &Tx,
    call: &Call,
    lines: &[stock_adjustment_line::Model],
) -> Result<Option<Rejection>, TxError> {
    if call.actor.may(APPROVING) || !post::needs_approval(tx, lines).await? {
        return Ok(None);
    }
    let problem = Problem::ApprovalRequired(format!(
        "This correction is worth more than may be posted without approval, so it needs the scope \
         {}. Ask somebody who has it to post it.",
        APPROVING.as_str()
    ));
    Ok(Some(Rejection::new(Path::input().at("lines"), problem)))
}

async fn resolve(
    tx: &Tx,
    command: &Adjust,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<(Vec<ProductVariantId>, WarehouseId)>, TxError> {
    let path = Path::input();
    if let Some(id) = &command.external_id {
        let reference = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<stock_adjustment::Entity>(tx.conn(), &reference).await? {
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
    let places = warehouses::find_and_hold(tx.conn(), &[&command.warehouse]).await?;
    let place = warehouse_rules::usable(&places, &command.warehouse, &path.at("warehouse"));
    let place = place
        .map_err(|reason| rejections.extend(reason))
        .ok()
        .map(|place| place.id);
    match rules::resolve(&command.lines, &found) {
        Ok(ids) => Ok(place.map(|place| (ids, place))),
        Err(more) => {
            rejections.extend(more);
            Ok(None)
        }
    }
}
