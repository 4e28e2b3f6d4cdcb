//! The harness: a server on a database of its own for every test, and clients that speak to it.
//!
//! A test is written once, with one of the macros below, and runs on both databases. After its
//! body the books are checked.

// Each test uses what it needs of the harness; together they use all of it.
#![allow(dead_code, unused_imports, unused_macros)]

pub mod client;
pub mod cluster;
pub mod database;
pub mod people;
pub mod process;
pub mod server;
pub mod shop;
pub mod subscription;

pub use client::{Client, Reply};
pub use database::{Database, Engine};
pub use process::ServerProcess;
pub use server::TestServer;
pub use subscription::Subscription;

/// A test on both databases; afterwards the books must be right.
#[macro_export]
macro_rules! both {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: &TestServer) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::support::{Engine, TestServer};

            async fn promise($server: &TestServer) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let server = TestServer::start(Engine::Sqlite).await;
                promise(&server).await;
                server.stop_with_right_books().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let server = TestServer::start(Engine::Postgres).await;
                promise(&server).await;
                server.stop_with_right_books().await;
            }
        }
    )+};
}

/// A test on both databases that leaves the books wrong, or, given the server itself, stops it.
#[macro_export]
macro_rules! both_unchecked {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: &TestServer) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::support::{Engine, TestServer};

            async fn promise($server: &TestServer) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let server = TestServer::start(Engine::Sqlite).await;
                promise(&server).await;
                server.stop().await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let server = TestServer::start(Engine::Postgres).await;
                promise(&server).await;
                server.stop().await;
            }
        }
    )+};
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: TestServer) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::support::{Engine, TestServer};

            async fn promise($server: TestServer) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                promise(TestServer::start(Engine::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                promise(TestServer::start(Engine::Postgres).await).await;
            }
        }
    )+};
}

/// A test of what only PostgreSQL can do; afterwards the books must be right.
#[macro_export]
macro_rules! postgres_only {
    ($($(#[$meta:meta])* async fn $name:ident($server:ident: &TestServer) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            use $crate::support::{Engine, TestServer};

            async fn promise($server: &TestServer) $body

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let server = TestServer::start(Engine::Postgres).await;
                promise(&server).await;
                server.stop_with_right_books().await;
            }
        }
    )+};
}
