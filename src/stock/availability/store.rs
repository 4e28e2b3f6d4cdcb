//! Reads what is available and what is announced, at one moment.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use chrono::NaiveDate;
use entity::vocab::{Instant, ProductVariantId, Quantity, WarehouseId};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::graphql::Fetch;
use crate::platform::clock;
use crate::platform::db::{places, rows};

/// Asks what of a level can be promised for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PromiseOn {
    /// Of what.
    pub variant_id: ProductVariantId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// The day.
    pub day: NaiveDate,
}

impl Loader<PromiseOn> for Fetch {
    type Value = Quantity;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[PromiseOn]) -> Result<HashMap<PromiseOn, Quantity>, Self::Error> {
        let conn = self.db.reader();
        let mut found = HashMap::with_capacity(keys.len());
        for keys in keys.chunks(KEYS_MAX) {
            for row in conn
                .query_all_raw(statement(conn, keys, clock::now()))
                .await?
            {
                let key = PromiseOn {
                    variant_id: row.try_get("", "variant_id")?,
                    warehouse_id: row.try_get("", "warehouse_id")?,
                    day: row.try_get("", "day")?,
                };
                found.insert(key, Quantity(row.try_get("", "promise")?));
            }
        }
        Ok(found)
    }
}

/// Keys per statement: SQLite takes at most 32,766 values.
const KEYS_MAX: usize = 1_000;

/// What is available without expired holds, and what is announced until the day: one statement, for
/// goods that arrive meanwhile must not be counted twice or not at all.
fn statement(conn: &impl ConnectionTrait, keys: &[PromiseOn], now: Instant) -> Statement {
    let backend = conn.get_database_backend();
    let values = keys.iter().flat_map(|key| {
        [
            Value::from(key.variant_id),
            Value::from(key.warehouse_id),
            Value::from(key.day),
        ]
    });
    let [due, expired] = [1, 2].map(|place| places(backend, place, 1));
    let (keys, of_keys) = rows(backend, (3, 3), values.collect());
    let sql = format!(
        "SELECT asked.column1 AS variant_id, asked.column2 AS warehouse_id, \
         asked.column3 AS day, \
         CAST(level.sellable - level.reserved - level.backordered \
         + CASE WHEN level.hold_expires_at <= {due} THEN \
         (SELECT COALESCE(SUM(held.reserved + held.backordered), 0) FROM reservation AS held \
         WHERE held.variant_id = level.variant_id AND held.warehouse_id = level.warehouse_id \
         AND held.state = 'ACTIVE' AND held.expires_at <= {expired}) ELSE 0 END \
         + (SELECT COALESCE(SUM(supply.incoming), 0) FROM supply \
         WHERE supply.variant_id = level.variant_id \
         AND supply.warehouse_id = level.warehouse_id \
         AND supply.incoming > 0 AND supply.due_on <= asked.column3) AS BIGINT) AS promise \
         FROM ({keys}) AS asked JOIN stock_level AS level \
         ON level.variant_id = asked.column1 AND level.warehouse_id = asked.column2"
    );
    let now = [Value::from(now.0), Value::from(now.0)];
    Statement::from_sql_and_values(backend, sql, now.into_iter().chain(of_keys))
}
