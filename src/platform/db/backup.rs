//! Copies of a SQLite database, taken while it is in use, and putting one back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, query, query_scalar};

use super::connect::{ConnectError, lock_file};
use crate::platform::clock;

/// Why a copy could not be taken or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is nothing to copy.
    #[error("there is no file {0}")]
    Missing(PathBuf),
    /// Nothing is overwritten.
    #[error("{0} is there already; choose another name, or move it away")]
    Exists(PathBuf),
    /// Nothing is overwritten without being asked to.
    #[error("{0} is there already; --replace puts the copy in its place and keeps it beside")]
    InTheWay(PathBuf),
    /// The copy is damaged.
    #[error("{path} is damaged: {what}")]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What SQLite says of it.
        what: String,
    },
    /// It is some other database.
    #[error("{0} is no database of Stockroom")]
    Foreign(PathBuf),
    /// A server runs on it.
    #[error(transparent)]
    InUse(#[from] ConnectError),
    /// SQLite.
    #[error("the copy failed: {0}")]
    Database(#[from] sqlx::Error),
    /// The disk.
    #[error("{path}: {source}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whether an address is of a SQLite file.
#[must_use]
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn on_disk<T>(path: &Path, outcome: io::Result<T>) -> Result<T, BackupError> {
    let path = path.to_owned();
    outcome.map_err(|source| BackupError::Disk { path, source })
}

/// Copies a database of one moment into a new file and checks the copy; its size in bytes. Others
/// may read and write meanwhile.
///
/// # Errors
/// [`BackupError`]; then there is no new file.
pub async fn copy(url: &str, to: &Path) -> Result<u64, BackupError> {
    let options = url.parse::<SqliteConnectOptions>()?;
    let from = options.get_filename().to_owned();
    if !from.exists() {
        return Err(BackupError::Missing(from));
    }
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let part = beside(to, ".part");
    if part.exists() {
        on_disk(&part, fs::remove_file(&part))?;
    }
    let mut source = options
        .read_only(true)
        .create_if_missing(false)
        .disable_statement_logging()
        .connect()
        .await?;
    let copied = query("VACUUM INTO ?")
        .bind(part.display().to_string())
        .execute(&mut source)
        .await;
    source.close().await?;
    copied?;
    check(&part).await?;
    finish(&part, to)?;
    Ok(on_disk(to, fs::metadata(to))?.len())
}

/// Puts a copy in the place of a database that no server uses; where what was there is kept.
///
/// # Errors
/// [`BackupError`]; then the database is as it was.
pub async fn put_back(
    url: &str,
    copy: &Path,
    replace: bool,
) -> Result<Option<PathBuf>, BackupError> {
    if !copy.exists() {
        return Err(BackupError::Missing(copy.to_owned()));
    }
    check(copy).await?;
    let options = url.parse::<SqliteConnectOptions>()?;
    let target = options.get_filename().to_owned();
    let _lock = lock_file(&target)?;
    let is_there = target.exists();
    if is_there && !replace {
        return Err(BackupError::InTheWay(target));
    }
    let part = beside(&target, ".part");
    on_disk(&part, fs::copy(copy, &part))?;
    let kept = beside(&target, &format!(".before-restore-{}", clock::now().0));
    for suffix in ["-wal", "-shm", ""] {
        let old = beside(&target, suffix);
        if old.exists() {
            on_disk(&old, fs::rename(&old, beside(&kept, suffix)))?;
        }
    }
    finish(&part, &target)?;
    Ok(is_there.then_some(kept))
}

/// Gives a file that is complete its name, so that it is there after a loss of power too.
fn finish(part: &Path, to: &Path) -> Result<(), BackupError> {
    on_disk(part, File::open(part).and_then(|file| file.sync_all()))?;
    on_disk(to, fs::rename(part, to))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    on_disk(folder, File::open(folder).and_then(|file| file.sync_all()))
}

/// A copy must be whole, and a database of ours.
async fn check(path: &Path) -> Result<(), BackupError> {
    let damaged = |what: String| BackupError::Damaged {
        path: path.to_owned(),
        what,
    };
    let mut conn: SqliteConnection = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        // A copy stands alone: nothing is written beside it.
        .immutable(true)
        .disable_statement_logging()
        .connect()
        .await?;
    let said: Result<String, sqlx::Error> = query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut conn)
        .await;
    match said {
        Ok(said) if said == "ok" => {}
        Ok(said) => return Err(damaged(said)),
        Err(error) => return Err(damaged(error.to_string())),
    }
    let ours: i64 = query_scalar(
        "SELECT count(*) FROM sqlite_master WHERE name IN ('stock_movement', 'journal_entry')",
    )
    .fetch_one(&mut conn)
    .await?;
    conn.close().await?;
    if ours == 2 {
        Ok(())
    } else {
        Err(BackupError::Foreign(path.to_owned()))
    }
}
