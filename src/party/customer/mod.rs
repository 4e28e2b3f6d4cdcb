//! Customers: ACTIVE until archived. Sales orders name them.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
