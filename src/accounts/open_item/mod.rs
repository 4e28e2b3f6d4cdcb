//! Open items: what a party owes by each instalment of a document, or is owed.
//!
//! An item above zero is a debt of the party (an invoice, a refund), one below zero a credit (a
//! payment, a credit note, a write-off). An **allocation** uses a part of a credit for a debt of
//! the same party and currency; it has a day, so that what was open on any day can be added up. An
//! item is never changed otherwise, and an allocation is taken back by another one. The row of
//! `party_balance` is locked first: who changes the items of a party waits for who does so now.

pub mod graphql;
pub mod inputs;
pub mod openness;
pub mod ops;
#[cfg(test)]
mod properties;
pub mod rules;
pub mod store;
pub mod terms;
