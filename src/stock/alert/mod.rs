//! Alerts: a level has run low, out or over, and when it came back. Each is raised once, when the
//! level crosses the line, and cleared on the way back, in the transaction of the command that
//! moved the level. The ledger raises and clears them; here is decided when, and they are read.
//!
//! LOW, OUT and OVERSTOCK are open until they are cleared, at most one of a kind for each level.
//! BACK_IN_STOCK is a moment: it is raised when OUT is cleared, and never open.

pub mod graphql;
pub mod rules;
pub mod store;
