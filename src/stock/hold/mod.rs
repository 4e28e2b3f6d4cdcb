//! Holds: stock kept for somebody for a while, for example a cart.
//! ACTIVE → CONVERTED, RELEASED or EXPIRED. What a hold keeps is free the moment its time runs
//! out: whoever locks a level first gives it back, a read subtracts it, and the sweeper tidies.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
pub mod sweep;
