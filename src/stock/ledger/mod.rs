//! The stock ledgers: the only writer of levels, movements, commitments and reservations.
//!
//! `load` locks the levels a command touches and brings what belongs to them; `Book` is the working
//! copy on which the rules decide and post, one command after another; `record` writes the
//! difference. The **physical ledger** is double-entry: every movement takes goods from one place
//! to another, so that per variant the sum over all places is zero, and a level equals the sum of
//! its movements. The **commitment ledger** beside it says how much of a level is reserved,
//! backordered and incoming, and why.

mod alerts;
mod book;
mod days;
mod done;
mod events;
mod load;
mod posting;
mod promise;
#[cfg(test)]
mod properties;
mod queue;
mod record;
mod supplies;
mod valuation;

pub use alerts::{ALERT_CLEARED, ALERT_RAISED, AlertFacts};
pub use book::{Book, Commitment, CommitmentCause, LevelKey, Lines};
pub use done::done;
pub use events::{LEVEL_CHANGED, LevelChange, LevelFacts, StockCause};
pub use load::{Needs, Plan, load, load_as_stored};
pub use posting::{Demand, Movement, MovementCause, Place, Posting, Supply};
pub use promise::{Promise, available, on_hand};
pub use record::{record, record_after};
