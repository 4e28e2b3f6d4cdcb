//! The rows of transfers and their lines.

use entity::stock::{stock_transfer, stock_transfer_line};
use entity::vocab::{Instant, StockTransferId, StockTransferLineId, StockTransferStatus};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::stock::stock_transfer, StockTransferId);
loader_by_id!(entity::stock::stock_transfer_line, StockTransferLineId);
referable!(
    entity::stock::stock_transfer,
    StockTransferId,
    "transfer",
    number(Number)
);

loader_of_many!(
    /// Asks for the lines of a transfer.
    LinesOf(StockTransferId),
    entity::stock::stock_transfer_line, StockTransferId(|row| Some(row.stock_transfer_id)),
    by Position
);

/// The lines of a transfer, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: StockTransferId,
) -> Result<Vec<stock_transfer_line::Model>, DbErr> {
    stock_transfer_line::Entity::find()
        .filter(stock_transfer_line::Column::StockTransferId.eq(id))
        .order_by_asc(stock_transfer_line::Column::Position)
        .all(conn)
        .await
}

/// All transfers, for a list.
#[must_use]
pub fn all() -> Select<stock_transfer::Entity> {
    stock_transfer::Entity::find()
}

/// Writes a new transfer and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    transfer: stock_transfer::Model,
    lines: Vec<stock_transfer_line::Model>,
) -> Result<(), DbErr> {
    let transfer = transfer.into_active_model();
    stock_transfer::Entity::insert(transfer)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    stock_transfer_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Sets the status of a transfer.
///
/// # Errors
/// The database's.
pub async fn set_status(
    conn: &impl ConnectionTrait,
    id: StockTransferId,
    status: StockTransferStatus,
    now: Instant,
) -> Result<(), DbErr> {
    use stock_transfer::Column;
    let changed = stock_transfer::ActiveModel {
        status: Set(status),
        updated_at: Set(now),
        ..Default::default()
    };
    stock_transfer::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Notes on the lines what has left, arrived, was lost and came back.
///
/// # Errors
/// The database's.
pub async fn set_lines(
    conn: &impl ConnectionTrait,
    lines: Vec<stock_transfer_line::Model>,
) -> Result<(), DbErr> {
    use stock_transfer_line::Column;
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_columns([
            Column::Dispatched,
            Column::Received,
            Column::Lost,
            Column::Returned,
            Column::InTransitValue,
        ])
        .to_owned();
    stock_transfer_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
