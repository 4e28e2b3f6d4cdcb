//! Users: people who sign in with email and password. ACTIVE until disabled, and again when
//! enabled; never deleted, for documents name them.
//!
//! Called by the user mutations, by signing in, by the first start and by the command line.

pub mod account;
pub mod first;
pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod password;
pub mod rules;
pub mod store;
