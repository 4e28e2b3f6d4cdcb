//! Commands: how a mutation goes from its input to its outcome, alone or in a batch.
//!
//! A command is a read set, a pure decision and a write set. The handler of a kind of command takes
//! a slice: it loads the union, decides one after another on the working copy, records the
//! accepted. Everything around it is in [`carry_out`](super::carry_out).

use std::any::Any;
use std::sync::Arc;

use entity::vocab::{OperationId, PrincipalId};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::actor::Actor;
use super::app::App;
use super::audit::Audit;
use super::batch;
use super::carry_out::{Work, carry_out};
use super::db::{Tx, TxError};
use super::event::NewEvent;
use super::rejection::{OpError, Rejection};

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

/// Runs one command in a transaction of its own; inside a [`batch`] in that of the batch.
///
/// # Errors
/// [`Refusal`], with nothing changed.
pub async fn run<C: Clone + Send + Sync + 'static>(
    app: &App,
    envelope: Envelope<C>,
    handler: Handler<C>,
) -> Verdict {
    if let Some(seat) = batch::seat() {
        let envelopes = [envelope].into();
        return seat.hand_in(Box::new(Alike { envelopes, handler })).await;
    }
    let mut verdicts = run_batch(app, [envelope].into(), handler).await;
    verdicts.pop().expect("one verdict per command")
}

/// Runs commands of one kind in one transaction; each is accepted or refused on its own.
pub async fn run_batch<C: Clone + Send + Sync + 'static>(
    app: &App,
    envelopes: Arc<[Envelope<C>]>,
    handler: Handler<C>,
) -> Vec<Verdict> {
    carry_out(app, Arc::new(Alike { envelopes, handler })).await
}

/// Commands of one kind, which one handler decides together.
struct Alike<C> {
    envelopes: Arc<[Envelope<C>]>,
    handler: Handler<C>,
}

impl<C: Clone + Send + Sync + 'static> Work for Alike<C> {
    fn calls(&self) -> Vec<&Call> {
        self.envelopes.iter().map(|one| &one.call).collect()
    }

    fn handle<'t>(
        &'t self,
        app: &'t App,
        tx: &'t Tx,
        fresh: Vec<usize>,
    ) -> BoxFuture<'t, Result<Done, TxError>> {
        Box::pin(async move {
            let fresh: Vec<&Envelope<C>> = fresh.iter().map(|at| &self.envelopes[*at]).collect();
            (self.handler)(app, tx, &fresh).await
        })
    }

    fn apart(&self) -> Vec<Arc<dyn Work>> {
        let alone = |one: &Envelope<C>| -> Arc<dyn Work> {
            Arc::new(Self {
                envelopes: [one.clone()].into(),
                handler: self.handler,
            })
        };
        self.envelopes.iter().map(alone).collect()
    }
}
