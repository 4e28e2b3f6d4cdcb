//! Carrying commands out: idempotency, retry, events, taking apart what a database error hit, and
//! looking up a commit whose answer was lost.

use std::sync::Arc;

use entity::vocab::OperationId;
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::app::App;
use super::command::{Accepted, Call, Decision, Done, Refusal, Verdict, Written};
use super::db::{Db, End, Failure, Tx, TxError};
use super::event;
use super::idempotency::{self, Claim};
use super::rejection::{OpError, Path, Problem, Rejection};

/// How often a command is run again after the answer to its commit was lost.
const LOST_COMMITS_MAX: usize = 3;

/// Commands that share a transaction.
pub trait Work: Send + Sync {
    /// The calls, in order.
    fn calls(&self) -> Vec<&Call>;

    /// Loads, decides and records the calls at these places.
    fn handle<'t>(
        &'t self,
        app: &'t App,
        tx: &'t Tx,
        fresh: Vec<usize>,
    ) -> BoxFuture<'t, Result<Done, TxError>>;

    /// The same as works of one command each, for when the whole failed.
    fn apart(&self) -> Vec<Arc<dyn Work>>;

    /// Whether none is carried out when one is refused.
    fn is_whole(&self) -> bool {
        false
    }
}

/// Carries work out in one transaction; one verdict per command.
pub async fn carry_out(app: &App, work: Arc<dyn Work>) -> Vec<Verdict> {
    let verdicts = until_known(app, &work).await;
    for (call, verdict) in work.calls().into_iter().zip(&verdicts) {
        app.meters.command(call.command, outcome(verdict));
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

async fn until_known(app: &App, work: &Arc<dyn Work>) -> Vec<Verdict> {
    let count = work.calls().len();
    let mut outcome = attempt(app, work).await;
    let was_lost = matches!(outcome, Err(TxError::CommitUnknown(_)));
    for _ in 0..LOST_COMMITS_MAX {
        let Err(TxError::CommitUnknown(error)) = &outcome else {
            break;
        };
        tracing::warn!(%error, "looking up a commit whose answer was lost");
        match find_committed(&app.db, &work.calls()).await {
            Ok(Some(verdicts)) => {
                app.bus.wake();
                return verdicts;
            }
            Ok(None) => outcome = attempt(app, work).await,
            Err(error) => {
                let unknown = TxError::CommitUnknown(error.to_string());
                return all_failed(count, &unknown);
            }
        }
    }
    match outcome {
        Ok(verdicts) => {
            app.bus.wake();
            verdicts
        }
        Err(error) if was_lost => all_failed(count, &TxError::CommitUnknown(error.to_string())),
        Err(error) if count > 1 && !work.is_whole() => {
            tracing::warn!(%error, commands = count, "a batch failed; running it one by one");
            let mut verdicts = Vec::with_capacity(count);
            for alone in work.apart() {
                verdicts.extend(Box::pin(until_known(app, &alone)).await);
            }
            verdicts
        }
        Err(error) => all_failed(count, &error),
    }
}

/// What is told when a sum overflows.
const TOO_MUCH: &str = "With this, a sum of the books would come to more than 9,223,372,036,854, \
    which is the most that can be kept; nothing was changed. Give less, or another day.";

/// What the caller can mend of an error of the database.
pub fn mendable(error: &TxError) -> Option<Rejection> {
    match error {
        TxError::Failed {
            failure: Failure::OutOfRange,
            ..
        } => Some(Rejection::invalid(Path::input(), TOO_MUCH)),
        TxError::PeriodLocked { through } => {
            let problem = Problem::PeriodLocked { through: *through };
            Some(Rejection::new(Path::input().at("date"), problem))
        }
        TxError::Failed { .. } | TxError::CommitUnknown(_) => None,
    }
}

fn all_failed(count: usize, error: &TxError) -> Vec<Verdict> {
    if let Some(reason) = mendable(error) {
        return vec![Err(Refusal::Rejected(vec![reason])); count];
    }
    let error = match error {
        TxError::Failed {
            failure: Failure::Internal,
            error,
        } => OpError::Internal(error.clone()),
        TxError::CommitUnknown(_) => {
            tracing::warn!(%error, "whether a command was stored is not known");
            OpError::OutcomeUnknown
        }
        TxError::Failed { .. } | TxError::PeriodLocked { .. } => {
            tracing::warn!(%error, "a command could not be carried out just now");
            OpError::Busy
        }
    };
    vec![Err(Refusal::Failed(error)); count]
}

async fn attempt(app: &App, work: &Arc<dyn Work>) -> Result<Vec<Verdict>, TxError> {
    let (app, work) = (app.clone(), Arc::clone(work));
    let db = app.db.clone();
    db.transact(move |tx| {
        let (app, work) = (app.clone(), Arc::clone(&work));
        Box::pin(async move { inside(&app, tx, &*work).await })
    })
    .await
}

/// One attempt: claim, handle what is new, take back what was refused, write events.
async fn inside(app: &App, tx: &Tx, work: &dyn Work) -> Result<End<Vec<Verdict>>, TxError> {
    let calls = work.calls();
    let claims = idempotency::claim(tx, &calls).await?;
    let is_new = |at: &usize| matches!(claims[*at], Claim::New);
    let fresh: Vec<usize> = (0..calls.len()).filter(is_new).collect();
    if work.is_whole() && !fresh.is_empty() && fresh.len() < calls.len() {
        // The key was used before, for a batch of another length.
        let reused = calls.iter().map(|_| Err(key_reused()));
        return Ok(End::Rollback(reused.collect()));
    }
    let done = if fresh.is_empty() {
        Done::default()
    } else {
        work.handle(app, tx, fresh.clone()).await?
    };
    let dry_run = calls.iter().any(|call| call.dry_run);
    if dry_run && calls.len() > 1 && !work.is_whole() {
        return Err(TxError::internal("a command that is only tried runs alone"));
    }
    let refused = done.decisions.iter().any(Result::is_err);
    let fresh: Vec<&Call> = fresh.iter().map(|at| calls[*at]).collect();
    let written = if work.is_whole() && refused {
        false
    } else {
        settle(tx, &fresh, &done.decisions).await?
    };
    if let ([call], Some(changes), true) = (fresh.as_slice(), done.changes, written) {
        idempotency::set_changes(tx, call.operation_id, &changes).await?;
    }
    let cursors = if dry_run || !written {
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
    let verdicts = calls.iter().zip(claims).map(|(call, claim)| match claim {
        Claim::Existing(row) => replay(call, &row),
        Claim::New => {
            let decision = decisions.next().expect("a handler decides every command");
            let record_id = decision.map_err(Refusal::Rejected)?;
            Ok(told.accepted(call.operation_id, record_id))
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
async fn settle(tx: &Tx, fresh: &[&Call], decisions: &[Decision]) -> Result<bool, TxError> {
    if fresh.len() != decisions.len() {
        return Err(TxError::internal(
            "a handler answered for fewer commands than it was given",
        ));
    }
    if decisions.iter().all(Result::is_err) {
        return Ok(false);
    }
    let mut refused = Vec::new();
    for (call, decision) in fresh.iter().zip(decisions) {
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
        return Err(key_reused());
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

fn key_reused() -> Refusal {
    let path = Path::input().at("idempotencyKey");
    Refusal::Rejected(vec![Rejection::new(path, Problem::KeyReused)])
}

/// After a lost commit: all of the batch is stored, or none of it is.
async fn find_committed(db: &Db, calls: &[&Call]) -> Result<Option<Vec<Verdict>>, TxError> {
    let ids: Vec<OperationId> = calls.iter().map(|call| call.operation_id).collect();
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
