//! How to reach the database.

use serde::{Deserialize, Serialize};

/// The `[database]` part of the configuration.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct DatabaseSettings {
    /// `sqlite://path/to/file.db` or `postgres://user:password@host:port/database`.
    pub url: String,
    /// Connections to PostgreSQL: so many for writing, and as many for reading. To SQLite, which
    /// has one for writing: those for reading.
    pub connections: u32,
    /// How long a request waits for a free connection before it is told to come back.
    pub acquire_timeout_ms: u64,
    /// How long one statement may run (PostgreSQL).
    pub statement_timeout_ms: u64,
    /// How long one statement may wait for a lock (PostgreSQL).
    pub lock_timeout_ms: u64,
    /// How long a transaction may sit idle before PostgreSQL ends it, so that a frozen server
    /// does not stop the others.
    pub idle_in_transaction_timeout_ms: u64,
    /// Whether SQLite may leave it to the system when to write to the disk: for a database that is
    /// thrown away when its making is interrupted. No setting: nobody wants this for a company.
    #[serde(skip)]
    pub is_scratch: bool,
}

impl Default for DatabaseSettings {
    fn default() -> Self {
        Self {
            url: "sqlite://stockroom.db".to_owned(),
            connections: 8,
            acquire_timeout_ms: 2_000,
            statement_timeout_ms: 10_000,
            lock_timeout_ms: 5_000,
            idle_in_transaction_timeout_ms: 2_000,
            is_scratch: false,
        }
    }
}
