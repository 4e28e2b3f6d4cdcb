//! Suppliers: who we buy from. Archived instead of deleted.

pub mod graphql;
pub mod rules;
pub mod store;
