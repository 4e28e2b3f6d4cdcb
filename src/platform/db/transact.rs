//! The only place a transaction opens, commits and is tried again.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::NaiveDate;
use entity::vocab::Instant;
use futures_util::future::BoxFuture;
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use std::sync::atomic::Ordering;
use tracing::Instrument;

use super::{Db, Failure, failure::lost_connection, failure_of};
use crate::platform::clock;
use crate::platform::meters::Began;

/// How often a transaction that met a conflict is run again before the caller is told.
const RETRIES_MAX: usize = 10;
/// The key of the lock behind `exclusive`.
const EXCLUSIVE_LOCK: i64 = 0x5374_6f63_6b00_0002;
/// The key of the lock behind [`Tx::take_turn`].
const TURN_LOCK: i64 = 0x5374_6f63_6b00_0003;

/// An open transaction.
pub struct Tx {
    conn: DatabaseTransaction,
    backend: DbBackend,
    now: Instant,
}

impl Tx {
    /// Runs statements inside the transaction.
    #[must_use]
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.conn
    }

    /// Which of the two databases it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.backend
    }

    /// Waits until no other transaction of the cluster has this turn, and has it to its end. For
    /// what takes locks in no order of its own; SQLite has one writer anyway.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_turn(&self) -> Result<(), DbErr> {
        if self.backend == DbBackend::Postgres {
            let sql = format!("SELECT pg_advisory_xact_lock({TURN_LOCK})");
            self.conn.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    /// When this attempt began: the one `now` of everything it writes.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.now
    }
}

/// How the work in a transaction ended.
pub enum End<T> {
    /// Keep what was written.
    Commit(T),
    /// Keep nothing.
    Rollback(T),
}

/// Why a transaction brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum TxError {
    /// Nothing was stored.
    #[error("{error}")]
    Failed {
        /// What kind of failure it was.
        failure: Failure,
        /// For the log.
        error: String,
    },
    /// The books are locked for a day that this was to be posted for; nothing was stored.
    #[error("the books are locked through {through}")]
    PeriodLocked {
        /// The last locked day.
        through: NaiveDate,
    },
    /// The connection broke during COMMIT: it is stored or it is not; look it up.
    #[error("the answer to COMMIT was lost: {0}")]
    CommitUnknown(String),
}

impl From<DbErr> for TxError {
    fn from(error: DbErr) -> Self {
        Self::Failed {
            failure: failure_of(&error),
            error: error.to_string(),
        }
    }
}

impl TxError {
    /// A broken invariant of ours, with a text for the log.
    #[must_use]
    pub fn internal(error: impl Into<String>) -> Self {
        Self::Failed {
            failure: Failure::Internal,
            error: error.into(),
        }
    }

    /// Whether running the same work again may succeed.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(
            self,
            Self::Failed {
                failure: Failure::Conflict,
                ..
            }
        )
    }
}

/// The delays between attempts: from 2 ms, doubling, with jitter so that rivals part ways.
pub(in crate::platform) fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(2))
        .with_max_delay(Duration::from_millis(200))
        .with_max_times(RETRIES_MAX)
        .with_jitter()
        .build()
}

impl Db {
    /// Runs `work` in one transaction; runs it again, a few times, when it met a conflict.
    ///
    /// PostgreSQL: READ COMMITTED with explicit locks. SQLite: `BEGIN IMMEDIATE` on the one
    /// writing connection.
    ///
    /// # Errors
    /// [`TxError::Failed`] when nothing was stored, [`TxError::CommitUnknown`] when that is open.
    pub async fn transact<T, F>(&self, work: F) -> Result<T, TxError>
    where
        T: Send,
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<End<T>, TxError>> + Send + Sync,
    {
        let mut delays = delays();
        loop {
            let attempt = self.attempt(&work);
            match attempt.instrument(tracing::info_span!("transaction")).await {
                Err(error) if error.is_conflict() => match delays.next() {
                    Some(delay) => {
                        self.inner.counts.retries.inc();
                        tokio::time::sleep(delay).await;
                    }
                    None => return Err(error),
                },
                outcome => return outcome,
            }
        }
    }

