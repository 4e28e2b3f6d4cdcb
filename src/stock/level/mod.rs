//! Levels: the balance of one variant in one warehouse. Written by the ledger alone; read here.

pub mod graphql;
pub mod store;
