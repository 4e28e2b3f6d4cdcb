//! The rows of adjustments and their lines.

use entity::stock::{stock_adjustment, stock_adjustment_line, stock_movement};
use entity::vocab::{StockAdjustmentId, StockAdjustmentLineId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, NotSet,
    QueryFilter, QueryOrder, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::stock::stock_adjustment, StockAdjustmentId);
loader_by_id!(entity::stock::stock_adjustment_line, StockAdjustmentLineId);
referable!(
    entity::stock::stock_adjustment,
    StockAdjustmentId,
    "adjustment",
    number(Number)
);

loader_of_many!(
    /// Asks for the lines of an adjustment.
    LinesOf(StockAdjustmentId),
    entity::stock::stock_adjustment_line, StockAdjustmentId(|row| Some(row.stock_adjustment_id)),
    by Position
);

/// All adjustments, for a list.
#[must_use]
pub fn all() -> Select<stock_adjustment::Entity> {
    stock_adjustment::Entity::find()
}

/// The lines of an adjustment, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: StockAdjustmentId,
) -> Result<Vec<stock_adjustment_line::Model>, DbErr> {
    use stock_adjustment_line::Column;
    stock_adjustment_line::Entity::find()
        .filter(Column::StockAdjustmentId.eq(id))
        .order_by_asc(Column::Position)
        .all(conn)
        .await
}

/// What lines moved when they were posted.
///
/// # Errors
/// The database's.
pub async fn movements(
    conn: &impl ConnectionTrait,
    lines: Vec<StockAdjustmentLineId>,
) -> Result<Vec<stock_movement::Model>, DbErr> {
    use stock_movement::Column;
    stock_movement::Entity::find()
        .filter(Column::StockAdjustmentLineId.is_in(lines))
        .filter(Column::ReversesId.is_null())
        .order_by_asc(Column::Id)
        .all(conn)
        .await
}

/// Writes a reversed adjustment, and at which values its goods came back or left.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    adjustment: stock_adjustment::Model,
    lines: Vec<stock_adjustment_line::Model>,
) -> Result<(), DbErr> {
    use stock_adjustment_line::Column;
    let id = adjustment.id;
    let mut changed = adjustment.into_active_model().reset_all();
    changed.id = NotSet;
    stock_adjustment::Entity::update_many()
        .set(changed)
        .filter(stock_adjustment::Column::Id.eq(id))
        .exec(conn)
        .await?;
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_column(Column::ReversedValue)
        .to_owned();
    stock_adjustment_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a new adjustment and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    adjustment: stock_adjustment::Model,
    lines: Vec<stock_adjustment_line::Model>,
) -> Result<(), DbErr> {
    let adjustment = adjustment.into_active_model();
    stock_adjustment::Entity::insert(adjustment)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    stock_adjustment_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}
