//! What kind of failure a database error is: whether to try again, and what to tell the caller.

use sea_orm::{DbErr, RuntimeErr, SqlxError};

use crate::platform::rejection::OpError;

/// What a database error means for the transaction it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// Somebody else was faster; the same transaction may well succeed when run again. A taken
    /// unique key counts too: run again, the rules find the record that has it, and name it.
    Conflict,
    /// The database is out of reach or overloaded; nothing of this transaction is stored.
    Unavailable,
    /// A sum came to more than a column holds; nothing of this transaction is stored.
    OutOfRange,
    /// A mistake of ours.
    Internal,
}

/// Serialization failure, deadlock, and a transaction that sat idle too long.
const POSTGRES_RETRY: &[&str] = &["40001", "40P01", "25P03", "23505"];
/// Lock and statement timeouts, shutdowns, crashes, too many connections, full disk.
const POSTGRES_UNAVAILABLE: &[&str] = &[
    "55P03", "57014", "57P01", "57P02", "57P03", "53100", "53200", "53300",
];
/// The server stops, or cleans up behind another one's crash.
const POSTGRES_LOST: &[&str] = &["57P01", "57P02", "57P03"];
/// Numeric value out of range.
const POSTGRES_OUT_OF_RANGE: &str = "22003";
/// SQLITE_CONSTRAINT_DATATYPE: a sum that overflows becomes a real number, which strict tables
/// refuse.
const SQLITE_OUT_OF_RANGE: &str = "3091";
/// SQLITE_BUSY and its kin, unique and primary key violations.
const SQLITE_RETRY: &[&str] = &["5", "6", "261", "517", "2067", "1555"];
/// SQLITE_FULL, SQLITE_IOERR, SQLITE_CANTOPEN; what exactly failed stands in the bytes above.
const SQLITE_UNAVAILABLE: &[u32] = &[13, 10, 14];

/// Sorts a database error.
#[must_use]
pub fn failure_of(error: &DbErr) -> Failure {
    match error {
        DbErr::ConnectionAcquire(_) => Failure::Unavailable,
        DbErr::Conn(RuntimeErr::SqlxError(inner))
        | DbErr::Exec(RuntimeErr::SqlxError(inner))
        | DbErr::Query(RuntimeErr::SqlxError(inner)) => failure_of_sqlx(inner),
        // The row in the way was gone again when it was looked for.
        DbErr::RecordNotInserted => Failure::Conflict,
        _ => Failure::Internal,
    }
}

fn failure_of_sqlx(error: &SqlxError) -> Failure {
    match error {
        SqlxError::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            let code = code.as_ref();
            if POSTGRES_RETRY.contains(&code) || SQLITE_RETRY.contains(&code) {
                Failure::Conflict
            } else if POSTGRES_UNAVAILABLE.contains(&code) || is_sqlite_unavailable(code) {
                Failure::Unavailable
            } else if code == POSTGRES_OUT_OF_RANGE || code == SQLITE_OUT_OF_RANGE {
                Failure::OutOfRange
            } else {
                Failure::Internal
            }
        }
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::PoolTimedOut
        | SqlxError::PoolClosed
        | SqlxError::WorkerCrashed => Failure::Unavailable,
        _ => Failure::Internal,
    }
}

/// PostgreSQL's codes have five characters, those of SQLite fewer.
fn is_sqlite_unavailable(code: &str) -> bool {
    let number = code.parse::<u32>().ok().filter(|_| code.len() < 5);
    number.is_some_and(|number| SQLITE_UNAVAILABLE.contains(&(number & 0xff)))
}

/// Whether the connection is gone with this error, and not only the statement.
pub(super) fn is_lost(error: &SqlxError) -> bool {
    match error {
        SqlxError::Database(inner) => {
            let code = inner.code().unwrap_or_default();
            POSTGRES_LOST.contains(&code.as_ref())
        }
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::WorkerCrashed => true,
        _ => false,
    }
}

/// Whether a statement failed because its connection is gone; not whether none could be had.
pub(super) fn lost_connection(error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner)) => {
            is_lost(inner)
        }
        _ => false,
    }
}

/// What a failed read means to the caller.
#[must_use]
pub fn op_error(error: &DbErr) -> OpError {
    match failure_of(error) {
        Failure::Internal | Failure::OutOfRange => OpError::Internal(error.to_string()),
        Failure::Conflict | Failure::Unavailable => OpError::Busy,
    }
}
