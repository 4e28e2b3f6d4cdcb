//! Locked periods in the schema.

use async_graphql::{Context, Description, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::accounts::accounting_period;
use uuid::Uuid;

use super::ops::{LockPeriod, ReopenPeriod};
use super::{ops, store};
use crate::graphql::context::{Asked, date_time};
use crate::graphql::payload::{Tell, cursor, internal, split, unread};
use crate::graphql::user_error::UserError;
use crate::graphql::{Date, Reading, app};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::command::{Envelope, Verdict};
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;

/// Up to which day the books are locked. Nothing is posted on or before that day: no movement of
/// goods, no invoice, no payment, no allocation, no reversal of one.
#[derive(Description)]
pub struct AccountingPeriod(accounting_period::Model);

#[Object(use_type_description)]
impl AccountingPeriod {
    /// The last day that is locked; null when none is.
    async fn locked_through(&self) -> Option<Date> {
        self.0.locked_through.map(Date)
    }

    /// Why it was opened again; null when the last change was to lock.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Who changed it last; null when nobody did yet.
    async fn changed_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.changed_by?).await.transpose()
    }

    /// When it last changed; null when it never did.
    async fn changed_at(&self) -> Option<DateTime<Utc>> {
        self.0.changed_at.map(date_time)
    }
}

/// Which period to lock.
#[derive(InputObject)]
pub struct PeriodLockInput {
    /// Its last day: before today, and later than what is locked already.
    through: Date,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PeriodLockInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<LockPeriod> {
        let mut reading = Reading::of("periodLock", &self);
        let Self {
            through,
            idempotency_key,
        } = self;
        let path = Path::input().at("through");
        let through = reading.check.day(path, through.0);
        reading.finish(ctx, idempotency_key, (Uuid::nil(), LockPeriod { through }))
    }
}

/// Which part of the locked period to open again.
#[derive(InputObject)]
pub struct PeriodReopenInput {
    /// Through which day it stays locked; nothing stays locked when left out.
    locked_through: Option<Date>,
    /// Why, at most 200 characters.
    reason: String,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PeriodReopenInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<ReopenPeriod> {
        let mut reading = Reading::of("periodReopen", &self);
        let Self {
            locked_through,
            reason,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = ReopenPeriod {
            locked_through: locked_through
                .map(|day| reading.check.day(path.at("lockedThrough"), day.0)),
            reason: reading
                .check
                .text(path.at("reason"), &reason, NAME_LENGTH_MAX),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// What locking a period brought.
#[derive(SimpleObject)]
pub struct PeriodLockPayload {
    /// What is locked now.
    ///
    /// Null when there are errors: then nothing was changed.
    accounting_period: Option<AccountingPeriod>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused. Null when it caused
    /// none.
    event_cursor: Option<String>,
}

/// What opening a period again brought.
#[derive(SimpleObject)]
pub struct PeriodReopenPayload {
    /// What is locked now.
    ///
    /// Null when there are errors: then nothing was changed.
    accounting_period: Option<AccountingPeriod>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused. Null when it caused
    /// none.
    event_cursor: Option<String>,
}

async fn load(ctx: &Context<'_>, tell: Tell) -> Result<AccountingPeriod> {
    let row = store::read(app(ctx).db.reader()).await;
    row.map(AccountingPeriod).map_err(|error| tell(&error))
}

/// Reads what is locked.
#[derive(Default)]
pub struct PeriodQuery;

#[Object]
impl PeriodQuery {
    /// Up to which day the books are locked.
    /// Scope: `journal:read`.
    async fn accounting_period(&self, ctx: &Context<'_>) -> Result<AccountingPeriod> {
        ctx.require(Scope::JournalRead)?;
        load(ctx, internal).await
    }
}

/// Locks periods and opens them.
#[derive(Default)]
pub struct PeriodMutation;

#[Object]
impl PeriodMutation {
    /// Locks the books through a day: what is being posted for it is finished first, and nothing is
    /// posted on or before it afterwards.
    /// Scope: `periods:write`.
    async fn period_lock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which period.")] input: PeriodLockInput,
    ) -> Result<PeriodLockPayload> {
        ctx.require(Scope::PeriodsWrite)?;
        let verdict: Verdict = ops::lock(app(ctx), input.read(ctx)).await;
        let (accepted, errors) = split(verdict)?;
        let period = match &accepted {
            Some(_) => Some(load(ctx, unread).await?),
            None => None,
        };
        let accepted = accepted.as_ref();
        Ok(PeriodLockPayload {
            accounting_period: period,
            errors,
            replayed: accepted.is_some_and(|done| done.replayed),
            event_cursor: accepted.and_then(|done| done.event_cursor).map(cursor),
        })
    }

    /// Opens a locked period again, or the end of it. The audit log keeps who did, and why.
    /// Scope: `periods:write`.
    async fn period_reopen(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which part of it.")] input: PeriodReopenInput,
    ) -> Result<PeriodReopenPayload> {
        ctx.require(Scope::PeriodsWrite)?;
        let verdict: Verdict = ops::reopen(app(ctx), input.read(ctx)).await;
        let (accepted, errors) = split(verdict)?;
        let period = match &accepted {
            Some(_) => Some(load(ctx, unread).await?),
            None => None,
        };
        let accepted = accepted.as_ref();
        Ok(PeriodReopenPayload {
            accounting_period: period,
            errors,
            replayed: accepted.is_some_and(|done| done.replayed),
            event_cursor: accepted.and_then(|done| done.event_cursor).map(cursor),
        })
    }
}
