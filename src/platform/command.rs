//! Commands: how a mutation goes from its input to its outcome, alone or in a batch.
//!
//! A command is a read set, a pure decision and a write set. The handler of a kind of command takes
//! a slice: it loads the union, decides one after another on the working copy, records the
//! accepted. Everything around it is here: idempotency, retry, events, splitting a batch that a
//! database error hit, and looking up a commit whose answer was lost.

use std::any::Any;
use std::sync::Arc;

use entity::vocab::{OperationId, PrincipalId};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::actor::Actor;
use super::app::App;
use super::audit::Audit;
use super::db::{Db, End, Failure, Tx, TxError};
use super::event::{self, NewEvent};
use super::idempotency::{self, Claim};
use super::rejection::{OpError, Path, Problem, Rejection};

/// How often a command is run again after the answer to its commit was lost.
const LOST_COMMITS_MAX: usize = 3;

/// Who calls what, under which key, and what is already known to be wrong with the input.
#[derive(Clone, Debug)]
pub struct Call {
    /// The caller.
    pub actor: Actor,
    /// The id of this command, new for each call.
    pub operation_id: OperationId,
    /// The mutation's name.
    pub command: &'static str,
    /// The caller's own key.
    pub idempotency_key: Option<String>,
    /// SHA-256 of the input.
    pub input_hash: [u8; 32],
    /// The record it will make; nil when it is learned only while it runs.
    pub record_id: Uuid,
    /// What the audit log keeps of it.
    pub audit: Audit,
    /// Whether it is only tried: decided and written as always, and then taken back.
    pub dry_run: bool,
    /// What the input's shape was refused for; reported together with what the rules find.
    pub complaints: Vec<Rejection>,
}

impl Call {
    /// The idempotency key as it is unique.
    #[must_use]
    pub fn key(&self) -> (PrincipalId, Option<String>) {
        (self.actor.caller_id(), self.idempotency_key.clone())
    }
}

/// A command and the call it came with.
#[derive(Clone, Debug)]
pub struct Envelope<C> {
    /// Who calls, and how.
    pub call: Call,
    /// What is to be done.
    pub command: C,
}

/// What a command that was accepted left behind.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The record it made or changed.
    pub record_id: Uuid,
    /// The operation; of the first call when this one was a repetition.
    pub operation_id: OperationId,
    /// Whether it had been done before under the same key.
    pub replayed: bool,
    /// The number of its last event, when it was done by this call.
    pub event_cursor: Option<i64>,
    /// The row of the record, when this call wrote it: it need not be read again.
    pub written: Option<Written>,
    /// What this call wrote, or would have written, to the ledgers.
    pub posted: Option<Written>,
    /// Whether it was only tried: nothing was changed.
    pub dry_run: bool,
}

/// A row that a handler wrote, of whatever table.
pub type Written = Arc<dyn Any + Send + Sync>;

impl Accepted {
    /// The row that this call wrote, if it is one of that table.
    #[must_use]
    pub fn row<M: Clone + 'static>(&self) -> Option<M> {
        self.written.as_ref()?.downcast_ref::<M>().cloned()
    }

    /// What this call wrote to the ledgers, if it is of that shape.
    #[must_use]
    pub fn posted<P: Clone + 'static>(&self) -> Option<P> {
        self.posted.as_ref()?.downcast_ref::<P>().cloned()
    }
}

/// Why a command was not accepted.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// The business said no.
    Rejected(Vec<Rejection>),
    /// Something the caller cannot mend.
    Failed(OpError),
}

impl From<OpError> for Refusal {
    fn from(error: OpError) -> Self {
        Self::Failed(error)
    }
}

/// The outcome of one command.
pub type Verdict = Result<Accepted, Refusal>;

/// What a handler answers for one command: the record, or why not.
pub type Decision = Result<Uuid, Vec<Rejection>>;

/// What a handler did: a decision per command, and the events of the accepted ones.
#[derive(Default)]
pub struct Done {
    /// One per command, in order.
    pub decisions: Vec<Decision>,
    /// What others may hear, in order.
    pub events: Vec<NewEvent>,
    /// Rows of records as they were written, by id; those that are missing are read when needed.
    pub written: Vec<(Uuid, Written)>,
    /// What changed in the record, for the audit log; only of a command that runs alone.
    pub changes: Option<Json>,
    /// What commands wrote to the ledgers.
    pub posted: Vec<(OperationId, Written)>,
}