    async fn attempt<T, F>(&self, work: &F) -> Result<T, TxError>
    where
        F: for<'t> Fn(&'t Tx) -> BoxFuture<'t, Result<End<T>, TxError>>,
    {
        let tx = Tx {
            conn: self.begin().await?,
            backend: self.backend(),
            now: clock::now(),
        };
        let outcome = work(&tx).await;
        self.inner.statements.fetch_add(2, Ordering::Relaxed); // BEGIN, and COMMIT or ROLLBACK
        match outcome {
            Ok(End::Commit(value)) => match tx.conn.commit().await {
                Ok(()) => Ok(value),
                Err(error) => Err(commit_error(&error)),
            },
            Ok(End::Rollback(value)) => {
                tx.conn.rollback().await?;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one that explains; the connection may be gone by now.
                if let Err(second) = tx.conn.rollback().await {
                    tracing::debug!(error = %second, "rollback after an error");
                }
                Err(error)
            }
        }
    }

    /// Opens a transaction. A connection that turns out to be lost is left and another one taken:
    /// after a restart of the database all that were open are, and nothing was done on them yet.
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let writer = &self.inner.writer;
        let mut others = match self.backend() {
            DbBackend::Postgres => {
                let pool = writer.get_postgres_connection_pool();
                pool.options().get_max_connections()
            }
            _ => 0,
        };
        loop {
            let options = TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..Default::default()
            };
            let waiting = Began::now();
            #[expect(clippy::disallowed_methods, reason = "this is the place")]
            match writer.begin_with_options(options).await {
                Err(error) if others > 0 && lost_connection(&error) => others -= 1,
                begun => {
                    if self.backend() == DbBackend::Sqlite {
                        let waited = waiting.ago().as_secs_f64();
                        self.inner.counts.lock_waits.observe(waited);
                    }
                    return begun;
                }
            }
        }
    }

    /// Waits for a turn that one server of the cluster has at a time; it ends when the guard is
    /// dropped. For work that is not a command, such as bringing tables up to date.
    ///
    /// # Errors
    /// The database's.
    pub async fn exclusive(&self) -> Result<Option<DatabaseTransaction>, DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        #[expect(clippy::disallowed_methods, reason = "this is the place")]
        let turn = self.inner.writer.begin().await?;
        // Bringing large tables up to date takes longer than a command may.
        turn.execute_unprepared(
            "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0; \
             SET LOCAL statement_timeout = 0",
        )
        .await?;
        let sql = format!("SELECT pg_advisory_xact_lock({EXCLUSIVE_LOCK})");
        turn.execute_unprepared(&sql).await?;
        Ok(Some(turn))
    }

    /// Reads in one snapshot: everything read inside belongs to one moment.
    ///
    /// # Errors
    /// The database's.
    pub async fn snapshot<T, F>(&self, read: F) -> Result<T, DbErr>
    where
        F: for<'t> FnOnce(&'t DatabaseTransaction) -> BoxFuture<'t, Result<T, DbErr>>,
    {
        let mut options = TransactionOptions::default();
        if self.backend() == DbBackend::Postgres {
            options.isolation_level = Some(IsolationLevel::RepeatableRead);
            options.access_mode = Some(AccessMode::ReadOnly);
        }
        #[expect(clippy::disallowed_methods, reason = "this is the place")]
        let tx = self.inner.snapshots.begin_with_options(options).await?;
        self.inner.statements.fetch_add(2, Ordering::Relaxed);
        let value = read(&tx).await;
        tx.rollback().await?;
        value
    }
}

/// A conflict or a refused constraint is an answer; a broken connection is none.
fn commit_error(error: &DbErr) -> TxError {
    match failure_of(error) {
        Failure::Unavailable => TxError::CommitUnknown(error.to_string()),
        failure => TxError::Failed {
            failure,
            error: error.to_string(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_is_tried_again_ten_times_and_then_told() {
        assert_eq!(delays().count(), RETRIES_MAX);
    }

    #[test]
    fn delays_grow_to_a_bound() {
        let delays: Vec<Duration> = delays().collect();
        // Jitter adds at most the delay itself, so every other one is larger for certain.
        for pair in delays[..7].windows(3) {
            assert!(pair[2] > pair[0], "{delays:?}");
        }
        let total: Duration = delays.iter().sum();
        assert!(total < Duration::from_secs(3), "{delays:?}");
    }

    #[test]
    fn two_rivals_do_not_wait_equally_long() {
        let (one, other): (Vec<_>, Vec<_>) = (delays().collect(), delays().collect());
        assert_ne!(one, other);
    }
}
