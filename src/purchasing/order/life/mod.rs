//! The life of purchase orders, as the schema offers it: one mutation for each step.

pub mod graphql;
