//! Movements: the physical ledger, as it is read. Written by the ledger alone.

pub mod graphql;
pub mod store;
