//! Statements: what a customer owed at the beginning of a period, what happened in it, and what was
//! owed at its end.

pub mod graphql;
pub mod rules;
pub mod store;
