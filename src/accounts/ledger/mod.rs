//! The journal: every posting writes balanced entries in the base currency to fixed accounts.
//!
//! `record::post` is its only writer. A line is a debit (above zero) or a credit (below zero), and
//! an entry adds up to zero. Beside the lines the sums per account and day are kept, so that the
//! trial balance of any day is a sum over days, not over lines.

pub mod graphql;
pub mod record;
pub mod rules;
pub mod store;

pub use record::post;
pub use rules::{Entry, Line, Party, Posting};
