//! Events: facts that others may hear, written inside the transaction, in commit order.
//!
//! On PostgreSQL numbers from a sequence are not in commit order by themselves. So a transaction
//! first does all its other work, then takes one cluster-wide lock, writes its events, and
//! commits; the lock is freed only when the commit is visible. SQLite has one writer anyway.

use entity::platform::event;
use entity::vocab::OperationId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QuerySelect, Statement, Value,
};
use uuid::Uuid;

use super::db::{Tx, places, rows};

/// The key of the lock that puts commits in order: "stockroom" has no other advisory locks of
/// this number.
const EVENT_LOCK: i64 = 0x5374_6f63_6b00_0001;

/// An event that is about to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// The command that caused it.
    pub operation_id: OperationId,
    /// What happened, for example `stock_level.changed`.
    pub kind: &'static str,
    /// Version of the shape of the facts.
    pub schema_version: i16,
    /// The record it is about.
    pub subject_id: Uuid,
    /// What is true since then, as JSON.
    pub facts: String,
}

const COLUMNS: &str = "operation_id, kind, schema_version, subject_id, facts, recorded_at";

/// Takes the event lock and writes the events; to be called last, right before COMMIT.
/// Returns the sequence number and the operation of each, in order.
///
/// # Errors
/// The database's.
pub async fn append(tx: &Tx, events: Vec<NewEvent>) -> Result<Vec<(i64, OperationId)>, DbErr> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    let mut values: Vec<Value> = Vec::with_capacity(events.len() * 6);
    for event in events {
        values.push(event.operation_id.into());
        values.push(event.kind.into());
        values.push(event.schema_version.into());
        values.push(event.subject_id.into());
        values.push(event.facts.into());
        values.push(tx.now().into());
    }
    let (rows, values) = rows(tx.backend(), (1, 6), values);
    // The lock is taken before a row leaves the join, and so before a number is drawn for it.
    let sql = match tx.backend() {
        DbBackend::Postgres => format!(
            "WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock({EVENT_LOCK})) \
             INSERT INTO event ({COLUMNS}) SELECT fact.* FROM turn CROSS JOIN ({rows}) \
             AS fact({COLUMNS}) RETURNING sequence, operation_id"
        ),
        _ => {
            format!("INSERT INTO event ({COLUMNS}) {rows} RETURNING sequence, operation_id")
        }
    };
    let statement = Statement::from_sql_and_values(tx.backend(), sql, values);
    let written = tx.conn().query_all_raw(statement).await?;
    written
        .iter()
        .map(|row| {
            Ok((
                row.try_get("", "sequence")?,
                row.try_get("", "operation_id")?,
            ))
        })
        .collect()
}

/// The highest number so far; 0 when there are no events.
///
/// # Errors
/// The database's.
pub async fn latest(conn: &impl ConnectionTrait) -> Result<i64, DbErr> {
    let last: Option<i64> = event::Entity::find()
        .select_only()
        .column_as(event::Column::Sequence.max(), "last")
        .into_tuple::<Option<i64>>()
        .one(conn)
        .await?
        .flatten();
    Ok(last.unwrap_or(0))
}

/// At most `limit` events after a number, in order.
///
/// # Errors
/// The database's.
pub async fn after(
    conn: &impl ConnectionTrait,
    sequence: i64,
    limit: u64,
) -> Result<Vec<event::Model>, DbErr> {
    // PostgreSQL would plan anew each time for the sake of a limit that is a parameter.
    let backend = conn.get_database_backend();
    let after = places(backend, 1, 1);
    let sql =
        format!("SELECT * FROM event WHERE sequence > {after} ORDER BY sequence LIMIT {limit}");
    let statement = Statement::from_sql_and_values(backend, sql, [sequence.into()]);
    event::Entity::find()
        .from_raw_sql(statement)
        .all(conn)
        .await
}
