//! The rows of adjustments and their lines.

use entity::stock::{stock_adjustment, stock_adjustment_line};
use entity::vocab::StockAdjustmentId;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Select};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::stock::stock_adjustment, StockAdjustmentId);
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
