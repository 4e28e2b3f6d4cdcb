//! Subscriptions: what a client sees the moment it commits.

mod prefetch;
pub mod stock_levels;
