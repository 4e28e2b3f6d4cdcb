//! Subscriptions: what a client sees the moment it commits.

mod place;
mod prefetch;
pub mod stock_alerts;
pub mod stock_levels;
