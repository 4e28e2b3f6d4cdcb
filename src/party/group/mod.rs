//! Customer groups: customers who share a price list and payment terms.

pub mod graphql;
pub mod ops;
pub mod store;
