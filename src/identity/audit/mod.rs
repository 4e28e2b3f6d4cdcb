//! The audit log: who did what, when and from where. Read here; written with every command, in the
//! row of its operation, which is kept for ever.

pub mod graphql;
pub mod store;
