//! What makes up the numbers of a level: who it is promised to, what is announced, and which goods
//! are on hand.
//!
//! Everything is read in one snapshot with the level, so that the parts add up to its numbers also
//! while others write; what is not listed is told as a sum.
//!
//! - **Promises** are the active reservations: as many as are open, whatever the history.
//! - **Arrivals** are what lines of purchase orders and transfers announce and what has not come
//!   yet: as many as are open, whatever the history.
//! - **Layers** are the latest goods that came, walking back until they account for what is on
//!   hand, as if the first in were the first out. The walk has an end, however long the history is.
//!   Where goods do leave first in, first out, they are the layers of their costs.

pub mod graphql;
pub mod rules;
pub mod store;
