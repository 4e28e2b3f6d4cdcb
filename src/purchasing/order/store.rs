//! The rows of purchase orders and their lines.

use chrono::NaiveDate;
use entity::purchasing::{purchase_order, purchase_order_line, supplier_item};
use entity::vocab::{PurchaseOrderId, PurchaseOrderLineId, RecordStatus, SupplierItemId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::purchasing::purchase_order, PurchaseOrderId);
loader_by_id!(entity::purchasing::purchase_order_line, PurchaseOrderLineId);
referable!(
    entity::purchasing::purchase_order,
    PurchaseOrderId,
    "purchase order",
    number(Number)
);

loader_of_many!(
    /// Asks for the lines of an order.
    LinesOf(PurchaseOrderId),
    entity::purchasing::purchase_order_line, PurchaseOrderId(|row| Some(row.purchase_order_id)),
    by Position
);

/// All orders, for a list.
#[must_use]
pub fn all() -> Select<purchase_order::Entity> {
    purchase_order::Entity::find()
}

/// Orders that the supplier has and of which something is due before a day, earliest first.
///
/// # Errors
/// The database's.
pub async fn overdue(
    conn: &impl ConnectionTrait,
    as_of: NaiveDate,
    limit: u64,
) -> Result<Vec<purchase_order::Model>, DbErr> {
    use purchase_order::Column;
    all()
        .filter(Column::DueOn.lt(as_of))
        .order_by_asc(Column::DueOn)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(conn)
        .await
}

/// The lines of an order, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: PurchaseOrderId,
) -> Result<Vec<purchase_order_line::Model>, DbErr> {
    purchase_order_line::Entity::find()
        .filter(purchase_order_line::Column::PurchaseOrderId.eq(id))
        .order_by_asc(purchase_order_line::Column::Position)
        .all(conn)
        .await
}

/// The active supplier items of these ids.
///
/// # Errors
/// The database's.
pub async fn items(
    conn: &impl ConnectionTrait,
    ids: Vec<SupplierItemId>,
) -> Result<Vec<supplier_item::Model>, DbErr> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    supplier_item::Entity::find()
        .filter(supplier_item::Column::Id.is_in(ids))
        .filter(supplier_item::Column::Status.eq(RecordStatus::Active))
        .all(conn)
        .await
}

/// Writes a new order and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    order: purchase_order::Model,
    lines: Vec<purchase_order_line::Model>,
) -> Result<(), DbErr> {
    purchase_order::Entity::insert(order.into_active_model())
        .exec_without_returning(conn)
        .await?;
    insert_lines(conn, lines).await
}

async fn insert_lines(
    conn: &impl ConnectionTrait,
    lines: Vec<purchase_order_line::Model>,
) -> Result<(), DbErr> {
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    purchase_order_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a changed order.
///
/// # Errors
/// The database's.
pub async fn save(conn: &impl ConnectionTrait, order: purchase_order::Model) -> Result<(), DbErr> {
    let id = order.id;
    let mut changed = order.into_active_model().reset_all();
    changed.id = NotSet;
    purchase_order::Entity::update_many()
        .set(changed)
        .filter(purchase_order::Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Replaces the lines of a draft.
///
/// # Errors
/// The database's.
pub async fn replace_lines(
    conn: &impl ConnectionTrait,
    id: PurchaseOrderId,
    lines: Vec<purchase_order_line::Model>,
) -> Result<(), DbErr> {
    delete_lines(conn, id).await?;
    insert_lines(conn, lines).await
}

async fn delete_lines(conn: &impl ConnectionTrait, id: PurchaseOrderId) -> Result<(), DbErr> {
    purchase_order_line::Entity::delete_many()
        .filter(purchase_order_line::Column::PurchaseOrderId.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Deletes a draft.
///
/// # Errors
/// The database's.
pub async fn delete(conn: &impl ConnectionTrait, id: PurchaseOrderId) -> Result<(), DbErr> {
    delete_lines(conn, id).await?;
    purchase_order::Entity::delete_many()
        .filter(purchase_order::Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Notes on the lines what was confirmed, has come in, and is no longer waited for.
///
/// # Errors
/// The database's.
pub async fn save_lines(
    conn: &impl ConnectionTrait,
    lines: Vec<purchase_order_line::Model>,
) -> Result<(), DbErr> {
    use purchase_order_line::Column;
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    let update = OnConflict::column(Column::Id)
        .update_columns([
            Column::ConfirmedQuantity,
            Column::PromisedOn,
            Column::Accepted,
            Column::Rejected,
            Column::Short,
            Column::Closed,
        ])
        .to_owned();
    purchase_order_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
