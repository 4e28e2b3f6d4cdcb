//! Tax classes and their rates by day.

pub mod store;
