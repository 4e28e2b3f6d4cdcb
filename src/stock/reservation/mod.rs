//! Reservations, as they are read: who is promised what of which level. Written by the ledger
//! alone; ACTIVE until CONSUMED, RELEASED or EXPIRED.

pub mod graphql;
pub mod store;
