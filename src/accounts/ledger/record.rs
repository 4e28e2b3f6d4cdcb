//! Writes entries of the journal: a fixed number of multi-row statements.

use entity::accounts::{account_day, journal_entry, journal_line};
use entity::vocab::Amount;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, EntityTrait, ExprTrait};

use super::rules::{self, Entry, Line};
use crate::accounts::period::guard::check_days;
use crate::platform::db::{Tx, TxError};

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// Posts entries. The days of the accounts are locked until the transaction ends, in one order:
/// call it late, after numbers were taken and before events are written.
///
/// # Errors
/// The database's, and where a day is locked; an internal error when an entry is not balanced.
pub async fn post(tx: &Tx, entries: &[Entry]) -> Result<(), TxError> {
    if entries.is_empty() {
        return Ok(());
    }
    if let Some(entry) = entries.iter().find(|entry| !entry.is_balanced()) {
        return Err(TxError::internal(format!(
            "an entry for {} that is not balanced",
            entry.document.0.as_str()
        )));
    }
    check_days(tx, entries.iter().map(|entry| entry.posting.date)).await?;
    for rows in entries.chunks(ROWS_MAX) {
        journal_entry::Entity::insert_many(rows.iter().map(entry_row))
            .exec_without_returning(tx.conn())
            .await?;
    }
    let lines: Vec<_> = entries.iter().flat_map(line_rows).collect();
    for rows in lines.chunks(ROWS_MAX) {
        journal_line::Entity::insert_many(rows.to_vec())
            .exec_without_returning(tx.conn())
            .await?;
    }
    add_days(tx, entries).await
}

/// In the order of account and day, so that two callers do not lock crosswise.
async fn add_days(tx: &Tx, entries: &[Entry]) -> Result<(), TxError> {
    use account_day::Column::{Account, Credit, Date, Debit};
    let rows = rules::days(entries)
        .into_iter()
        .map(
            |((_, date), (account, debit, credit))| account_day::ActiveModel {
                account: Set(account),
                date: Set(date),
                debit: Set(Amount(debit)),
                credit: Set(Amount(credit)),
            },
        );
    let plus =
        |column, new: &'static str| Expr::col((account_day::Entity, column)).add(Expr::cust(new));
    let add = OnConflict::columns([Account, Date])
        .value(Debit, plus(Debit, "excluded.debit"))
        .value(Credit, plus(Credit, "excluded.credit"))
        .to_owned();
    account_day::Entity::insert_many(rows)
        .on_conflict(add)
        .exec_without_returning(tx.conn())
        .await?;
    Ok(())
}

fn entry_row(entry: &Entry) -> journal_entry::ActiveModel {
    let posting = entry.posting;
    journal_entry::ActiveModel {
        id: Set(entry.id),
        operation_id: Set(posting.operation_id),
        date: Set(posting.date),
        document_kind: Set(entry.document.0),
        document_id: Set(entry.document.1),
        reverses_id: Set(entry.reverses),
        recorded_at: Set(posting.now),
        recorded_by: Set(posting.actor),
    }
}

fn line_rows(entry: &Entry) -> Vec<journal_line::ActiveModel> {
    let row = |(index, line): (usize, &Line)| journal_line::ActiveModel {
        entry_id: Set(entry.id),
        position: Set(i32::try_from(index + 1).expect("an entry has few lines")),
        account: Set(line.account),
        amount: Set(line.amount),
        customer_id: Set(line.party.and_then(super::Party::customer)),
        supplier_id: Set(line.party.and_then(super::Party::supplier)),
    };
    entry.lines.iter().enumerate().map(row).collect()
}
