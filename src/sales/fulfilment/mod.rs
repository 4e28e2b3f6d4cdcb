//! Fulfilments: SHIPPED. Stock leaves when they are shipped, not before; each takes goods out of
//! one warehouse for one order.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
