//! The rows of holds on sales orders.

use entity::sales::sales_order_hold;
use entity::vocab::{Instant, PrincipalId, SalesOrderHoldId, SalesOrderId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder,
};

use crate::graphql::{loader_by_id, loader_of_many};

loader_by_id!(entity::sales::sales_order_hold, SalesOrderHoldId);

/// The holds of an order, oldest first.
///
/// # Errors
/// The database's.
pub async fn of_order(
    conn: &impl ConnectionTrait,
    id: SalesOrderId,
) -> Result<Vec<sales_order_hold::Model>, DbErr> {
    sales_order_hold::Entity::find()
        .filter(sales_order_hold::Column::SalesOrderId.eq(id))
        .order_by_asc(sales_order_hold::Column::Id)
        .all(conn)
        .await
}

/// Writes new holds.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    rows: Vec<sales_order_hold::Model>,
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    sales_order_hold::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Releases holds.
///
/// # Errors
/// The database's.
pub async fn release(
    conn: &impl ConnectionTrait,
    ids: Vec<SalesOrderHoldId>,
    (by, at): (PrincipalId, Instant),
) -> Result<(), DbErr> {
    let released = sales_order_hold::ActiveModel {
        released_by: Set(Some(by)),
        released_at: Set(Some(at)),
        ..Default::default()
    };
    sales_order_hold::Entity::update_many()
        .set(released)
        .filter(sales_order_hold::Column::Id.is_in(ids))
        .exec(conn)
        .await
        .map(|_| ())
}

loader_of_many!(
    /// Asks for the holds of an order.
    HoldsOf(SalesOrderId),
    entity::sales::sales_order_hold, SalesOrderId(|row| Some(row.sales_order_id)),
    by Id
);
