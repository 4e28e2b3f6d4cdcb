//! Opens the pools with the settings that the rest of the house relies on.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fs4::FileExt;
use sea_orm::{DatabaseConnection, DbBackend};
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Database, Postgres, Sqlite, SqliteConnection};

use super::reader::{Target, Told};
use super::{Counts, DatabaseSettings, Db, Inner, Reader};

/// The writing connection of SQLite is waited for longer than any other: it is a queue.
const SQLITE_WRITER_WAIT: Duration = Duration::from_secs(20);
/// For how long a connection for snapshots stays open after use.
const SNAPSHOT_IDLE: Duration = Duration::from_secs(60);

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The address is of neither database.
    #[error(
        "database.url must start with sqlite:// or postgres://, for example sqlite://stockroom.db"
    )]
    UnknownScheme,
    /// Another process uses the SQLite file.
    #[error(
        "another process is using {0}; stop it first, or run on PostgreSQL to share a database"
    )]
    InUse(String),
    /// The lock file beside the SQLite file cannot be made.
    #[error("cannot open {path}: {source}")]
    LockFile {
        /// The lock file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The pool of readers cannot be made.
    #[error("cannot make the pool of readers: {0}")]
    Pool(#[source] deadpool::managed::BuildError),
    /// The database said no, or nothing answered.
    #[error("cannot open the database: {0}")]
    Database(#[from] sqlx::Error),
}

pub(super) async fn connect(settings: &DatabaseSettings) -> Result<Db, ConnectError> {
    let url = settings.url.as_str();
    if url.starts_with("sqlite:") {
        connect_sqlite(settings).await
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        connect_postgres(settings).await
    } else {
        Err(ConnectError::UnknownScheme)
    }
}

fn pool_options<D: Database>(settings: &DatabaseSettings) -> PoolOptions<D> {
    PoolOptions::new()
        .max_connections(settings.connections)
        .min_connections(settings.connections)
        .acquire_timeout(Duration::from_millis(settings.acquire_timeout_ms))
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Snapshots are read now and then, so there are connections for them only then.
fn snapshot_pool<D: Database>(settings: &DatabaseSettings) -> PoolOptions<D> {
    pool_options(settings)
        .min_connections(0)
        .idle_timeout(SNAPSHOT_IDLE)
}

fn reader(settings: &DatabaseSettings, target: Target) -> Result<Reader, ConnectError> {
    let wait = Duration::from_millis(settings.acquire_timeout_ms);
    // Whoever is told of statements comes with the handle.
    let told: Told = Arc::new(|_| ());
    Reader::new(target, (settings.connections, wait), told).map_err(ConnectError::Pool)
}

async fn connect_postgres(settings: &DatabaseSettings) -> Result<Db, ConnectError> {
    let millis = |value: u64| format!("{value}ms");
    let options: PgConnectOptions = settings.url.parse::<PgConnectOptions>()?.options([
        ("statement_timeout", millis(settings.statement_timeout_ms)),
        ("lock_timeout", millis(settings.lock_timeout_ms)),
        (
            "idle_in_transaction_session_timeout",
            millis(settings.idle_in_transaction_timeout_ms),
        ),
        ("timezone", "UTC".to_owned()),
    ]);
    let options = options
        .application_name("stockroom")
        .disable_statement_logging();
    // Apart: writers that wait for their turn must not keep readers from reading.
    let writer = pool_options::<Postgres>(settings)
        .connect_with(options.clone())
        .await?;
    let snapshots = snapshot_pool::<Postgres>(settings).connect_lazy_with(options.clone());
    let reader = reader(settings, Target::Postgres(options))?;
    let pools = (writer.into(), reader, snapshots.into());
    Ok(Db {
        inner: Arc::new(Inner::counting(
            DbBackend::Postgres,
            pools,
            Arc::default(),
            Counts::default(),
        )),
    })
}

async fn connect_sqlite(settings: &DatabaseSettings) -> Result<Db, ConnectError> {
    let synchronous = if settings.is_scratch {
        SqliteSynchronous::Off
    } else {
        SqliteSynchronous::Full
    };
    let options = settings
        .url
        .parse::<SqliteConnectOptions>()?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(Duration::from_millis(settings.acquire_timeout_ms))
        .disable_statement_logging();
    let file_lock = lock_file(options.get_filename())?;
    let writer = pool_options::<Sqlite>(settings)
        .max_connections(1)
        .min_connections(1)
        .acquire_timeout(SQLITE_WRITER_WAIT)
        .before_acquire(|conn, _| Box::pin(is_outside_a_transaction(conn)))
        .connect_with(options.clone())
        .await?;
    let read_only = options.read_only(true).create_if_missing(false);
    let snapshots = snapshot_pool::<Sqlite>(settings).connect_lazy_with(read_only.clone());
    let reader = reader(settings, Target::Sqlite(read_only))?;
    let pools = (writer.into(), reader, snapshots.into());
    let file_lock = Arc::new(Mutex::new(Some(file_lock)));
    Ok(Db {
        inner: Arc::new(Inner::counting(
            DbBackend::Sqlite,
            pools,
            file_lock,
            Counts::default(),
        )),
    })
}

pub(super) async fn look(file: &Path) -> Result<DatabaseConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .read_only(true)
        .immutable(true)
        .disable_statement_logging();
    let pool = PoolOptions::<Sqlite>::new().max_connections(1);
    Ok(pool.connect_with(options).await?.into())
}

/// Whether a connection that comes back has left its transaction; otherwise it must not be used
/// again. When the disk is full, SQLite rolls a transaction back by itself; the library's own
/// ROLLBACK then fails, it takes the transaction for open, and would put all that follow into
/// savepoints inside of one that nobody ever commits.
async fn is_outside_a_transaction(conn: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if conn.is_in_transaction() {
        // A ROLLBACK may still be on its way to the thread that owns the file.
        conn.ping().await?;
    }
    let is_outside = !conn.is_in_transaction();
    if !is_outside {
        tracing::warn!("a connection stayed inside a transaction; another one is opened");
    }
    Ok(is_outside)
}

/// Two processes on one file would each believe to be the only writer.
pub(super) fn lock_file(database: &Path) -> Result<File, ConnectError> {
    let path = format!("{}.lock", database.display());
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|source| ConnectError::LockFile { path, source })?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(_) => Err(ConnectError::InUse(database.display().to_string())),
    }
}
