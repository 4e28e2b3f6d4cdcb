//! Writing down what was counted.

use std::collections::BTreeSet;

use entity::stock::{stock_count, stock_count_line};
use entity::vocab::{ProductVariantId, Quantity, StockCountStatus};
use futures_util::future::BoxFuture;

use super::ops::{self, ChangeCount};
use super::rules::{self, Step};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::stock::ledger::{self, Needs, Plan, Posting};

/// The mutation's name, under which its operations are kept.
pub const COMMAND: &str = "stockCountRecord";

/// What was counted of a variant.
#[derive(Clone, Debug)]
pub struct TallyLine {
    /// Of what.
    pub variant: Reference<ProductVariantId>,
    /// How much is on the shelf.
    pub quantity: Quantity,
}

/// What was counted.
#[derive(Clone, Debug)]
pub struct RecordCount {
    /// In which count.
    pub change: ChangeCount,
    /// Of which variants, how much.
    pub lines: Vec<TallyLine>,
}

/// Writes down what was counted, beside what the books say at this moment.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn record(app: &App, envelope: Envelope<RecordCount>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<RecordCount>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (count, mut rejections) = ops::lock(tx, call, &command.change, Step::Record).await?;
        let named: Vec<_> = command.lines.iter().map(|line| &line.variant).collect();
        let found = variants::find_variants(tx.conn(), &named).await?;
        let Some(mut count) = count else {
            return Ok(Done::refused(rejections));
        };
        let lines = store::lines(tx.conn(), count.id).await?;
        let tally = rules::resolve_tally(&command.lines, &found, &lines).unwrap_or_else(|more| {
            rejections.extend(more);
            Vec::new()
        });
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let counted = note(tx, call, (&count, lines), tally).await?;
        store::set_lines(tx.conn(), counted).await?;
        count.status = StockCountStatus::Open;
        let id = count.id;
        ops::save(tx, count).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// The lines that were counted, with what the books say under the locks of their levels. A level
/// that is not there says zero; nothing is posted to those that are.
async fn note(
    tx: &Tx,
    call: &Call,
    (count, lines): (&stock_count::Model, Vec<stock_count_line::Model>),
    tally: Vec<(usize, Quantity)>,
) -> Result<Vec<stock_count_line::Model>, TxError> {
    let warehouse = count.warehouse_id;
    let key = |place: usize| (lines[place].variant_id, warehouse);
    let plan = Plan {
        keys: BTreeSet::new(),
        optional: tally.iter().map(|(place, _)| key(*place)).collect(),
        needs: Needs::Levels,
        demands: Vec::new(),
    };
    let posting = Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: count.date,
        now: tx.now(),
    };
    let book = ledger::load(tx, &plan, posting).await?;
    let noted = tally.into_iter().map(|(place, quantity)| {
        let mut line = lines[place].clone();
        let level = book.has(key(place)).then(|| book.level(key(place)));
        line.expected = Some(level.map_or(Quantity::ZERO, |level| level.sellable));
        line.counted = Some(quantity);
        line.times_counted += 1;
        line.counted_by = Some(call.actor.caller_id());
        line.counted_at = Some(tx.now());
        line
    });
    Ok(noted.collect())
}
