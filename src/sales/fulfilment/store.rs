//! The rows of fulfilments and their lines.

use entity::sales::{fulfilment, fulfilment_line};
use entity::vocab::{FulfilmentId, OperationId, SalesOrderId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
};

use crate::graphql::{loader_by_id, loader_of_many};

loader_by_id!(entity::sales::fulfilment, FulfilmentId);

/// Writes new fulfilments and their lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    fulfilments: Vec<fulfilment::Model>,
    lines: Vec<fulfilment_line::Model>,
) -> Result<(), DbErr> {
    let rows = fulfilments
        .into_iter()
        .map(IntoActiveModel::into_active_model);
    fulfilment::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    fulfilment_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// The fulfilments that a command made.
///
/// # Errors
/// The database's.
pub async fn of_operation(
    conn: &impl ConnectionTrait,
    id: OperationId,
) -> Result<Vec<fulfilment::Model>, DbErr> {
    fulfilment::Entity::find()
        .filter(fulfilment::Column::OperationId.eq(id))
        .order_by_asc(fulfilment::Column::Id)
        .all(conn)
        .await
}

loader_of_many!(
    /// Asks for the fulfilments of an order.
    FulfilmentsOf(SalesOrderId),
    entity::sales::fulfilment, SalesOrderId(|row| Some(row.sales_order_id)),
    by Id
);

loader_of_many!(
    /// Asks for the lines of a fulfilment.
    LinesOf(FulfilmentId),
    entity::sales::fulfilment_line, FulfilmentId(|row| Some(row.fulfilment_id)),
    by Position
);
