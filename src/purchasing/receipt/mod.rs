//! Goods receipts: POSTED. Goods come into a warehouse at a cost, and serve who waits for them.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
