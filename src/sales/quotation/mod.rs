//! Orders that are not accepted yet, and what changes an order: creating a draft, changing a draft
//! or an order of which nothing has left, confirming, deleting.
//!
//! A draft is a quotation: it reserves nothing and can be given a last day. Its prices are fixed
//! when a line is entered; confirming keeps them unless it is asked to price anew. The lines of a
//! confirmed order can change until goods are being picked: its reservations follow in the same
//! transaction.

pub mod command;
pub mod confirm;
pub mod create;
pub mod difference;
pub mod edit;
pub mod graphql;
pub mod inputs;
pub mod reprice;
pub mod update;
