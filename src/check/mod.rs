//! `stockroom check`: recomputes every balance from the ledgers and documents, and names each
//! difference. It shares nothing with the code that posts: it is written in SQL, from the books.

mod accounts;
mod references;
mod rules;
mod stock_documents;

use std::fmt;

use entity::vocab::Quantity;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::platform::db::Db;
use rules::{RULES, Rule};

/// What a difference is about that concerns no single record.
const BOOKS: &str = "the books";

/// A stored number that is not what the books say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rule that does not hold.
    pub rule: &'static str,
    /// The record, by its ids.
    pub record: String,
    /// What is stored.
    pub stored: String,
    /// What the books say.
    pub expected: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            record,
            stored,
            expected,
        } = self;
        write!(f, "{rule}: {record}: stored {stored}, expected {expected}")
    }
}

/// What must hold: the name of every rule.
#[must_use]
pub fn rule_names() -> Vec<&'static str> {
    all_rules().map(|rule| rule.name).collect()
}

fn all_rules() -> impl Iterator<Item = &'static Rule> {
    RULES
        .iter()
        .chain(references::RULES)
        .chain(stock_documents::RULES)
        .chain(accounts::RULES)
}

/// Recomputes everything in one snapshot, while the system runs.
///
/// # Errors
/// The database's.
pub async fn run(db: &Db) -> Result<Vec<Difference>, DbErr> {
    db.snapshot(|tx| {
        Box::pin(async move {
            if tx.get_database_backend() == DbBackend::Postgres {
                // Adding up ten million lines takes longer than a request may.
                tx.execute_unprepared("SET LOCAL statement_timeout = 0")
                    .await?;
            }
            let mut differences = Vec::new();
            for rule in all_rules() {
                differences.extend(differences_of(tx, rule).await?);
            }
            Ok(differences)
        })
    })
    .await
}

/// Adds up both sides of a rule per record, and keeps the records where they differ.
async fn differences_of(tx: &DatabaseTransaction, rule: &Rule) -> Result<Vec<Difference>, DbErr> {
    let sql = format!(
        "SELECT a, b, CAST(SUM(stored) AS BIGINT) AS stored, \
         CAST(SUM(expected) AS BIGINT) AS expected FROM ({}) AS sides \
         GROUP BY a, b HAVING SUM(stored) <> SUM(expected)",
        rule.sides
    );
    let rows = tx
        .query_all_raw(Statement::from_string(tx.get_database_backend(), sql))
        .await?;
    rows.iter()
        .map(|row| {
            let a: Option<Uuid> = row.try_get("", "a")?;
            let b: Option<Uuid> = row.try_get("", "b")?;
            let number = |column| row.try_get::<i64>("", column).map(Quantity);
            let mut record = a.map_or_else(|| BOOKS.to_owned(), rule.name_a);
            if let (Some(name_b), Some(b)) = (rule.name_b, b) {
                record = format!("{record} in {}", name_b(b));
            }
            Ok(Difference {
                rule: rule.name,
                record,
                stored: number("stored")?.to_string(),
                expected: number("expected")?.to_string(),
            })
        })
        .collect()
}
