//! What the steps of a count have in common; finishing it and giving it up.

use entity::stock::stock_count;
use entity::vocab::{StockCountId, StockCountStatus};
use futures_util::future::BoxFuture;

use super::rules::{self, Step};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};

/// A count to be finished or given up.
#[derive(Clone, Debug)]
pub struct ChangeCount {
    /// Which one.
    pub count: Reference<StockCountId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
}

/// Locks a count with which that can be done; and everything that is wrong so far.
pub(super) async fn lock(
    tx: &Tx,
    call: &Call,
    change: &ChangeCount,
    step: Step,
) -> Result<(Option<stock_count::Model>, Vec<Rejection>), TxError> {
    let mut rejections = call.complaints.clone();
    let count = find_and_lock::<stock_count::Entity>(tx.conn(), &change.count).await?;
    if count.is_none() && change.count != Reference::Unusable {
        let path = Path::input().at("stockCount");
        rejections.push(Rejection::new(path, Problem::NotFound("stock count")));
    }
    let count = count.and_then(|count| {
        rejections.extend(check_version(change.expected_version, count.version).err());
        let checked = rules::check_status(&count, step);
        let count = checked.is_ok().then_some(count);
        rejections.extend(checked.err());
        count
    });
    Ok((count, rejections))
}

/// Writes a locked count in its next version.
pub(super) async fn save(tx: &Tx, mut count: stock_count::Model) -> Result<(), TxError> {
    count.updated_at = tx.now();
    count.version += 1;
    store::save(tx.conn(), count).await?;
    Ok(())
}

type Batch<'t> = &'t [&'t Envelope<ChangeCount>];

/// Says that everything is counted, and what differs too much was counted twice.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn finish(app: &App, envelope: Envelope<ChangeCount>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_finish).await
}

fn handle_finish<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (count, mut rejections) = lock(tx, call, command, Step::Finish).await?;
        let Some(mut count) = count else {
            return Ok(Done::refused(rejections));
        };
        let lines = store::lines(tx.conn(), count.id).await?;
        let (uncounted, again) = rules::unfinished(&count, &lines);
        let named = uncounted.iter().chain(&again);
        let named: Vec<_> = named.map(|line| Reference::Id(line.variant_id)).collect();
        if !named.is_empty() {
            let named: Vec<_> = named.iter().collect();
            let found = variants::find_variants(tx.conn(), &named).await?;
            rejections.extend(rules::check_finished((&uncounted, &again), &found));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        count.status = StockCountStatus::Counted;
        let id = count.id;
        save(tx, count).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// Gives a count up; nothing was corrected, and others may count its variants.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn cancel(app: &App, envelope: Envelope<ChangeCount>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_cancel).await
}

fn handle_cancel<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (count, rejections) = lock(tx, call, command, Step::Cancel).await?;
        let Some(mut count) = count.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        count.status = StockCountStatus::Cancelled;
        let id = count.id;
        store::close_lines(tx.conn(), id).await?;
        save(tx, count).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}
