//! The integration tests: one binary, over real HTTP and WebSocket, on SQLite and PostgreSQL.

// What a test measured, it says.
#![allow(clippy::print_stdout)]

// First: its macros are for all below.
#[macro_use]
mod support;

mod access;
mod accounts;
mod asking;
mod bad_input;
mod batch;
mod check;
mod concurrency;
mod crash;
mod demo;
mod docs;
mod files;
mod identity;
mod lists;
mod live;
mod migrations;
mod model;
mod northwind;
mod online_retail;
mod operations;
mod purchasing;
mod sales;
mod schema;
mod smoke;
mod statements;
mod stock;
mod tidy;
mod transport;
mod web;
