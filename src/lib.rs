//! Stockroom: headless commerce for businesses that buy, store and sell goods.

pub mod accounts;
pub mod catalog;
pub mod check;
pub mod cli;
pub mod config;
pub mod demo;
pub mod graphql;
pub mod identity;
pub mod live;
pub mod party;
pub mod platform;
pub mod purchasing;
pub mod sales;
pub mod schema;
pub mod server;
pub mod stock;
pub mod telemetry;
