//! Fulfilments: PENDING → PICKED → PACKED → SHIPPED → DELIVERED, or CANCELLED before SHIPPED.
//!
//! A fulfilment takes goods that an order has reserved in one warehouse, so that no other one gets
//! the same pieces. They leave at SHIPPED, at their cost, and the reservation is consumed. Steps
//! may be skipped: a small shop ships what is pending, or ships in one call what is reserved.

pub mod create;
pub mod graphql;
pub mod inputs;
pub mod rules;
pub mod ship;
pub mod steps;
pub mod store;
