//! Payment terms: when which part of a sum is due, such as "half at once, half in 30 days".

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
