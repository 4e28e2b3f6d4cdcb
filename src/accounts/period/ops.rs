//! Locking a period, and opening it again.

use chrono::NaiveDate;
use entity::accounts::accounting_period;
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::rejection::Rejection;

/// A period to be locked.
#[derive(Clone, Debug)]
pub struct LockPeriod {
    /// Its last day.
    pub through: NaiveDate,
}

/// A period to be opened again.
#[derive(Clone, Debug)]
pub struct ReopenPeriod {
    /// Through which day it stays locked; none when all is opened.
    pub locked_through: Option<NaiveDate>,
    /// Why.
    pub reason: String,
}

/// Locks a period.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn lock(app: &App, envelope: Envelope<LockPeriod>) -> Verdict {
    envelope.call.actor.require(Scope::PeriodsWrite)?;
    command::run(app, envelope, handle_lock).await
}

/// Opens a locked period again.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn reopen(app: &App, envelope: Envelope<ReopenPeriod>) -> Verdict {
    envelope.call.actor.require(Scope::PeriodsWrite)?;
    command::run(app, envelope, handle_reopen).await
}

type Handled<'t> = BoxFuture<'t, Result<Done, TxError>>;

fn handle_lock<'t>(app: &'t App, tx: &'t Tx, batch: &'t [&'t Envelope<LockPeriod>]) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let period = store::lock(tx.conn()).await?;
        let today = app.company.day(tx.now());
        let check = rules::check_lock(period.locked_through, command.through, today);
        change(tx, call, &period, (check, Some(command.through), None)).await
    })
}

fn handle_reopen<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReopenPeriod>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let period = store::lock(tx.conn()).await?;
        let check = rules::check_reopen(period.locked_through, command.locked_through);
        let reason = Some(command.reason.clone());
        change(tx, call, &period, (check, command.locked_through, reason)).await
    })
}

/// Changes what is locked, unless something is wrong.
async fn change(
    tx: &Tx,
    call: &Call,
    period: &accounting_period::Model,
    (check, locked_through, reason): (Result<(), Rejection>, Option<NaiveDate>, Option<String>),
) -> Result<Done, TxError> {
    let mut rejections = call.complaints.clone();
    let is_unread = |rejection: &Rejection| rejections.iter().any(|one| one.path == rejection.path);
    let found = check.err().filter(|rejection| !is_unread(rejection));
    rejections.extend(found);
    if !rejections.is_empty() {
        return Ok(Done::refused(rejections));
    }
    let by = (call.actor.caller_id(), tx.now());
    let told = |day: Option<NaiveDate>| -> Json { json!({ "lockedThrough": day }) };
    let (before, after) = (told(period.locked_through), told(locked_through));
    store::set(tx.conn(), period, (locked_through, reason), by).await?;
    Ok(Done::changed(Uuid::nil(), &before, &after))
}
