//! The rows of holds and their lines.

use entity::stock::{stock_hold, stock_hold_line};
use entity::vocab::{Instant, SalesOrderId, StockHoldId, StockHoldLineId, StockHoldStatus};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::stock::stock_hold, StockHoldId);
loader_by_id!(entity::stock::stock_hold_line, StockHoldLineId);
// A hold has no number: its owner is not unique, so it is found by id or external id alone.
referable!(
    entity::stock::stock_hold,
    StockHoldId,
    "hold",
    owner(ExternalId)
);

loader_of_many!(
    /// Asks for the lines of a hold.
    LinesOf(StockHoldId),
    entity::stock::stock_hold_line, StockHoldId(|row| Some(row.stock_hold_id)),
    by Position
);

/// The lines of a hold, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: StockHoldId,
) -> Result<Vec<stock_hold_line::Model>, DbErr> {
    stock_hold_line::Entity::find()
        .filter(stock_hold_line::Column::StockHoldId.eq(id))
        .order_by_asc(stock_hold_line::Column::Position)
        .all(conn)
        .await
}

/// All holds, for a list.
#[must_use]
pub fn all() -> Select<stock_hold::Entity> {
    stock_hold::Entity::find()
}

/// The ids of active holds whose time ran out, the first to end first.
///
/// # Errors
/// The database's.
pub async fn due(
    conn: &impl ConnectionTrait,
    now: Instant,
    limit: u64,
) -> Result<Vec<StockHoldId>, DbErr> {
    stock_hold::Entity::find()
        .select_only()
        .column(stock_hold::Column::Id)
        .filter(stock_hold::Column::Status.eq(StockHoldStatus::Active))
        .filter(stock_hold::Column::ExpiresAt.lte(now))
        .order_by_asc(stock_hold::Column::ExpiresAt)
        .limit(limit)
        .into_tuple()
        .all(conn)
        .await
}

/// An active hold whose time ran out, locked; none when another server is at it.
///
/// # Errors
/// The database's.
pub async fn lock_due(
    conn: &impl ConnectionTrait,
    id: StockHoldId,
    now: Instant,
) -> Result<Option<stock_hold::Model>, DbErr> {
    stock_hold::Entity::find_by_id(id)
        .filter(stock_hold::Column::Status.eq(StockHoldStatus::Active))
        .filter(stock_hold::Column::ExpiresAt.lte(now))
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(conn)
        .await
}

/// Writes a new hold and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    hold: stock_hold::Model,
    lines: Vec<stock_hold_line::Model>,
) -> Result<(), DbErr> {
    let hold = hold.into_active_model();
    stock_hold::Entity::insert(hold)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    stock_hold_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Ends a hold.
///
/// # Errors
/// The database's.
pub async fn end(
    conn: &impl ConnectionTrait,
    id: StockHoldId,
    (status, order): (StockHoldStatus, Option<SalesOrderId>),
    now: Instant,
) -> Result<(), DbErr> {
    let changed = stock_hold::ActiveModel {
        status: Set(status),
        sales_order_id: Set(order),
        updated_at: Set(now),
        ..Default::default()
    };
    update(conn, id, changed).await
}

/// Changes when a hold ends.
///
/// # Errors
/// The database's.
pub async fn extend(
    conn: &impl ConnectionTrait,
    id: StockHoldId,
    expires_at: Instant,
    now: Instant,
) -> Result<(), DbErr> {
    let changed = stock_hold::ActiveModel {
        expires_at: Set(expires_at),
        updated_at: Set(now),
        ..Default::default()
    };
    update(conn, id, changed).await
}

async fn update(
    conn: &impl ConnectionTrait,
    id: StockHoldId,
    changed: stock_hold::ActiveModel,
) -> Result<(), DbErr> {
    use stock_hold::Column;
    stock_hold::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}
