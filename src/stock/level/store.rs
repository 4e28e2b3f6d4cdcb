//! Reads levels. What holds keep whose time ran out is free at once, so a read subtracts it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::stock::{reservation, stock_level};
use entity::vocab::{Instant, ProductVariantId, Quantity, ReservationState, WarehouseId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, Statement, Value,
};

use crate::graphql::Fetch;
use crate::platform::clock;
use crate::platform::db::rows;
use crate::platform::page::{self, Cursor, Ordering, Page, PageRequest};
use crate::stock::ledger::LevelKey;

/// Which levels are meant; an empty list means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LevelFilter {
    /// Of these variants.
    pub variants: Vec<ProductVariantId>,
    /// In these warehouses.
    pub warehouses: Vec<WarehouseId>,
}

impl LevelFilter {
    /// Whether a level is meant.
    #[must_use]
    pub fn matches(&self, level: &stock_level::Model) -> bool {
        let any = |empty: bool, contains: bool| empty || contains;
        any(
            self.variants.is_empty(),
            self.variants.contains(&level.variant_id),
        ) && any(
            self.warehouses.is_empty(),
            self.warehouses.contains(&level.warehouse_id),
        )
    }

    /// The levels that are meant.
    #[must_use]
    pub fn select(&self) -> Select<stock_level::Entity> {
        let mut select = stock_level::Entity::find();
        if !self.variants.is_empty() {
            let variants = self.variants.iter().copied();
            select = select.filter(stock_level::Column::VariantId.is_in(variants));
        }
        if !self.warehouses.is_empty() {
            let warehouses = self.warehouses.iter().copied();
            select = select.filter(stock_level::Column::WarehouseId.is_in(warehouses));
        }
        select
    }
}

/// Subtracts what expired holds still keep; one statement, and none where no hold is due.
///
/// # Errors
/// The database's.
pub async fn free_expired(
    conn: &impl ConnectionTrait,
    levels: &mut [stock_level::Model],
    now: Instant,
) -> Result<(), DbErr> {
    use reservation::Column;
    let mut due = Condition::any();
    for level in levels
        .iter()
        .filter(|level| level.hold_expires_at.is_some_and(|at| at <= now))
    {
        due = due.add(
            Condition::all()
                .add(Column::VariantId.eq(level.variant_id))
                .add(Column::WarehouseId.eq(level.warehouse_id)),
        );
    }
    if due.is_empty() {
        return Ok(());
    }
    let expired: Vec<(ProductVariantId, WarehouseId, Quantity, Quantity)> =
        reservation::Entity::find()
            .select_only()
            .columns([
                Column::VariantId,
                Column::WarehouseId,
                Column::Reserved,
                Column::Backordered,
            ])
            .filter(due)
            .filter(Column::State.eq(ReservationState::Active))
            .filter(Column::ExpiresAt.lte(now))
            .into_tuple()
            .all(conn)
            .await?;
    for (variant_id, warehouse_id, reserved, backordered) in expired {
        let its_level = |level: &&mut stock_level::Model| {
            (level.variant_id, level.warehouse_id) == (variant_id, warehouse_id)
        };
        if let Some(level) = levels.iter_mut().find(its_level) {
            level.reserved.0 -= reserved.0;
            level.backordered.0 -= backordered.0;
        }
    }
    Ok(())
}

/// The levels of these variants and warehouses that there are.
///
/// # Errors
/// The database's.
pub async fn of_keys(
    conn: &impl ConnectionTrait,
    keys: &BTreeSet<LevelKey>,
    now: Instant,
) -> Result<Vec<stock_level::Model>, DbErr> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let backend = conn.get_database_backend();
    let values = keys
        .iter()
        .flat_map(|(variant, warehouse)| [Value::from(*variant), Value::from(*warehouse)]);
    let (pairs, values) = rows(backend, (1, 2), values.collect());
    let sql = format!(
        "SELECT * FROM stock_level WHERE (variant_id, warehouse_id) IN ({pairs}) \
         ORDER BY variant_id, warehouse_id"
    );
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let found = stock_level::Entity::find().from_raw_sql(statement);
    let mut found = found.all(conn).await?;
    free_expired(conn, &mut found, now).await?;
    Ok(found)
}

