//! Reads the journal and the sums of its accounts.

use chrono::NaiveDate;
use entity::accounts::{journal_entry, journal_line};
use entity::vocab::{Account, Amount, DocumentKind, JournalEntryId};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    Statement,
};
use uuid::Uuid;

use crate::graphql::{loader_by_id, loader_of_many};

loader_by_id!(entity::accounts::journal_entry, JournalEntryId);
loader_of_many!(
    /// Asks for the lines of an entry.
    LinesOf(JournalEntryId),
    entity::accounts::journal_line, EntryId(|row| Some(row.entry_id)),
    by Position
);

/// An account's sums up to a day.
#[derive(Clone, Copy, Debug)]
pub struct AccountSum {
    /// The account.
    pub account: Account,
    /// Sum of its debits, in the base currency.
    pub debit: Amount,
    /// Sum of its credits, in the base currency.
    pub credit: Amount,
}

/// The sums of every account that was ever posted to, up to and including a day.
///
/// # Errors
/// The database's.
pub async fn sums(conn: &impl ConnectionTrait, as_of: NaiveDate) -> Result<Vec<AccountSum>, DbErr> {
    let statement = Statement::from_sql_and_values(
        conn.get_database_backend(),
        "SELECT account, CAST(SUM(debit) AS BIGINT) AS debit, \
         CAST(SUM(credit) AS BIGINT) AS credit FROM account_day WHERE date <= $1 \
         GROUP BY account ORDER BY account",
        [as_of.into()],
    );
    let rows = conn.query_all_raw(statement).await?;
    let sum = |row: &sea_orm::QueryResult| {
        let account: String = row.try_get("", "account")?;
        Ok(AccountSum {
            account: Account::try_from_value(&account)?,
            debit: row.try_get("", "debit")?,
            credit: row.try_get("", "credit")?,
        })
    };
    rows.iter().map(sum).collect()
}

/// Entries of a range of days, or of a document, for a list.
#[must_use]
pub fn entries() -> Select<journal_entry::Entity> {
    journal_entry::Entity::find()
}

/// The first entry of a document, with its lines.
///
/// # Errors
/// The database's.
pub async fn entry_of(
    conn: &impl ConnectionTrait,
    (kind, id): (DocumentKind, Uuid),
) -> Result<Option<(journal_entry::Model, Vec<journal_line::Model>)>, DbErr> {
    use journal_entry::Column;
    let entry = journal_entry::Entity::find()
        .filter(Column::DocumentId.eq(id))
        .filter(Column::DocumentKind.eq(kind))
        .order_by_asc(Column::Id)
        .one(conn)
        .await?;
    let Some(entry) = entry else { return Ok(None) };
    let lines = journal_line::Entity::find()
        .filter(journal_line::Column::EntryId.eq(entry.id))
        .order_by_asc(journal_line::Column::Position)
        .all(conn)
        .await?;
    Ok(Some((entry, lines)))
}
