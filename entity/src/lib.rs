//! Stockroom's rows and vocabulary.
//!
//! `vocab` holds the words every table speaks in: typed ids, exact numbers, instants, codes and
//! statuses. Beside it stands one module per capability with one file per table. This crate knows
//! the database layer and nothing of ours, so that a column, an id or a status has one home.

pub mod accounts;
pub mod catalog;
pub mod identity;
pub mod party;
pub mod platform;
pub mod purchasing;
pub mod sales;
pub mod stock;
pub mod vocab;
