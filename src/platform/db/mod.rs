//! The database: one pool of writers, one of readers, and the only place a transaction opens.
//!
//! On PostgreSQL each has a pool of its own. On SQLite there is one writing connection,
//! handed out in the order of asking, and a few read-only ones beside it; a second process on the
//! same file is refused at the door.

pub mod backup;
mod connect;
mod counts;
mod failure;
mod patience;
mod reader;
mod rows;
mod settings;
mod transact;
mod writes;

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reader::Told;
use sea_orm::{ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::mpsc;
use tokio::time::timeout;

pub use connect::ConnectError;
pub use counts::Counts;
pub use failure::{Failure, failure_of, op_error};
pub use patience::Patience;
pub use reader::Reader;
pub use rows::{insert_rows_returning, rows};
pub use settings::DatabaseSettings;
pub use transact::{End, Tx, TxError};
pub use writes::{Write, Writes};

/// How long a server that stops waits for each pool of PostgreSQL's connections to be given back.
const GIVEN_BACK_WITHIN: Duration = Duration::from_millis(400);

/// The places of so many values in a statement that is written by hand, in brackets; `first` counts
/// from 1 over the whole statement. The values come in the order of the text: SQLite compares every
/// place that has a name with all before it, which takes seconds when there are thousands, so there
/// they have none.
#[must_use]
pub fn places(backend: DbBackend, first: usize, count: usize) -> String {
    let place = |number: usize| match backend {
        DbBackend::Postgres => format!("${number}"),
        _ => "?".to_owned(),
    };
    let places: Vec<String> = (first..first + count).map(place).collect();
    format!("({})", places.join(", "))
}

/// A handle on the database; clones share it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    backend: DbBackend,
    writer: DatabaseConnection,
    reader: Reader,
    /// For what is read in one snapshot, which takes a transaction.
    snapshots: DatabaseConnection,
    statements: Arc<AtomicU64>,
    counts: Counts,
    watcher: Watcher,
    /// Held until the SQLite file is closed.
    file_lock: FileLock,
}

/// Who wants to see every statement, if somebody does.
type Watcher = Arc<OnceLock<mpsc::UnboundedSender<Statement>>>;

/// Who writes, who reads, and who reads in one snapshot.
type Pools = (DatabaseConnection, Reader, DatabaseConnection);

type FileLock = Arc<Mutex<Option<File>>>;

impl Inner {
    fn counting(
        backend: DbBackend,
        (mut writer, reader, mut snapshots): Pools,
        file_lock: FileLock,
        counts: Counts,
    ) -> Self {
        let statements = Arc::<AtomicU64>::default();
        let watcher = Watcher::default();
        let (counted, watching) = (Arc::clone(&statements), Arc::clone(&watcher));
        let told: Told = Arc::new(move |statement: &Statement| {
            counted.fetch_add(1, Ordering::Relaxed);
            if let Some(watcher) = watching.get() {
                // A watcher that is gone wants no more.
                let _ = watcher.send(statement.clone());
            }
        });
        let (of_writer, waits) = (Arc::clone(&told), counts.lock_waits.clone());
        writer.set_metric_callback(move |info| {
            of_writer(info.statement);
            if backend == DbBackend::Postgres && counts::is_locking(info.statement) {
                waits.observe(info.elapsed.as_secs_f64());
            }
        });
        let of_snapshots = Arc::clone(&told);
        snapshots.set_metric_callback(move |info| of_snapshots(info.statement));
        let reader = reader.telling(told);
        Self {
            backend,
            writer,
            reader,
            snapshots,
            statements,
            counts,
            watcher,
            file_lock,
        }
    }
}

impl Db {
    /// Connects, and opens every connection that the pool may have.
    ///
    /// # Errors
    /// [`ConnectError`] when the database cannot be reached, or a SQLite file is in use by another
    /// process.
    pub async fn connect(settings: &DatabaseSettings) -> Result<Self, ConnectError> {
        connect::connect(settings).await
    }

