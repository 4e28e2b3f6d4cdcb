//! The rows of fulfilments and their lines.

use entity::sales::{fulfilment, fulfilment_line};
use entity::vocab::{
    FulfilmentId, FulfilmentLineId, FulfilmentStatus, OperationId, Quantity, SalesOrderId,
    SalesOrderLineId, WarehouseId,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect, RelationTrait, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::sales::fulfilment, FulfilmentId);
loader_by_id!(entity::sales::fulfilment_line, FulfilmentLineId);
referable!(
    entity::sales::fulfilment,
    FulfilmentId,
    "fulfilment",
    number(Number)
);

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// The states in which goods are set aside and have not left.
pub const OPEN: [FulfilmentStatus; 3] = [
    FulfilmentStatus::Pending,
    FulfilmentStatus::Picked,
    FulfilmentStatus::Packed,
];

/// Goods of an order line that a fulfilment has set aside.
#[derive(Clone, Debug, FromQueryResult)]
pub struct OpenLine {
    /// The order line.
    pub sales_order_line_id: SalesOrderLineId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// How much.
    pub quantity: Quantity,
}

/// What the fulfilments of an order have set aside.
///
/// # Errors
/// The database's.
pub async fn open_lines(
    conn: &impl ConnectionTrait,
    order: SalesOrderId,
) -> Result<Vec<OpenLine>, DbErr> {
    fulfilment_line::Entity::find()
        .select_only()
        .column(fulfilment_line::Column::SalesOrderLineId)
        .column(fulfilment_line::Column::Quantity)
        .column(fulfilment::Column::WarehouseId)
        .join(
            JoinType::InnerJoin,
            fulfilment_line::Relation::Fulfilment.def(),
        )
        .filter(fulfilment::Column::SalesOrderId.eq(order))
        .filter(fulfilment::Column::Status.is_in(OPEN))
        .into_model::<OpenLine>()
        .all(conn)
        .await
}

/// The lines of a fulfilment, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: FulfilmentId,
) -> Result<Vec<fulfilment_line::Model>, DbErr> {
    fulfilment_line::Entity::find()
        .filter(fulfilment_line::Column::FulfilmentId.eq(id))
        .order_by_asc(fulfilment_line::Column::Position)
        .all(conn)
        .await
}

/// Fulfilments of a warehouse and in these states, as far as that is asked for, for a list.
#[must_use]
pub fn all() -> Select<fulfilment::Entity> {
    fulfilment::Entity::find()
}

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
    for rows in lines.chunks(ROWS_MAX) {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        fulfilment_line::Entity::insert_many(rows)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

/// Writes a changed fulfilment, whose order the caller has locked, and counts the change.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    mut row: fulfilment::Model,
    now: entity::vocab::Instant,
) -> Result<(), DbErr> {
    row.updated_at = now;
    row.version += 1;
    fulfilment::Entity::update_many()
        .filter(fulfilment::Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(conn)
        .await
        .map(|_| ())
}

/// Writes the cost at which lines have left.
///
/// # Errors
/// The database's.
pub async fn set_costs(
    conn: &impl ConnectionTrait,
    lines: &[fulfilment_line::Model],
) -> Result<(), DbErr> {
    use fulfilment_line::Column;
    for rows in lines.chunks(ROWS_MAX) {
        let rows = rows
            .iter()
            .map(|row| row.clone().into_active_model().reset_all());
        let cost = OnConflict::column(Column::Id)
            .update_column(Column::Cost)
            .to_owned();
        fulfilment_line::Entity::insert_many(rows)
            .on_conflict(cost)
            .exec_without_returning(conn)
            .await?;
    }
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
