//! The lines of purchase orders, as the schema shows them.

pub mod graphql;
