//! Reads alerts; the ledger writes them.

use entity::stock::stock_alert::{Column, Entity, Model};
use entity::vocab::{StockAlertId, StockAlertKind};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::graphql::loader_by_id;
use crate::stock::level::store::LevelFilter;

loader_by_id!(entity::stock::stock_alert, StockAlertId);

/// All alerts, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// Only open ones, or all.
#[must_use]
pub fn standing(include_cleared: bool) -> Condition {
    if include_cleared {
        Condition::all()
    } else {
        Condition::all().add(Column::ClearedAt.is_null())
    }
}

/// Those of the levels that a filter means, and of these kinds; of any when there are none.
#[must_use]
pub fn of_levels(filter: &LevelFilter, kinds: &[StockAlertKind]) -> Condition {
    let mut all = Condition::all();
    if !kinds.is_empty() {
        all = all.add(Column::Kind.is_in(kinds.iter().copied()));
    }
    if !filter.variants.is_empty() {
        all = all.add(Column::VariantId.is_in(filter.variants.iter().copied()));
    }
    if !filter.warehouses.is_empty() {
        all = all.add(Column::WarehouseId.is_in(filter.warehouses.iter().copied()));
    }
    all
}

/// At most `limit` open alerts of these levels behind one, oldest first.
///
/// # Errors
/// The database's.
pub async fn open_behind(
    conn: &impl ConnectionTrait,
    wanted: Condition,
    behind: Option<StockAlertId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut select = Entity::find().filter(standing(false)).filter(wanted);
    if let Some(id) = behind {
        select = select.filter(Column::Id.gt(id));
    }
    select.order_by_asc(Column::Id).limit(limit).all(conn).await
}
