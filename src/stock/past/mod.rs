//! What was on hand at the end of any business day, and what came and left in a period.
//!
//! The ledger keeps sums by level, business day and kind of document (`stock_day`). What was there
//! on a day is what is there now without the days since: the work grows with the days looked back,
//! not with the history. Days are those of the documents: what is entered late for an earlier day
//! belongs to that day.

pub mod graphql;
pub mod rules;
pub mod store;