    /// A connection that reads a SQLite file as it lies there and leaves everything as it is: it
    /// takes no lock, looks into no log, and makes no file.
    ///
    /// # Errors
    /// When there is no such file, or it is no database.
    pub async fn look(file: &Path) -> Result<DatabaseConnection, sqlx::Error> {
        connect::look(file).await
    }

    /// Which of the two databases it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.inner.backend
    }

    /// A connection for reading outside of any transaction.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// The writing side, for migrations and the notification channel; commands use `transact`.
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.inner.writer
    }

    /// The same pools, whose statements are counted apart: for work that no operation asked for
    /// by itself, such as reading tokens and events, and sweeping.
    #[must_use]
    pub fn apart(&self) -> Self {
        let inner = &self.inner;
        Self {
            inner: Arc::new(Inner::counting(
                inner.backend,
                (
                    inner.writer.clone(),
                    inner.reader.clone(),
                    inner.snapshots.clone(),
                ),
                inner.file_lock.clone(),
                inner.counts.clone(),
            )),
        }
    }

    /// What is counted of its transactions.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.inner.counts.clone()
    }

    /// How many connections are in use, and how many wait for work.
    #[must_use]
    pub fn connections(&self) -> (u64, u64) {
        let pools = [&self.inner.writer, &self.inner.snapshots];
        let counted = pools.map(|pool| match self.inner.backend {
            DbBackend::Postgres => {
                let pool = pool.get_postgres_connection_pool();
                (u64::from(pool.size()), pool.num_idle())
            }
            _ => {
                let pool = pool.get_sqlite_connection_pool();
                (u64::from(pool.size()), pool.num_idle())
            }
        });
        let (readers, idle_readers) = self.inner.reader.connections();
        let idle: u64 = counted.iter().map(|(_, idle)| *idle as u64).sum();
        let all: u64 = counted.iter().map(|(all, _)| all).sum();
        let (all, idle) = (all + readers, idle + idle_readers);
        (all.saturating_sub(idle), idle)
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// The database's.
    pub async fn ping(&self) -> Result<(), DbErr> {
        self.inner.reader.ping().await
    }

    /// How many statements were sent through this handle, `BEGIN` and `COMMIT` counted.
    #[must_use]
    pub fn statements_sent(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// Every statement from now on, with its values, to see how the database carries it out. Only
    /// the first who asks gets them.
    #[must_use]
    pub fn watch(&self) -> Option<mpsc::UnboundedReceiver<Statement>> {
        let (watcher, statements) = mpsc::unbounded_channel();
        self.inner.watcher.set(watcher).ok().map(|()| statements)
    }

    /// Closes every connection, and lets another process have the SQLite file.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        let Inner {
            snapshots, writer, ..
        } = &*self.inner;
        self.close_pool(snapshots, "snapshots").await;
        if self.backend() == DbBackend::Sqlite {
            // The last one that closes writes what is in the log into the file. That may be one
            // that reads just now, which is not able to.
            let emptied = writer.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)");
            if let Err(error) = emptied.await {
                tracing::warn!(%error, "the log of the database was not written into its file");
            }
        }
        self.close_pool(writer, "writing").await;
        let mut file_lock = self
            .inner
            .file_lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *file_lock = None;
    }

    /// Closes the connections of a pool. While PostgreSQL is away, the pool tries for five minutes
    /// to have its least number of them again, and closing would wait for that; they end with the
    /// process as well.
    async fn close_pool(&self, pool: &DatabaseConnection, pool_name: &str) {
        let closing = pool.clone().close();
        let closed = if self.backend() == DbBackend::Sqlite {
            closing.await
        } else {
            timeout(GIVEN_BACK_WITHIN, closing)
                .await
                .unwrap_or_else(|_| Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
        };
        if let Err(error) = closed {
            tracing::warn!(%error, pool_name, "a database connection did not close cleanly");
        }
    }
}
