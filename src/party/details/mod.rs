//! Contacts and addresses of customers and suppliers. They are given as a whole: a new list takes
//! the place of the one before.

pub mod graphql;
pub mod inputs;
pub mod rules;
pub mod store;
