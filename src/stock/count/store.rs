//! The rows of stock counts and their lines.

use entity::catalog::product_variant;
use entity::platform::operation;
use entity::stock::{stock_count, stock_count_line, stock_level};
use entity::vocab::{
    PrincipalId, ProductVariantId, RecordStatus, StockAdjustmentId, StockCountId, WarehouseId,
};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, NotSet,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::stock::stock_count, StockCountId);
referable!(
    entity::stock::stock_count,
    StockCountId,
    "stock count",
    number(Number)
);

loader_of_many!(
    /// Asks for the lines of a count.
    LinesOf(StockCountId),
    entity::stock::stock_count_line, StockCountId(|row| Some(row.stock_count_id)),
    by Position
);

loader_of_many!(
    /// Asks for the count that an adjustment corrects: one at most.
    CountOf(StockAdjustmentId),
    entity::stock::stock_count, StockAdjustmentId(|row| row.stock_adjustment_id),
    by Number
);

/// All counts, for a list.
#[must_use]
pub fn all() -> Select<stock_count::Entity> {
    stock_count::Entity::find()
}

/// The lines of a count, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: StockCountId,
) -> Result<Vec<stock_count_line::Model>, DbErr> {
    use stock_count_line::Column;
    stock_count_line::Entity::find()
        .filter(Column::StockCountId.eq(id))
        .order_by_asc(Column::Position)
        .all(conn)
        .await
}

/// Variants in use that a warehouse has a level of, by SKU; so many at most.
///
/// # Errors
/// The database's.
pub async fn variants_of(
    conn: &impl ConnectionTrait,
    warehouse: WarehouseId,
    limit: u64,
) -> Result<Vec<ProductVariantId>, DbErr> {
    use product_variant::Column;
    let levels = Query::select()
        .column(stock_level::Column::VariantId)
        .from(stock_level::Entity)
        .and_where(stock_level::Column::WarehouseId.eq(warehouse))
        .to_owned();
    let rows = product_variant::Entity::find()
        .filter(Column::Id.in_subquery(levels))
        .filter(Column::Status.eq(RecordStatus::Active))
        .filter(Column::IsStockTracked.eq(true))
        .order_by_asc(Column::SkuKey)
        .limit(limit)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The lines by which these variants are being counted in a warehouse.
///
/// # Errors
/// The database's.
pub async fn open_lines(
    conn: &impl ConnectionTrait,
    warehouse: WarehouseId,
    variants: &[ProductVariantId],
) -> Result<Vec<stock_count_line::Model>, DbErr> {
    use stock_count_line::Column;
    stock_count_line::Entity::find()
        .filter(Column::VariantId.is_in(variants.iter().copied()))
        .filter(Column::OpenWarehouseId.eq(warehouse))
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// The numbers of counts, in order.
///
/// # Errors
/// The database's.
pub async fn numbers(
    conn: &impl ConnectionTrait,
    ids: Vec<StockCountId>,
) -> Result<Vec<String>, DbErr> {
    let rows = stock_count::Entity::find()
        .filter(stock_count::Column::Id.is_in(ids))
        .order_by_asc(stock_count::Column::Number)
        .all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.number).collect())
}

/// Whether somebody recorded any line of a count, ever: every call that did left its operation.
///
/// # Errors
/// The database's.
pub async fn was_counted_by(
    conn: &impl ConnectionTrait,
    id: StockCountId,
    caller: PrincipalId,
) -> Result<bool, DbErr> {
    use operation::Column;
    let one = operation::Entity::find()
        .filter(Column::RecordId.eq(id.0))
        .filter(Column::CallerId.eq(caller))
        .filter(Column::Command.eq(super::tally::COMMAND))
        .one(conn)
        .await?;
    Ok(one.is_some())
}

/// Writes a new count and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    count: stock_count::Model,
    lines: Vec<stock_count_line::Model>,
) -> Result<(), DbErr> {
    stock_count::Entity::insert(count.into_active_model())
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    stock_count_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a count that is locked, as it is now.
///
/// # Errors
/// The database's.
pub async fn save(conn: &impl ConnectionTrait, count: stock_count::Model) -> Result<(), DbErr> {
    let id = count.id;
    let mut changed = count.into_active_model().reset_all();
    changed.id = NotSet;
    stock_count::Entity::update_many()
        .set(changed)
        .filter(stock_count::Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Notes on lines what was counted.
///
/// # Errors
/// The database's.
pub async fn set_lines(
    conn: &impl ConnectionTrait,
    lines: Vec<stock_count_line::Model>,
) -> Result<(), DbErr> {
    use stock_count_line::Column;
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_columns([
            Column::Counted,
            Column::Expected,
            Column::TimesCounted,
            Column::CountedBy,
            Column::CountedAt,
        ])
        .to_owned();
    stock_count_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Frees the variants of a count: others may count them from now on.
///
/// # Errors
/// The database's.
pub async fn close_lines(conn: &impl ConnectionTrait, id: StockCountId) -> Result<(), DbErr> {
    use stock_count_line::Column;
    stock_count_line::Entity::update_many()
        .col_expr(Column::OpenWarehouseId, Expr::value(None::<WarehouseId>))
        .filter(Column::StockCountId.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}