impl Done {
    /// Nothing accepted, for one command.
    #[must_use]
    pub fn refused(rejections: Vec<Rejection>) -> Self {
        Self {
            decisions: vec![Err(rejections)],
            ..Self::default()
        }
    }

    /// One command accepted.
    #[must_use]
    pub fn accepted(record_id: Uuid, events: Vec<NewEvent>) -> Self {
        Self {
            decisions: vec![Ok(record_id)],
            events,
            ..Self::default()
        }
    }

    /// One command accepted that changed a master record: how it was before and is after.
    ///
    /// Only the fields that differ are kept, and none that is a secret: give what may be read.
    #[must_use]
    pub fn changed(record_id: Uuid, before: &Json, after: &Json) -> Self {
        Self {
            changes: Some(difference(before, after)),
            ..Self::accepted(record_id, Vec::new())
        }
    }

    /// With what a command wrote to the ledgers.
    #[must_use]
    pub fn posting(mut self, operation_id: OperationId, posted: impl Any + Send + Sync) -> Self {
        self.posted.push((operation_id, Arc::new(posted)));
        self
    }
}

/// The fields of two objects that differ, as `{ before, after }`.
fn difference(before: &Json, after: &Json) -> Json {
    let (Json::Object(old), Json::Object(new)) = (before, after) else {
        return json!({ "before": before, "after": after });
    };
    let (mut was, mut is) = (before.clone(), after.clone());
    if let Json::Object(fields) = &mut was {
        fields.retain(|name, value| new.get(name) != Some(value));
    }
    if let Json::Object(fields) = &mut is {
        fields.retain(|name, value| old.get(name) != Some(value));
    }
    json!({ "before": was, "after": is })
}

/// Loads, decides and records a slice of commands inside a transaction.
pub type Handler<C> =
    for<'t> fn(&'t App, &'t Tx, &'t [&'t Envelope<C>]) -> BoxFuture<'t, Result<Done, TxError>>;

/// Runs one command in a transaction of its own.
///
/// # Errors
/// [`Refusal`], with nothing changed.
pub async fn run<C: Clone + Send + Sync + 'static>(
    app: &App,
    envelope: Envelope<C>,
    handler: Handler<C>,
) -> Verdict {
    let mut verdicts = run_batch(app, [envelope].into(), handler).await;
    verdicts.pop().expect("one verdict per command")
}

/// Runs a batch of commands in one transaction; each is accepted or refused on its own.
pub async fn run_batch<C: Clone + Send + Sync + 'static>(
    app: &App,
    batch: Arc<[Envelope<C>]>,
    handler: Handler<C>,
) -> Vec<Verdict> {
    let verdicts = carry_out(app, Arc::clone(&batch), handler).await;
    for (envelope, verdict) in batch.iter().zip(&verdicts) {
        app.meters.command(envelope.call.command, outcome(verdict));
    }
    verdicts
}

/// What became of a command, in a word.
fn outcome(verdict: &Verdict) -> &'static str {
    match verdict {
        Ok(accepted) if accepted.replayed => "replayed",
        Ok(accepted) if accepted.dry_run => "tried",
        Ok(_) => "accepted",
        Err(Refusal::Rejected(_)) => "refused",
        Err(Refusal::Failed(OpError::Busy)) => "busy",
        Err(Refusal::Failed(_)) => "failed",
    }
}

