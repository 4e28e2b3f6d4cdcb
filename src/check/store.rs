//! Asks the database whether rules hold.

use entity::vocab::{ProductVariantId, Quantity};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};
use uuid::Uuid;

use super::Difference;
use super::parts::{self, Part};
use super::rules::Rule;
use crate::platform::db::{Db, places};

/// What a difference is about that concerns no single record.
const BOOKS: &str = "the books";

/// What is to be checked.
#[derive(Clone, Debug)]
pub struct Question {
    /// These parts.
    pub parts: Vec<Part>,
    /// Only what levels of this variant say: rules about other records are left out.
    pub variant: Option<ProductVariantId>,
    /// So many differences of a rule are told.
    pub differences: usize,
}

/// What became of a rule.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What must hold.
    pub rule: &'static str,
    /// The part it belongs to.
    pub part: Part,
    /// Where it does not hold.
    pub differences: Vec<Difference>,
    /// Whether there are more than were to be told.
    pub has_more: bool,
}

impl Question {
    /// The rules that answer it.
    #[must_use]
    pub fn rules(&self) -> Vec<(Part, &'static Rule)> {
        parts::all()
            .filter(|(part, _)| self.parts.contains(part))
            .filter(|(_, rule)| self.variant.is_none() || rule.is_about_levels)
            .collect()
    }
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
            for (_, rule) in parts::all() {
                differences.extend(differences_of(tx, rule, None, None).await?);
            }
            Ok(differences)
        })
    })
    .await
}

/// Recomputes some of it in one snapshot, while the system runs.
///
/// # Errors
/// The database's.
pub async fn ask(db: &Db, question: &Question) -> Result<Vec<Checked>, DbErr> {
    let (rules, most) = (question.rules(), question.differences);
    let variant = question.variant;
    db.snapshot(move |tx| {
        Box::pin(async move {
            let mut checked = Vec::with_capacity(rules.len());
            for (part, rule) in rules {
                let found = differences_of(tx, rule, variant, Some(most + 1)).await?;
                let has_more = found.len() > most;
                checked.push(Checked {
                    rule: rule.name,
                    part,
                    differences: found.into_iter().take(most).collect(),
                    has_more,
                });
            }
            Ok(checked)
        })
    })
    .await
}

/// Adds up both sides of a rule per record, and keeps the records where they differ.
async fn differences_of(
    tx: &DatabaseTransaction,
    rule: &Rule,
    variant: Option<ProductVariantId>,
    most: Option<usize>,
) -> Result<Vec<Difference>, DbErr> {
    let backend = tx.get_database_backend();
    let mut values: Vec<Value> = Vec::new();
    let mut wanted = String::new();
    if let Some(id) = variant {
        wanted = format!("WHERE a IN {}", places(backend, 1, 1));
        values.push(id.into());
    }
    let limit = most.map_or(String::new(), |most| format!("ORDER BY a, b LIMIT {most}"));
    let sql = format!(
        "SELECT a, b, CAST(SUM(stored) AS BIGINT) AS stored, \
         CAST(SUM(expected) AS BIGINT) AS expected FROM ({}) AS sides {wanted} \
         GROUP BY a, b HAVING SUM(stored) <> SUM(expected) {limit}",
        rule.sides
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = tx.query_all_raw(statement).await?;
    rows.iter().map(|row| difference(rule, row)).collect()
}

fn difference(rule: &Rule, row: &QueryResult) -> Result<Difference, DbErr> {
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
}
