//! API tokens: shown once, stored hashed, scoped, expiring, revocable at once.
//!
//! Called by the transport for every request, by the token mutations and by the command line.

pub mod graphql;
pub mod ops;
pub mod secret;
pub mod store;
pub mod uses;