/// One level; none when the variant never was nor was wanted there.
///
/// # Errors
/// The database's.
pub async fn one(
    conn: &impl ConnectionTrait,
    variant_id: ProductVariantId,
    warehouse_id: WarehouseId,
) -> Result<Option<stock_level::Model>, DbErr> {
    let row = stock_level::Entity::find_by_id((variant_id, warehouse_id))
        .one(conn)
        .await?;
    let mut rows: Vec<_> = row.into_iter().collect();
    free_expired(conn, &mut rows, clock::now()).await?;
    Ok(rows.pop())
}

/// The order of lists of levels: variant and warehouse.
#[must_use]
pub fn ordering() -> Ordering<stock_level::Entity> {
    use stock_level::Column::{VariantId, WarehouseId};
    Ordering {
        name: "StockLevel".to_owned(),
        columns: vec![VariantId, WarehouseId],
        descending: false,
    }
}

/// A part of the levels of a filter.
///
/// # Errors
/// The database's.
pub async fn page(
    conn: &impl ConnectionTrait,
    filter: &LevelFilter,
    request: PageRequest,
) -> Result<Page<stock_level::Model>, DbErr> {
    let mut page = page::fetch(conn, filter.select(), &ordering(), request).await?;
    free_expired(conn, &mut page.rows, clock::now()).await?;
    Ok(page)
}

/// How many levels a filter means.
///
/// # Errors
/// The database's.
pub async fn count(conn: &impl ConnectionTrait, filter: &LevelFilter) -> Result<u64, DbErr> {
    filter.select().count(conn).await
}

/// At most `limit` levels of a filter behind a level.
///
/// # Errors
/// The database's.
pub async fn behind(
    conn: &impl ConnectionTrait,
    filter: &LevelFilter,
    behind: Option<(ProductVariantId, WarehouseId)>,
    limit: u64,
) -> Result<Vec<stock_level::Model>, DbErr> {
    let place = |(variant, warehouse): (ProductVariantId, WarehouseId)| {
        vec![Cursor::Uuid(variant.0), Cursor::Uuid(warehouse.0)]
    };
    let request = PageRequest {
        limit,
        from: behind.map(place),
        backwards: false,
    };
    Ok(page(conn, filter, request).await?.rows)
}

/// Asks for one level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LevelAt(pub LevelKey);

impl Loader<LevelAt> for Fetch {
    type Value = stock_level::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LevelAt]) -> Result<HashMap<LevelAt, Self::Value>, Self::Error> {
        let keys = keys.iter().map(|key| key.0).collect();
        let rows = of_keys(self.db.reader(), &keys, clock::now()).await?;
        let keyed = |row: stock_level::Model| (LevelAt((row.variant_id, row.warehouse_id)), row);
        Ok(rows.into_iter().map(keyed).collect())
    }
}

/// Asks for the levels of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LevelsOf(pub ProductVariantId);

impl Loader<LevelsOf> for Fetch {
    type Value = Vec<stock_level::Model>;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LevelsOf]) -> Result<HashMap<LevelsOf, Self::Value>, Self::Error> {
        let mut rows = stock_level::Entity::find()
            .filter(stock_level::Column::VariantId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(stock_level::Column::VariantId)
            .order_by_asc(stock_level::Column::WarehouseId)
            .all(self.db.reader())
            .await?;
        free_expired(self.db.reader(), &mut rows, clock::now()).await?;
        let mut found: HashMap<LevelsOf, Self::Value> = HashMap::new();
        for row in rows {
            found.entry(LevelsOf(row.variant_id)).or_default().push(row);
        }
        Ok(found)
    }
}
