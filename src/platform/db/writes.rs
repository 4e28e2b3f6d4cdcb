//! Writes that follow each other in one transaction.

use futures_util::future;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DbErr, Statement};

use super::rows::insert;
use super::{Tx, TxError};

/// A statement that writes, and how many rows it has to write if that is known.
pub struct Write {
    statement: Statement,
    exactly: Option<(usize, &'static str)>,
}

/// Writes, each put together when it is asked for.
pub type Writes<'w> = Box<dyn Iterator<Item = Result<Write, DbErr>> + Send + 'w>;

impl Write {
    /// New rows of a table; at most as many as SQLite takes parameters for: 32,766. `then` ends
    /// the statement, such as an `ON CONFLICT`.
    ///
    /// # Errors
    /// When the rows do not set the same columns.
    pub fn insert<A: ActiveModelTrait>(
        tx: &Tx,
        rows: impl IntoIterator<Item = A>,
        then: &str,
    ) -> Result<Self, DbErr> {
        let statement = insert(tx.backend(), rows, then)?;
        let nothing = || DbErr::Custom("no rows to be written".to_owned());
        Ok(Self {
            statement: statement.ok_or_else(nothing)?,
            exactly: None,
        })
    }

    /// A statement that has to write so many rows; otherwise is what went wrong, for the log.
    #[must_use]
    pub fn exactly(statement: Statement, rows: usize, otherwise: &'static str) -> Self {
        Self {
            statement,
            exactly: Some((rows, otherwise)),
        }
    }
}

impl Tx {
    /// Runs writes one after another. While the database is at work on one, the next is put
    /// together.
    ///
    /// # Errors
    /// The database's; an internal error when a write wrote less or more than it has to.
    pub async fn write_all(&self, mut writes: Writes<'_>) -> Result<(), TxError> {
        let mut next = writes.next();
        while let Some(write) = next {
            let Write { statement, exactly } = write?;
            // The first is on its way to the database when the second is polled.
            let running = self.conn().execute_raw(statement);
            let (done, following) = future::join(running, async { writes.next() }).await;
            let written = done?.rows_affected();
            if let Some((rows, otherwise)) = exactly
                && usize::try_from(written) != Ok(rows)
            {
                return Err(TxError::internal(otherwise));
            }
            next = following;
        }
        Ok(())
    }
}
