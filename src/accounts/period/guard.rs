//! Asked before anything is posted for a day.

use chrono::NaiveDate;

use super::{rules, store};
use crate::platform::db::{Tx, TxError};

/// Refuses to post for days of a locked period; holds the period as it is until the transaction
/// ends. No statement where nothing is posted.
///
/// # Errors
/// [`TxError::PeriodLocked`], and the database's.
pub async fn check_days(tx: &Tx, days: impl IntoIterator<Item = NaiveDate>) -> Result<(), TxError> {
    let Some(earliest) = days.into_iter().min() else {
        return Ok(());
    };
    let period = store::hold(tx.conn()).await?;
    match rules::refuses(period.locked_through, earliest) {
        Some(through) => Err(TxError::PeriodLocked { through }),
        None => Ok(()),
    }
}
