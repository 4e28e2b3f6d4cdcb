//! Subscriptions: what a client sees the moment it commits.

pub mod stock_levels;
