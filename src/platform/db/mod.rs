//! The database: one pool of writers, one of readers, and the only place a transaction opens.
//!
//! On PostgreSQL each has a pool of its own. On SQLite there is one writing connection,
//! handed out in the order of asking, and a few read-only ones beside it; a second process on the
//! same file is refused at the door.

mod connect;
mod failure;
mod settings;
mod transact;

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use sea_orm::{DatabaseConnection, DbBackend, Statement};
use tokio::sync::mpsc;

pub use connect::ConnectError;
pub use failure::{Failure, failure_of, op_error};
pub use settings::DatabaseSettings;
pub use transact::{End, Tx, TxError};

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
    reader: DatabaseConnection,
    statements: Arc<AtomicU64>,
    watcher: Watcher,
    /// Held until the SQLite file is closed.
    file_lock: FileLock,
}

/// Who wants to see every statement, if somebody does.
type Watcher = Arc<OnceLock<mpsc::UnboundedSender<Statement>>>;

type FileLock = Arc<Mutex<Option<File>>>;

impl Inner {
    fn counting(
        backend: DbBackend,
        (mut writer, mut reader): (DatabaseConnection, DatabaseConnection),
        file_lock: FileLock,
    ) -> Self {
        let statements = Arc::<AtomicU64>::default();
        let watcher = Watcher::default();
        for connection in [&mut writer, &mut reader] {
            let (statements, watcher) = (Arc::clone(&statements), Arc::clone(&watcher));
            connection.set_metric_callback(move |info| {
                statements.fetch_add(1, Ordering::Relaxed);
                if let Some(watcher) = watcher.get() {
                    // A watcher that is gone wants no more.
                    let _ = watcher.send(info.statement.clone());
                }
            });
        }
        Self {
            backend,
            writer,
            reader,
            statements,
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
    pub fn reader(&self) -> &DatabaseConnection {
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
                (inner.writer.clone(), inner.reader.clone()),
                inner.file_lock.clone(),
            )),
        }
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
        // Who goes last leaves SQLite's file complete, which takes one who may write.
        for pool in [&self.inner.reader, &self.inner.writer] {
            if let Err(error) = pool.clone().close().await {
                tracing::warn!(%error, "a database connection did not close cleanly");
            }
        }
        let mut file_lock = self
            .inner
            .file_lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *file_lock = None;
    }
}
