//! Reads levels and what they are made of, in one snapshot.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::stock::{reservation, stock_level, stock_movement};
use entity::vocab::{
    Instant, ProductVariantId, PurchaseOrderLineId, StockTransferLineId, WarehouseId,
};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryResult, Statement, Value,
};

use super::rules::{self, Arrival, Layer, Parts};
use crate::graphql::Fetch;
use crate::platform::clock;
use crate::platform::db::{places, rows};
use crate::stock::ledger::{LevelKey, Supply};
use crate::stock::level::store::free_expired;

/// So many of each kind are listed at most, and so many movements walked back.
pub const LISTED_MAX: usize = 100;

/// Asks what a level is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ExplanationOf {
    /// The level.
    pub key: LevelKey,
    /// So many of each kind are listed.
    pub first: usize,
}

impl Loader<ExplanationOf> for Fetch {
    type Value = Parts;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[ExplanationOf],
    ) -> Result<HashMap<ExplanationOf, Parts>, Self::Error> {
        let mut levels: Vec<LevelKey> = keys.iter().map(|asked| asked.key).collect();
        levels.sort_unstable();
        levels.dedup();
        let now = clock::now();
        let read = self.db.snapshot(move |tx| {
            Box::pin(async move {
                let found = read_levels(tx, &levels, now).await?;
                let is_fifo = |key: &&LevelKey| found.get(*key).is_some_and(rules::is_fifo);
                let fifo: Vec<LevelKey> = levels.iter().filter(is_fifo).copied().collect();
                Ok(Read {
                    promises: by_level(read_promises(tx, &levels, now).await?, |row| {
                        (row.variant_id, row.warehouse_id)
                    }),
                    arrivals: read_arrivals(tx, &levels).await?,
                    came: read_movements(tx, &levels).await?,
                    layers: read_layers(tx, &fifo).await?,
                    levels: found,
                })
            })
        });
        let read = read.await?;
        let of = |asked: &ExplanationOf| Some((*asked, read.parts(asked)?));
        Ok(keys.iter().filter_map(of).collect())
    }
}

/// What was read of all levels.
struct Read {
    levels: HashMap<LevelKey, stock_level::Model>,
    promises: HashMap<LevelKey, Vec<reservation::Model>>,
    arrivals: HashMap<LevelKey, Vec<Arrival>>,
    came: HashMap<LevelKey, Vec<stock_movement::Model>>,
    layers: HashMap<LevelKey, Vec<Layer>>,
}

impl Read {
    fn parts(&self, asked: &ExplanationOf) -> Option<Parts> {
        let level = self.levels.get(&asked.key)?.clone();
        let of = |rows: Option<&Vec<_>>| rows.cloned().unwrap_or_default();
        let mut promises: Vec<reservation::Model> = of(self.promises.get(&asked.key));
        promises.truncate(asked.first);
        let announced = self.arrivals.get(&asked.key).map_or(&[][..], Vec::as_slice);
        let came = self.came.get(&asked.key).cloned().unwrap_or_default();
        let mut parts = Parts {
            level,
            promises,
            arrivals: announced.iter().take(asked.first).copied().collect(),
            layers: Vec::new(),
        };
        parts.layers = if rules::is_fifo(&parts.level) {
            let layers = self.layers.get(&asked.key).map_or(&[][..], Vec::as_slice);
            layers.iter().take(asked.first).cloned().collect()
        } else {
            rules::layers(parts.on_hand(), came, asked.first)
        };
        Some(parts)
    }
}

fn by_level<T>(rows: Vec<T>, key: impl Fn(&T) -> LevelKey) -> HashMap<LevelKey, Vec<T>> {
    let mut found: HashMap<LevelKey, Vec<T>> = HashMap::new();
    for row in rows {
        found.entry(key(&row)).or_default().push(row);
    }
    found
}

/// The levels as a table of two columns, and its values.
fn table(backend: DbBackend, levels: &[LevelKey]) -> (String, Vec<Value>) {
    let values = levels
        .iter()
        .flat_map(|(variant, warehouse)| [Value::from(*variant), Value::from(*warehouse)]);
    rows(backend, (1, 2), values.collect())
}

