//! Whoever can be written down as an author: a user or an API token.

pub mod graphql;
pub mod store;
