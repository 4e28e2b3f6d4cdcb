//! The books: the journal, what customers owe, what paid it, and what the currencies are worth.

pub mod aging;
pub mod exchange_rate;
pub mod ledger;
pub mod open_item;
pub mod payment;
pub mod period;
pub mod statement;
