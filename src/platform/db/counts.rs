//! What the database counts of its transactions.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use sea_orm::Statement;

/// Counts of transactions; clones share them.
#[derive(Clone, Debug)]
pub struct Counts {
    /// Transactions that ran again because of a conflict.
    pub retries: Counter,
    /// In seconds, how long transactions waited for what they lock: on PostgreSQL the time of each
    /// statement that locks rows or takes the turn to write events, on SQLite that until the one
    /// writing connection was free.
    pub lock_waits: Histogram,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            retries: Counter::default(),
            // From a tenth of a millisecond to about 13 seconds.
            lock_waits: Histogram::new(exponential_buckets(0.0001, 2.0, 18)),
        }
    }
}

/// How a statement ends that locks what it reads.
const LOCKING: [&str; 4] = [
    "FOR UPDATE",
    "FOR NO KEY UPDATE",
    "FOR SHARE",
    "FOR KEY SHARE",
];

/// Whether a statement may wait for somebody else's transaction.
pub(super) fn is_locking(statement: &Statement) -> bool {
    let sql = statement.sql.trim_end();
    LOCKING.iter().any(|end| sql.ends_with(end)) || sql.contains("pg_advisory_xact_lock")
}