async fn carry_out<C: Clone + Send + Sync + 'static>(
    app: &App,
    batch: Arc<[Envelope<C>]>,
    handler: Handler<C>,
) -> Vec<Verdict> {
    let mut outcome = attempt(app, &batch, handler).await;
    let was_lost = matches!(outcome, Err(TxError::CommitUnknown(_)));
    for _ in 0..LOST_COMMITS_MAX {
        let Err(TxError::CommitUnknown(error)) = &outcome else {
            break;
        };
        tracing::warn!(%error, "looking up a commit whose answer was lost");
        match find_committed(&app.db, &batch).await {
            Ok(Some(verdicts)) => {
                app.bus.wake();
                return verdicts;
            }
            Ok(None) => outcome = attempt(app, &batch, handler).await,
            Err(error) => {
                let unknown = TxError::CommitUnknown(error.to_string());
                return all_failed(batch.len(), &unknown);
            }
        }
    }
    match outcome {
        Ok(verdicts) => {
            app.bus.wake();
            verdicts
        }
        Err(error) if was_lost => {
            all_failed(batch.len(), &TxError::CommitUnknown(error.to_string()))
        }
        Err(error) if batch.len() > 1 => {
            tracing::warn!(%error, commands = batch.len(), "a batch failed; running it one by one");
            let mut verdicts = Vec::with_capacity(batch.len());
            for envelope in batch.iter() {
                let alone = [envelope.clone()].into();
                verdicts.extend(Box::pin(carry_out(app, alone, handler)).await);
            }
            verdicts
        }
        Err(error) => all_failed(batch.len(), &error),
    }
}

/// What is told when a sum overflows.
const TOO_MUCH: &str = "With this, a sum of the books would come to more than 9,223,372,036,854, \
    which is the most that can be kept; nothing was changed. Give less, or another day.";

fn all_failed(count: usize, error: &TxError) -> Vec<Verdict> {
    let error = match error {
        TxError::Failed {
            failure: Failure::Internal,
            error,
        } => OpError::Internal(error.clone()),
        TxError::Failed {
            failure: Failure::OutOfRange,
            ..
        } => {
            let too_much = Rejection::invalid(Path::input(), TOO_MUCH);
            return vec![Err(Refusal::Rejected(vec![too_much])); count];
        }
        TxError::PeriodLocked { through } => {
            let problem = Problem::PeriodLocked { through: *through };
            let locked = Rejection::new(Path::input().at("date"), problem);
            return vec![Err(Refusal::Rejected(vec![locked])); count];
        }
        TxError::Failed { .. } => {
            tracing::warn!(%error, "a command could not be carried out just now");
            OpError::Busy
        }
        TxError::CommitUnknown(_) => {
            tracing::warn!(%error, "whether a command was stored is not known");
            OpError::OutcomeUnknown
        }
    };
    (0..count)
        .map(|_| Err(Refusal::Failed(error.clone())))
        .collect()
}

async fn attempt<C: Clone + Send + Sync + 'static>(
    app: &App,
    batch: &Arc<[Envelope<C>]>,
    handler: Handler<C>,
) -> Result<Vec<Verdict>, TxError> {
    let (app, batch) = (app.clone(), Arc::clone(batch));
    let db = app.db.clone();
    db.transact(move |tx| {
        let (app, batch) = (app.clone(), Arc::clone(&batch));
        Box::pin(async move { inside(&app, tx, &batch, handler).await })
    })
    .await
}

/// One attempt: claim, handle what is new, take back what was refused, write events.
async fn inside<C: Sync + Send>(
    app: &App,
    tx: &Tx,
    batch: &[Envelope<C>],
    handler: Handler<C>,
) -> Result<End<Vec<Verdict>>, TxError> {
    let calls: Vec<&Call> = batch.iter().map(|envelope| &envelope.call).collect();
    let claims = idempotency::claim(tx, &calls).await?;
    let fresh: Vec<&Envelope<C>> = batch
        .iter()
        .zip(&claims)
        .filter(|(_, claim)| matches!(claim, Claim::New))
        .map(|(envelope, _)| envelope)
        .collect();
    let done = if fresh.is_empty() {
        Done::default()
    } else {
        handler(app, tx, &fresh).await?
    };
    let dry_run = batch.iter().any(|envelope| envelope.call.dry_run);
    if dry_run && batch.len() > 1 {
        return Err(TxError::internal("a command that is only tried runs alone"));
    }
    let written = settle(tx, &fresh, &done.decisions).await?;
    if let ([envelope], Some(changes), true) = (fresh.as_slice(), done.changes, written) {
        idempotency::set_changes(tx, envelope.call.operation_id, &changes).await?;
    }
    let cursors = if dry_run {
        Vec::new()
    } else {
        event::append(tx, done.events).await?
    };

    let told = Told {
        written: done.written,
        posted: done.posted,
        cursors,
        dry_run,
    };
    let mut decisions = done.decisions.into_iter();
    let verdicts = batch
        .iter()
        .zip(claims)
        .map(|(envelope, claim)| match claim {
            Claim::Existing(row) => replay(&envelope.call, &row),
            Claim::New => {
                let decision = decisions.next().expect("a handler decides every command");
                let record_id = decision.map_err(Refusal::Rejected)?;
                Ok(told.accepted(envelope.call.operation_id, record_id))
            }
        });
    let verdicts = verdicts.collect();
    Ok(if written && !dry_run {
        End::Commit(verdicts)
    } else {
        End::Rollback(verdicts)
    })
}

