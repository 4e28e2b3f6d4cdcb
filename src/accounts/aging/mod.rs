//! Aging: what customers owed on a day, by how long it was overdue then.

pub mod graphql;
pub mod rules;
pub mod store;
