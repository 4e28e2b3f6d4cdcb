//! The rows of sales orders and their lines.

use entity::sales::{sales_order, sales_order_hold, sales_order_line};
use entity::stock::reservation;
use entity::vocab::{CustomerId, Instant, SalesOrderId, SalesOrderLineId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait,
    IntoActiveModel, Iterable, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::db::{Tx, TxError, Write, Writes};
use crate::platform::metadata;
use crate::platform::reference::referable;

loader_by_id!(entity::sales::sales_order, SalesOrderId);
referable!(
    entity::sales::sales_order,
    SalesOrderId,
    "sales order",
    number(Number)
);
loader_by_id!(entity::sales::sales_order_line, SalesOrderLineId);

/// Lines per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// Orders that have one of these external ids.
///
/// # Errors
/// The database's.
pub async fn by_external_ids(
    conn: &impl ConnectionTrait,
    ids: Vec<String>,
) -> Result<Vec<sales_order::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = sales_order::Column::ExternalId.is_in(ids);
    sales_order::Entity::find().filter(theirs).all(conn).await
}

/// The lines of an order, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: SalesOrderId,
) -> Result<Vec<sales_order_line::Model>, DbErr> {
    sales_order_line::Entity::find()
        .filter(sales_order_line::Column::SalesOrderId.eq(id))
        .order_by_asc(sales_order_line::Column::Position)
        .all(conn)
        .await
}

/// All orders, for a list.
#[must_use]
pub fn all() -> Select<sales_order::Entity> {
    sales_order::Entity::find()
}

/// Writes new orders and their lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &Tx,
    orders: Vec<sales_order::Model>,
    lines: Vec<sales_order_line::Model>,
) -> Result<(), TxError> {
    insert_metadata(tx, &orders).await?;
    tx.write_all(writes(tx, &orders, &lines)).await
}

/// Makes new orders findable by their metadata.
///
/// # Errors
/// The database's.
pub async fn insert_metadata(tx: &Tx, orders: &[sales_order::Model]) -> Result<(), DbErr> {
    let kept = orders.iter().map(|row| (row.id.0, row.metadata.as_ref()));
    metadata::insert(tx.conn(), kept).await
}

/// The writes of new orders, without their metadata, and of their lines.
pub fn writes<'w>(
    tx: &'w Tx,
    orders: &'w [sales_order::Model],
    lines: &'w [sales_order_line::Model],
) -> Writes<'w> {
    let orders = orders.chunks(ROWS_MAX).map(|rows| {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        Write::insert(tx, rows, "")
    });
    let lines = lines.chunks(ROWS_MAX).map(|rows| {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        Write::insert(tx, rows, "")
    });
    Box::new(orders.chain(lines))
}

/// Writes a changed order, which the caller has locked, with lines that changed or are new; counts
/// the change.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    mut order: sales_order::Model,
    lines: Vec<sales_order_line::Model>,
    now: Instant,
) -> Result<(), DbErr> {
    order.updated_at = now;
    order.version += 1;
    sales_order::Entity::update_many()
        .filter(sales_order::Column::Id.eq(order.id))
        .set(order.into_active_model().reset_all())
        .exec(conn)
        .await?;
    for rows in lines.chunks(ROWS_MAX) {
        upsert_lines(conn, rows).await?;
    }
    Ok(())
}

async fn upsert_lines(
    conn: &impl ConnectionTrait,
    rows: &[sales_order_line::Model],
) -> Result<(), DbErr> {
    use sales_order_line::Column;
    let rows = rows
        .iter()
        .map(|row| row.clone().into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_columns(Column::iter().filter(|column| !matches!(column, Column::Id)))
        .to_owned();
    sales_order_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Counts a change of what belongs to an order.
///
/// # Errors
/// The database's.
pub async fn touch(
    conn: &impl ConnectionTrait,
    id: SalesOrderId,
    now: Instant,
) -> Result<(), DbErr> {
    use sales_order::Column;
    sales_order::Entity::update_many()
        .col_expr(Column::UpdatedAt, now.0.into())
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Takes lines of a draft off.
///
/// # Errors
/// The database's.
pub async fn delete_lines(
    conn: &impl ConnectionTrait,
    ids: Vec<SalesOrderLineId>,
) -> Result<(), DbErr> {
    if ids.is_empty() {
        return Ok(());
    }
    sales_order_line::Entity::delete_many()
        .filter(sales_order_line::Column::Id.is_in(ids))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Deletes a draft, with its lines and holds.
///
/// # Errors
/// The database's.
pub async fn delete(conn: &impl ConnectionTrait, id: SalesOrderId) -> Result<(), DbErr> {
    sales_order_line::Entity::delete_many()
        .filter(sales_order_line::Column::SalesOrderId.eq(id))
        .exec(conn)
        .await?;
    sales_order_hold::Entity::delete_many()
        .filter(sales_order_hold::Column::SalesOrderId.eq(id))
        .exec(conn)
        .await?;
    sales_order::Entity::delete_by_id(id).exec(conn).await?;
    Ok(())
}

/// The reservations for the orders of a customer, for a list.
#[must_use]
pub fn reserved_for(id: CustomerId) -> Condition {
    let orders = sales_order::Entity::find()
        .select_only()
        .column(sales_order::Column::Id)
        .filter(sales_order::Column::CustomerId.eq(id))
        .into_query();
    let lines = sales_order_line::Entity::find()
        .select_only()
        .column(sales_order_line::Column::Id)
        .filter(sales_order_line::Column::SalesOrderId.in_subquery(orders))
        .into_query();
    Condition::all().add(reservation::Column::SalesOrderLineId.in_subquery(lines))
}

loader_of_many!(
    /// Asks for the lines of an order.
    LinesOf(SalesOrderId),
    entity::sales::sales_order_line, SalesOrderId(|row| Some(row.sales_order_id)),
    by Position
);

loader_of_many!(
    /// Asks for the reservations of an order line.
    ReservationsOf(SalesOrderLineId),
    entity::stock::reservation, SalesOrderLineId(|row| row.sales_order_line_id),
    by Id
);
