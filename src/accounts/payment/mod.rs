//! Payments of customers: POSTED → REVERSED.
//!
//! Money that comes in pays open items at once, those due first first, or those that are named;
//! what is left stays as credit on account. Money that goes out again takes such credit. A payment
//! that bounced is reversed: what it paid is open again, as of that day.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod reverse;
pub mod rules;
pub mod store;
