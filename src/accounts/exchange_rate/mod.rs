//! Exchange rates: what a currency is worth in the base currency from a day on, until the next
//! rate. Documents keep the rate of their day; a rate that is set later changes none of them.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
