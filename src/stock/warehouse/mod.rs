//! Warehouses: ACTIVE until archived, which needs them empty. Levels and documents name them.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
