//! The rows of customer returns and their lines.

use std::collections::HashMap;

use entity::sales::{customer_return, customer_return_line, fulfilment_line, invoice_line};
use entity::vocab::{
    CustomerReturnId, CustomerReturnLineId, FulfilmentLineId, Instant, Quantity, SalesOrderId,
};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Select,
};

use super::rules::claimed;
use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::sales::customer_return, CustomerReturnId);
loader_by_id!(entity::sales::customer_return_line, CustomerReturnLineId);
referable!(
    entity::sales::customer_return,
    CustomerReturnId,
    "customer return",
    number(Number)
);
loader_of_many!(
    /// Asks for the lines of a return.
    LinesOf(CustomerReturnId),
    entity::sales::customer_return_line, CustomerReturnId(|row| Some(row.customer_return_id)),
    by Position
);
loader_of_many!(
    /// Asks for the returns of an order.
    ReturnsOf(SalesOrderId),
    entity::sales::customer_return, SalesOrderId(|row| Some(row.sales_order_id)),
    by Id
);

/// All returns, for a list.
#[must_use]
pub fn all() -> Select<customer_return::Entity> {
    customer_return::Entity::find()
}

/// The lines of a return, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: CustomerReturnId,
) -> Result<Vec<customer_return_line::Model>, DbErr> {
    customer_return_line::Entity::find()
        .filter(customer_return_line::Column::CustomerReturnId.eq(id))
        .order_by_asc(customer_return_line::Column::Position)
        .all(conn)
        .await
}

/// How much returns claim of these shipped lines.
///
/// # Errors
/// The database's.
pub async fn claims(
    conn: &impl ConnectionTrait,
    shipped: &[fulfilment_line::Model],
) -> Result<HashMap<FulfilmentLineId, Quantity>, DbErr> {
    let ids = shipped.iter().map(|line| line.id);
    let rows = customer_return_line::Entity::find()
        .filter(customer_return_line::Column::FulfilmentLineId.is_in(ids))
        .find_also_related(customer_return::Entity)
        .all(conn)
        .await?;
    let mut sums: HashMap<FulfilmentLineId, Quantity> = HashMap::new();
    for (line, document) in rows {
        if let Some(document) = document {
            sums.entry(line.fulfilment_line_id).or_default().0 += claimed(document.status, &line).0;
        }
    }
    Ok(sums)
}

/// The lines that goods were shipped by.
///
/// # Errors
/// The database's.
pub async fn shipped(
    conn: &impl ConnectionTrait,
    lines: &[customer_return_line::Model],
) -> Result<Vec<fulfilment_line::Model>, DbErr> {
    let ids = lines.iter().map(|line| line.fulfilment_line_id);
    fulfilment_line::Entity::find()
        .filter(fulfilment_line::Column::Id.is_in(ids))
        .all(conn)
        .await
}

/// The invoice lines that bill what was returned, by invoice.
///
/// # Errors
/// The database's.
pub async fn billed(
    conn: &impl ConnectionTrait,
    lines: &[customer_return_line::Model],
) -> Result<Vec<invoice_line::Model>, DbErr> {
    let ids = lines.iter().map(|line| line.fulfilment_line_id);
    invoice_line::Entity::find()
        .filter(invoice_line::Column::FulfilmentLineId.is_in(ids))
        .order_by_asc(invoice_line::Column::InvoiceId)
        .order_by_asc(invoice_line::Column::Position)
        .all(conn)
        .await
}

/// Writes a new return and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    row: customer_return::Model,
    lines: Vec<customer_return_line::Model>,
) -> Result<(), DbErr> {
    customer_return::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await?;
    let rows = lines.into_iter().map(IntoActiveModel::into_active_model);
    customer_return_line::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a changed return, which the caller has locked, and its lines; counts the change.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    mut row: customer_return::Model,
    lines: Vec<customer_return_line::Model>,
    now: Instant,
) -> Result<(), DbErr> {
    use customer_return_line::Column;
    row.updated_at = now;
    row.version += 1;
    customer_return::Entity::update_many()
        .filter(customer_return::Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(conn)
        .await?;
    if lines.is_empty() {
        return Ok(());
    }
    let changed = [
        Column::Received,
        Column::Cost,
        Column::Restocked,
        Column::Scrapped,
        Column::SentBack,
        Column::Finding,
    ];
    let update = OnConflict::column(Column::Id)
        .update_columns(changed)
        .to_owned();
    let rows = lines
        .into_iter()
        .map(|line| line.into_active_model().reset_all());
    customer_return_line::Entity::insert_many(rows)
        .on_conflict(update)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}
