//! The stock ledgers: the only writer of levels, movements, commitments and reservations.
//!
//! `load` locks the levels a command touches and brings what belongs to them; `Book` is the working
//! copy on which the rules decide and post, one command after another; `record` writes the
//! difference. The **physical ledger** is double-entry: every movement takes goods from one place
//! to another, so that per variant the sum over all places is zero, and a level equals the sum of
//! its movements. The **commitment ledger** beside it says how much of a level is reserved,
//! backordered and incoming, and why. Where goods leave first in, first out, the **layers** say at
//! which cost.

mod alerts;
mod book;
#[cfg(test)]
mod cost_properties;
mod days;
mod done;
mod events;
mod layers;
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
pub use load::{Needs, Plan, is_in_transit, load, load_as_stored, load_promises, lock_levels_of};
pub use posting::{
    Demand, Movement, MovementCause, PRIORITY_MAX, PRIORITY_NORMAL, Place, Posting, Supply,
};
pub use promise::{Promise, available, on_hand};
pub use record::{record, record_after, set_costing};
