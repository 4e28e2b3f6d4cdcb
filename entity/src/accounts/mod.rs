//! The books: the journal, what parties owe, and what paid it.

pub mod account_day;
pub mod accounting_period;
pub mod allocation;
pub mod exchange_rate;
pub mod journal_entry;
pub mod journal_line;
pub mod open_item;
pub mod party_balance;
pub mod payment;
