//! Tax classes: what is taxed alike, at a rate that may change from a day on.

pub mod rules;
pub mod store;
