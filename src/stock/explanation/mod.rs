//! What makes up the numbers of a level: who it is promised to, what is announced, and which goods
//! are on hand.
//!
//! Everything is read in one snapshot with the level, so that the parts add up to its numbers also
//! while others write; what is not listed is told as a sum.
//!
//! - **Promises** are the active reservations: as many as are open, whatever the history.
//! - **Arrivals** are summed up from the commitment ledger, for stock does not know who announces
//!   goods. The index of announcements has no other commitments in it, and only levels that expect
//!   something are summed up: the work grows with what one level ever expected, a few lines for
//!   each line of a purchase order or a transfer, and not with orders.
//! - **Layers** are the latest goods that came, walking back until they account for what is on
//!   hand, as if the first in were the first out. The walk has an end, however long the history is.

pub mod graphql;
pub mod rules;
pub mod store;
