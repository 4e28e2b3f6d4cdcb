//! Suppliers: ACTIVE until archived. Purchase orders name them.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod store;
