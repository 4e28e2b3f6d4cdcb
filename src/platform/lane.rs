//! The lane: commands of one kind that arrive while a transaction commits share the next one.
//!
//! There is no waiting timer. A worker takes what is queued, up to a limit, runs it as one batch,
//! and takes what queued up meanwhile; a command that comes alone goes alone and at once. On
//! PostgreSQL two batches are under way: while one is written, the next is read and decided. They
//! lock as those of two servers do.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use sea_orm::DbBackend;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::app::App;
use super::batch;
use super::command::{self, Envelope, Handler, Refusal, Verdict};
use super::meters::Began;
use super::rejection::OpError;

/// Commands in one transaction, at most.
const BATCH_COMMANDS_MAX: usize = 64;
/// Document lines in one transaction, at most (a single larger command still goes, alone).
const BATCH_LINES_MAX: usize = 2_000;
/// Batches under way at once on PostgreSQL; SQLite has one writer.
const BATCHES_AT_ONCE: usize = 2;
/// Commands that may wait; beyond, callers are told at once that the server is busy.
const QUEUE_MAX: usize = 4_096;

/// How large a command is, in document lines.
pub trait Weight {
    /// Its document lines.
    fn lines(&self) -> usize;
}

struct Waiting<C> {
    since: Began,
    envelope: Envelope<C>,
    answer: oneshot::Sender<Verdict>,
}

/// The queue of one kind of command; clones share it.
pub struct Lane<C> {
    app: App,
    handler: Handler<C>,
    queue: mpsc::Sender<Waiting<C>>,
}

impl<C> Clone for Lane<C> {
    fn clone(&self) -> Self {
        Self {
            app: self.app.clone(),
            handler: self.handler,
            queue: self.queue.clone(),
        }
    }
}

impl<C: Weight + Clone + Send + Sync + 'static> Lane<C> {
    /// Starts the worker; it ends when the last clone of the lane is gone and the queue is empty.
    #[must_use]
    pub fn start(app: App, handler: Handler<C>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(work(app.clone(), handler, waiting));
        Self {
            app,
            handler,
            queue,
        }
    }

    /// Queues a command and waits for its outcome. One that is only tried goes alone, beside the
    /// queue, for it takes back what its transaction wrote; one of a batch goes with that.
    ///
    /// # Errors
    /// [`Refusal`], with nothing changed.
    pub async fn submit(&self, envelope: Envelope<C>) -> Verdict {
        if envelope.call.dry_run || batch::seat().is_some() {
            return command::run(&self.app, envelope, self.handler).await;
        }
        let (answer, verdict) = oneshot::channel();
        let since = Began::now();
        let command = envelope.call.command;
        let waiting = Waiting {
            since,
            envelope,
            answer,
        };
        // Counted in before it can be taken out.
        self.app.meters.lane_queue.inc();
        if self.queue.try_send(waiting).is_err() {
            self.app.meters.lane_queue.dec();
            self.app.meters.command(command, "busy");
            return Err(Refusal::Failed(OpError::Busy));
        }
        let lost = || OpError::Internal("a lane ended while commands were waiting".to_owned());
        verdict
            .await
            .unwrap_or_else(|_| Err(Refusal::Failed(lost())))
    }
}

async fn work<C: Weight + Clone + Send + Sync + 'static>(
    app: App,
    handler: Handler<C>,
    mut queue: mpsc::Receiver<Waiting<C>>,
) {
    let at_once = match app.db.backend() {
        DbBackend::Postgres => BATCHES_AT_ONCE,
        _ => 1,
    };
    let turns = Arc::new(Semaphore::new(at_once));
    let mut held_back = VecDeque::new();
    // What queues up before there is a turn shares it.
    while let Ok(turn) = Arc::clone(&turns).acquire_owned().await {
        if held_back.is_empty() {
            match queue.recv().await {
                Some(first) => held_back.push_back(first),
                None => return,
            }
        }
        while held_back.len() < BATCH_COMMANDS_MAX {
            match queue.try_recv() {
                Ok(next) => held_back.push_back(next),
                Err(_) => break,
            }
        }
        let batch = next_batch(&mut held_back);
        count(&app, &batch);
        // In a task of its own, so that a panic in a rule costs its batch and not the lane.
        let app = app.clone();
        tokio::spawn(async move {
            run(&app, handler, batch).await;
            drop(turn);
        });
    }
}

async fn run<C: Clone + Send + Sync + 'static>(
    app: &App,
    handler: Handler<C>,
    batch: Vec<Waiting<C>>,
) {
    let (envelopes, answers): (Vec<Envelope<C>>, Vec<_>) = batch
        .into_iter()
        .map(|waiting| (waiting.envelope, waiting.answer))
        .unzip();
    let verdicts = command::run_batch(app, envelopes.into(), handler).await;
    for (answer, verdict) in answers.into_iter().zip(verdicts) {
        // A caller that is gone does not need its answer.
        let _ = answer.send(verdict);
    }
}

/// Counts what leaves the queue.
fn count<C>(app: &App, batch: &[Waiting<C>]) {
    let meters = &app.meters;
    let size = i64::try_from(batch.len()).expect("a batch is small");
    meters.lane_queue.dec_by(size);
    #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
    meters.lane_batch.observe(size as f64);
    for waiting in batch {
        meters.lane_wait.observe(waiting.since.ago().as_secs_f64());
    }
}

/// Takes commands from the front while they fit. Two with one idempotency key never share a
/// batch: the second has to find the first one's outcome.
fn next_batch<C: Weight>(waiting: &mut VecDeque<Waiting<C>>) -> Vec<Waiting<C>> {
    let mut batch: Vec<Waiting<C>> = Vec::new();
    let mut keys = HashSet::new();
    let mut lines = 0;
    let mut left = VecDeque::new();
    while let Some(next) = waiting.pop_front() {
        lines += next.envelope.command.lines();
        let fits = batch.is_empty() || lines <= BATCH_LINES_MAX;
        let key = next.envelope.call.key();
        if fits && (key.1.is_none() || keys.insert(key)) {
            batch.push(next);
        } else {
            left.push_back(next);
        }
    }
    *waiting = left;
    batch
}
