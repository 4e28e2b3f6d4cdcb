//! Several commands in one transaction: all of them, or none.
//!
//! Each command is read and guarded by its own mutation, as ever; where it would begin a
//! transaction, it takes its seat instead: it hands in what is to be done, and waits. When all have
//! handed in, they are carried out in the order of the batch, each seeing what those before it
//! wrote, and all are told.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::app::App;
use super::carry_out::{Work, carry_out, mendable};
use super::command::{Call, Done, Refusal, Verdict};
use super::db::{Tx, TxError};
use super::idempotency;
use super::rejection::OpError;

/// Parts a key of a batch from the place of a command; no caller's key has it.
const PLACE: char = '\u{1f}';

tokio::task_local! {
    static SEAT: Arc<Seat>;
}

/// What all commands of a batch have in common.
#[derive(Clone, Debug)]
pub struct Whole {
    /// The caller's key for the batch.
    pub key: Option<String>,
    /// SHA-256 of the batch's input.
    pub input_hash: [u8; 32],
    /// Whether it is only tried.
    pub dry_run: bool,
}

/// A command and who waits for its outcome.
type HandedIn = (Box<dyn Work>, oneshot::Sender<Verdict>);

/// The place of a command in a batch.
pub struct Seat {
    whole: Arc<Whole>,
    place: usize,
    hand: Mutex<Option<oneshot::Sender<HandedIn>>>,
}

/// The seat of whatever runs now; none outside of batches.
#[must_use]
pub fn seat() -> Option<Arc<Seat>> {
    SEAT.try_with(Arc::clone).ok()
}

impl Seat {
    /// What all commands of the batch have in common.
    #[must_use]
    pub fn whole(&self) -> &Whole {
        &self.whole
    }

    /// The key under which this command of the batch is kept. The first has the caller's own, which
    /// so cannot be used for anything else.
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let key = self.whole.key.as_ref()?;
        Some(match self.place {
            0 => key.clone(),
            place => format!("{key}{PLACE}{place}"),
        })
    }

    /// Hands in a command, and waits until the batch is carried out.
    ///
    /// # Errors
    /// [`Refusal`], with nothing changed.
    pub async fn hand_in(&self, work: Box<dyn Work>) -> Verdict {
        let (answer, verdict) = oneshot::channel();
        let hand = self.take();
        let handed = hand.map(|hand| hand.send((work, answer)));
        if !matches!(handed, Some(Ok(()))) {
            return Err(given_up());
        }
        verdict.await.unwrap_or_else(|_| Err(given_up()))
    }

    fn take(&self) -> Option<oneshot::Sender<HandedIn>> {
        let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        hand.take()
    }
}

/// What a command of a batch is told that is not carried out, because of another.
fn given_up() -> Refusal {
    Refusal::Failed(OpError::Internal("its batch was given up".to_owned()))
}

/// What became of a command in its seat.
pub struct Seated<T> {
    /// Whether it handed in.
    pub handed_in: bool,
    /// What it ended with.
    pub outcome: T,
}

/// Runs what ends in a command in its seat. One that ends without handing in gives the batch up.
pub async fn take_seat<T>(seat: Seat, run: impl Future<Output = T>) -> Seated<T> {
    let seat = Arc::new(seat);
    let outcome = SEAT.scope(Arc::clone(&seat), run).await;
    Seated {
        handed_in: seat.take().is_none(),
        outcome,
    }
}

/// Where the commands of a batch come together.
pub struct Table {
    hands: Vec<oneshot::Receiver<HandedIn>>,
}

/// Sets a table for so many commands.
#[must_use]
pub fn table(whole: Whole, count: usize) -> (Table, Vec<Seat>) {
    let whole = Arc::new(whole);
    let (mut hands, mut seats) = (Vec::new(), Vec::new());
    for place in 0..count {
        let (hand, receiver) = oneshot::channel();
        hands.push(receiver);
        seats.push(Seat {
            whole: Arc::clone(&whole),
            place,
            hand: Mutex::new(Some(hand)),
        });
    }
    (Table { hands }, seats)
}

/// Why a batch was not carried out.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// The command at which it stopped.
    pub place: usize,
    /// Why.
    pub refusal: Refusal,
}

/// What a batch that was carried out tells.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Whether it had been done before under the same key.
    pub replayed: bool,
    /// The number of its last event, when it was done by this call.
    pub event_cursor: Option<i64>,
}

impl Table {
    /// Carries the batch out when all have handed in.
    ///
    /// # Errors
    /// The first command that was refused, with nothing changed; `None` when one did not hand in.
    pub async fn serve(self, app: &App) -> Result<Served, Option<Stopped>> {
        let (mut steps, mut answers) = (Vec::new(), Vec::new());
        for hand in self.hands {
            let (work, answer) = hand.await.map_err(|_| None)?;
            steps.push(work);
            answers.push(answer);
        }
        let verdicts = carry_out(app, Arc::new(Steps { steps })).await;
        let is_why = |verdict: &Verdict| match verdict {
            Err(Refusal::Rejected(reasons)) => !reasons.is_empty(),
            Err(Refusal::Failed(_)) => true,
            Ok(_) => false,
        };
        let why = verdicts.iter().position(is_why);
        if let Some(place) = why.or_else(|| verdicts.iter().position(Result::is_err)) {
            let verdict = verdicts.into_iter().nth(place);
            let refusal = verdict.and_then(Result::err).unwrap_or_else(given_up);
            return Err(Some(Stopped { place, refusal }));
        }
        let accepted = || verdicts.iter().flatten();
        let served = Served {
            replayed: accepted().all(|one| one.replayed),
            event_cursor: accepted().filter_map(|one| one.event_cursor).max(),
        };
        for (answer, verdict) in answers.into_iter().zip(verdicts) {
            // Who does not wait any more was cut off; what it did stands.
            let _ = answer.send(verdict);
        }
        Ok(served)
    }
}

/// The commands of a batch, one after the other.
struct Steps {
    steps: Vec<Box<dyn Work>>,
}

impl Work for Steps {
    fn calls(&self) -> Vec<&Call> {
        self.steps.iter().flat_map(|step| step.calls()).collect()
    }

    fn handle<'t>(
        &'t self,
        app: &'t App,
        tx: &'t Tx,
        _fresh: Vec<usize>,
    ) -> BoxFuture<'t, Result<Done, TxError>> {
        Box::pin(async move {
            // Each command locks in order, but not the commands of a batch one behind the other:
            // two batches at once would wait for each other.
            tx.take_turn().await?;
            let mut all = Done::default();
            for step in &self.steps {
                let done = match step.handle(app, tx, vec![0]).await {
                    Ok(done) => done,
                    Err(error) => match mendable(&error) {
                        Some(reason) => Done::refused(vec![reason]),
                        None => return Err(error),
                    },
                };
                if done.decisions.iter().any(Result::is_err) {
                    // Those behind it are not tried: they may need what it would have made.
                    all.decisions.extend(done.decisions);
                    all.decisions.resize(self.steps.len(), Err(Vec::new()));
                    return Ok(all);
                }
                if let (Some(changes), Some(call)) = (done.changes, step.calls().first()) {
                    idempotency::set_changes(tx, call.operation_id, &changes).await?;
                }
                all.decisions.extend(done.decisions);
                all.events.extend(done.events);
                all.posted.extend(done.posted);
            }
            // Rows as they were written are left out: a later command may have changed them.
            Ok(all)
        })
    }

    fn apart(&self) -> Vec<Arc<dyn Work>> {
        Vec::new()
    }

    fn is_whole(&self) -> bool {
        true
    }
}