async fn read_levels(
    conn: &impl ConnectionTrait,
    levels: &[LevelKey],
    now: Instant,
) -> Result<HashMap<LevelKey, stock_level::Model>, DbErr> {
    let backend = conn.get_database_backend();
    let (asked, values) = table(backend, levels);
    let sql = format!(
        "SELECT level.* FROM ({asked}) AS asked JOIN stock_level AS level \
         ON level.variant_id = asked.column1 AND level.warehouse_id = asked.column2"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut rows = stock_level::Entity::find()
        .from_raw_sql(statement)
        .all(conn)
        .await?;
    free_expired(conn, &mut rows, now).await?;
    let keyed = |row: stock_level::Model| ((row.variant_id, row.warehouse_id), row);
    Ok(rows.into_iter().map(keyed).collect())
}

/// The active reservations of each level, as they are served; what expired holds keep is free.
async fn read_promises(
    conn: &impl ConnectionTrait,
    levels: &[LevelKey],
    now: Instant,
) -> Result<Vec<reservation::Model>, DbErr> {
    let backend = conn.get_database_backend();
    let (asked, mut values) = table(backend, levels);
    let now_at = places(backend, values.len() + 1, 1);
    values.push(now.into());
    let sql = format!(
        "SELECT * FROM (SELECT reservation.*, ROW_NUMBER() OVER (PARTITION BY \
         reservation.variant_id, reservation.warehouse_id ORDER BY reservation.priority DESC, \
         reservation.id) AS place \
         FROM ({asked}) AS asked JOIN reservation ON reservation.variant_id = asked.column1 \
         AND reservation.warehouse_id = asked.column2 WHERE reservation.state = 'ACTIVE' \
         AND (reservation.expires_at IS NULL OR reservation.expires_at > {now_at})) AS first \
         WHERE place <= {LISTED_MAX} ORDER BY priority DESC, id"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let found = reservation::Entity::find().from_raw_sql(statement);
    found.all(conn).await
}

/// What each line announces that has not come yet, those due first at the front.
async fn read_arrivals(
    conn: &impl ConnectionTrait,
    levels: &[LevelKey],
) -> Result<HashMap<LevelKey, Vec<Arrival>>, DbErr> {
    let backend = conn.get_database_backend();
    let (asked, values) = table(backend, levels);
    let sql = format!(
        "SELECT supply.* FROM ({asked}) AS asked JOIN supply \
         ON supply.variant_id = asked.column1 AND supply.warehouse_id = asked.column2 \
         WHERE supply.incoming > 0 ORDER BY supply.due_on, supply.line_id"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut found: HashMap<LevelKey, Vec<Arrival>> = HashMap::new();
    for row in conn.query_all_raw(statement).await? {
        let (key, arrival) = arrival(&row)?;
        found.entry(key).or_default().push(arrival);
    }
    Ok(found)
}

fn arrival(row: &QueryResult) -> Result<(LevelKey, Arrival), DbErr> {
    let key = (
        row.try_get::<ProductVariantId>("", "variant_id")?,
        row.try_get::<WarehouseId>("", "warehouse_id")?,
    );
    let ordered: Option<PurchaseOrderLineId> = row.try_get("", "purchase_order_line_id")?;
    let sent: Option<StockTransferLineId> = row.try_get("", "stock_transfer_line_id")?;
    let ordered = ordered.map(Supply::PurchaseOrderLine);
    let supply = ordered.or(sent.map(Supply::TransferLine));
    let arrival = Arrival {
        supply: supply.ok_or_else(|| DbErr::Custom("goods nobody announced".to_owned()))?,
        due_on: row.try_get("", "due_on")?,
        quantity: row.try_get("", "incoming")?,
    };
    Ok((key, arrival))
}

/// The latest goods that came to each level and were not taken back, the latest first. What takes a
/// movement back undoes it: both are left out.
async fn read_movements(
    conn: &impl ConnectionTrait,
    levels: &[LevelKey],
) -> Result<HashMap<LevelKey, Vec<stock_movement::Model>>, DbErr> {
    let backend = conn.get_database_backend();
    let (asked, values) = table(backend, levels);
    let sql = format!(
        "SELECT came.* FROM (SELECT asked.column1 AS variant_id, asked.column2 AS warehouse_id, \
         (SELECT MIN(id) FROM (SELECT latest.id FROM stock_movement AS latest \
         WHERE latest.variant_id = asked.column1 AND latest.to_warehouse_id = asked.column2 \
         AND latest.from_warehouse_id IS NULL ORDER BY latest.id DESC LIMIT {LISTED_MAX}) AS ids) \
         AS since FROM ({asked}) AS asked) AS asked JOIN stock_movement AS came \
         ON came.variant_id = asked.variant_id AND came.to_warehouse_id = asked.warehouse_id \
         AND came.from_warehouse_id IS NULL AND came.id >= asked.since \
         WHERE came.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM stock_movement AS undone \
         WHERE undone.reverses_id = came.id) ORDER BY came.id DESC"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    if backend == DbBackend::Postgres {
        // It takes the conditions on the two warehouses for independent, expects a handful of
        // movements, and would read and sort all that ever came instead of walking back.
        conn.execute_unprepared("SET LOCAL enable_bitmapscan = off")
            .await?;
    }
    let found = stock_movement::Entity::find().from_raw_sql(statement);
    let rows = found.all(conn).await?.into_iter();
    let keyed = rows.filter_map(|row| Some(((row.variant_id, row.to_warehouse_id?), row)));
    let mut came: HashMap<LevelKey, Vec<stock_movement::Model>> = HashMap::new();
    for (key, row) in keyed {
        came.entry(key).or_default().push(row);
    }
    Ok(came)
}

/// The latest layers of costs of each level, the latest first, with the movements that made them.
/// No statement where no level has layers.
async fn read_layers(
    conn: &impl ConnectionTrait,
    levels: &[LevelKey],
) -> Result<HashMap<LevelKey, Vec<Layer>>, DbErr> {
    if levels.is_empty() {
        return Ok(HashMap::new());
    }
    let backend = conn.get_database_backend();
    let (asked, values) = table(backend, levels);
    let sql = format!(
        "SELECT movement.*, latest.quantity AS left_quantity, latest.value AS left_value, \
         latest.warehouse_id FROM (SELECT layer.*, ROW_NUMBER() OVER (PARTITION BY \
         layer.variant_id, layer.warehouse_id ORDER BY layer.position DESC) AS place \
         FROM ({asked}) AS asked JOIN cost_layer AS layer ON layer.variant_id = asked.column1 \
         AND layer.warehouse_id = asked.column2) AS latest \
         JOIN stock_movement AS movement ON movement.cost_layer_id = latest.id \
         WHERE latest.place <= {LISTED_MAX} ORDER BY latest.position DESC"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let mut found: HashMap<LevelKey, Vec<Layer>> = HashMap::new();
    for row in conn.query_all_raw(statement).await? {
        let movement = stock_movement::Model::from_query_result(&row, "")?;
        let key = (movement.variant_id, row.try_get("", "warehouse_id")?);
        let layer = Layer {
            movement,
            quantity: row.try_get("", "left_quantity")?,
            value: row.try_get("", "left_value")?,
        };
        found.entry(key).or_default().push(layer);
    }
    Ok(found)
}
