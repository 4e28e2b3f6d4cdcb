//! Supplier items: what a supplier offers a variant for: its SKU, price with quantity breaks, the
//! least that can be ordered, the multiple, the lead time, and whether it is preferred. One per
//! supplier and variant; archived instead of deleted.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
pub mod store;
