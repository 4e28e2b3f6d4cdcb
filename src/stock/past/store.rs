//! Reads what came and left by day.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use entity::vocab::{Amount, MovementKind, ProductVariantId, Quantity, WarehouseId};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use super::rules::{Balance, Flow, Period, Sum};
use crate::graphql::Fetch;
use crate::platform::db::rows;

/// Asks for a level in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PeriodOf {
    /// Of what.
    pub variant_id: ProductVariantId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Loader<PeriodOf> for Fetch {
    type Value = Period;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[PeriodOf]) -> Result<HashMap<PeriodOf, Period>, Self::Error> {
        let found = sums(self.db.reader(), keys).await?;
        let period =
            |(key, (now, sums)): (PeriodOf, (Balance, Vec<Sum>))| (key, Period::before(now, &sums));
        Ok(found.into_iter().map(period).collect())
    }
}

/// Keys per statement: SQLite takes at most 32,766 values.
const KEYS_MAX: usize = 1_000;

/// What is there now and what happened since the first day, by kind, seen at one moment: one
/// statement, for it would be wrong to add up what was read before and after a movement.
async fn sums(
    conn: &impl ConnectionTrait,
    keys: &[PeriodOf],
) -> Result<HashMap<PeriodOf, (Balance, Vec<Sum>)>, DbErr> {
    let mut found: HashMap<PeriodOf, (Balance, Vec<Sum>)> = HashMap::new();
    for keys in keys.chunks(KEYS_MAX) {
        for row in conn.query_all_raw(statement(conn, keys)).await? {
            let key = PeriodOf {
                variant_id: row.try_get("", "variant_id")?,
                warehouse_id: row.try_get("", "warehouse_id")?,
                first: row.try_get("", "first_day")?,
                last: row.try_get("", "last_day")?,
            };
            let now = balance(&row, "on_hand", "value")?;
            let (_, sums) = found.entry(key).or_insert_with(|| (now, Vec::new()));
            sums.extend(sum(&row)?);
        }
    }
    Ok(found)
}

fn statement(conn: &impl ConnectionTrait, keys: &[PeriodOf]) -> Statement {
    let values = keys.iter().flat_map(|key| {
        [
            Value::from(key.variant_id),
            Value::from(key.warehouse_id),
            Value::from(key.first),
            Value::from(key.last),
        ]
    });
    let backend = conn.get_database_backend();
    let (keys, values) = rows(backend, (1, 4), values.collect());
    let sql = format!(
        "SELECT asked.column1 AS variant_id, asked.column2 AS warehouse_id, \
         asked.column3 AS first_day, asked.column4 AS last_day, \
         level.sellable + level.quarantined AS on_hand, level.value AS value, day.kind AS kind, \
         {} AS quantity_in, {} AS value_in, {} AS quantity_out, {} AS value_out, \
         {} AS quantity_since, {} AS value_since \
         FROM ({keys}) AS asked \
         JOIN stock_level AS level ON level.variant_id = asked.column1 \
         AND level.warehouse_id = asked.column2 \
         LEFT JOIN stock_day AS day ON day.variant_id = level.variant_id \
         AND day.warehouse_id = level.warehouse_id AND day.happened_on >= asked.column3 \
         GROUP BY asked.column1, asked.column2, asked.column3, asked.column4, \
         level.sellable, level.quarantined, level.value, day.kind",
        during("quantity_in"),
        during("value_in"),
        during("quantity_out"),
        during("value_out"),
        since("quantity"),
        since("value"),
    );
    Statement::from_sql_and_values(backend, sql, values)
}

fn during(column: &str) -> String {
    format!(
        "CAST(SUM(CASE WHEN day.happened_on <= asked.column4 THEN day.{column} ELSE 0 END) \
         AS BIGINT)"
    )
}

fn since(column: &str) -> String {
    format!(
        "CAST(SUM(CASE WHEN day.happened_on > asked.column4 \
         THEN day.{column}_in - day.{column}_out ELSE 0 END) AS BIGINT)"
    )
}

/// What a kind of document did; none where nothing happened.
fn sum(row: &QueryResult) -> Result<Option<Sum>, DbErr> {
    let Some(kind) = row.try_get::<Option<MovementKind>>("", "kind")? else {
        return Ok(None);
    };
    let flow = Flow {
        kind,
        came: balance(row, "quantity_in", "value_in")?,
        left: balance(row, "quantity_out", "value_out")?,
    };
    Ok(Some(Sum {
        flow,
        since: balance(row, "quantity_since", "value_since")?,
    }))
}

fn balance(row: &QueryResult, quantity: &str, value: &str) -> Result<Balance, DbErr> {
    Ok(Balance {
        quantity: Quantity(row.try_get("", quantity)?),
        value: Amount(row.try_get("", value)?),
    })
}
