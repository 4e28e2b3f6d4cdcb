//! Tax classes: goods and services that are taxed alike, and their rates, each from a day on until
//! the next. An invoice takes the rates of its day.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