/// What is told of the accepted commands of a batch.
struct Told {
    written: Vec<(Uuid, Written)>,
    posted: Vec<(OperationId, Written)>,
    cursors: Vec<(i64, OperationId)>,
    dry_run: bool,
}

impl Told {
    fn accepted(&self, operation_id: OperationId, record_id: Uuid) -> Accepted {
        let written = self.written.iter().find(|(of, _)| *of == record_id);
        let posted = self.posted.iter().find(|(of, _)| *of == operation_id);
        let mine = self.cursors.iter().filter(|(_, of)| *of == operation_id);
        Accepted {
            record_id,
            operation_id,
            replayed: false,
            event_cursor: mine.map(|(sequence, _)| *sequence).max(),
            written: written.map(|(_, row)| Arc::clone(row)),
            posted: posted.map(|(_, lines)| Arc::clone(lines)),
            dry_run: self.dry_run,
        }
    }
}

/// Leaves the rows of accepted commands alone. Says whether there is anything to commit.
async fn settle<C>(
    tx: &Tx,
    fresh: &[&Envelope<C>],
    decisions: &[Decision],
) -> Result<bool, TxError> {
    if fresh.len() != decisions.len() {
        return Err(TxError::internal(
            "a handler answered for fewer commands than it was given",
        ));
    }
    if decisions.iter().all(Result::is_err) {
        return Ok(false);
    }
    let mut refused = Vec::new();
    for (envelope, decision) in fresh.iter().zip(decisions) {
        let call = &envelope.call;
        match decision {
            Err(_) => refused.push(call.operation_id),
            Ok(record_id) if *record_id != call.record_id => {
                idempotency::set_record(tx, call.operation_id, *record_id).await?;
            }
            Ok(_) => {}
        }
    }
    idempotency::take_back(tx, refused).await?;
    Ok(true)
}

fn replay(call: &Call, row: &entity::platform::operation::Model) -> Verdict {
    if row.input_hash != call.input_hash || row.command != call.command {
        let path = Path::input().at("idempotencyKey");
        return Err(Refusal::Rejected(vec![Rejection::new(
            path,
            Problem::KeyReused,
        )]));
    }
    Ok(Accepted {
        record_id: row.record_id,
        operation_id: row.id,
        // An attempt of this very call whose answer was lost is no earlier call.
        replayed: row.id != call.operation_id,
        event_cursor: None,
        written: None,
        posted: None,
        dry_run: false,
    })
}

/// After a lost commit: all of the batch is stored, or none of it is.
async fn find_committed<C>(
    db: &Db,
    batch: &[Envelope<C>],
) -> Result<Option<Vec<Verdict>>, TxError> {
    let ids: Vec<OperationId> = batch
        .iter()
        .map(|envelope| envelope.call.operation_id)
        .collect();
    let rows = idempotency::committed(db.writer(), ids.clone()).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let verdicts = ids
        .iter()
        .map(|id| match rows.iter().find(|row| row.id == *id) {
            Some(row) => Ok(Accepted {
                record_id: row.record_id,
                operation_id: row.id,
                replayed: false,
                event_cursor: None,
                written: None,
                posted: None,
                dry_run: false,
            }),
            // Refused within a batch that was stored; why is lost with the answer.
            None => Err(Refusal::Failed(OpError::Busy)),
        });
    Ok(Some(verdicts.collect()))
}
