//! The lines of a statement and their running balance: pure.

use chrono::NaiveDate;
use entity::accounts::open_item;
use entity::vocab::{Amount, DocumentKind};

/// A document on a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// Its day.
    pub date: NaiveDate,
    /// What kind of document it is.
    pub kind: DocumentKind,
    /// Its number.
    pub number: String,
    /// What it made the customer owe more, or less when below zero.
    pub amount: Amount,
    /// What was owed after it.
    pub balance: Amount,
    /// Why, where the document does not say it.
    pub note: Option<String>,
}

/// One line per document, in the order of the items, with what was owed after each; and what was
/// owed at the end.
#[must_use]
pub fn lines(opening: Amount, items: &[open_item::Model]) -> (Vec<StatementLine>, Amount) {
    let mut lines: Vec<StatementLine> = Vec::with_capacity(items.len());
    let (mut balance, mut last) = (opening, None);
    for item in items {
        balance.0 += item.amount.0;
        let document = (item.document_kind, item.document_id);
        match lines.last_mut() {
            Some(line) if last == Some(document) => {
                line.amount.0 += item.amount.0;
                line.balance = balance;
            }
            _ => lines.push(StatementLine {
                date: item.date,
                kind: item.document_kind,
                number: item.number.clone(),
                amount: item.amount,
                balance,
                note: item.note.clone(),
            }),
        }
        last = Some(document);
    }
    (lines, balance)
}
