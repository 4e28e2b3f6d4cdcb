//! The rows of invoices and their lines.

use entity::catalog::product_variant;
use entity::sales::sales_order_line;
use entity::sales::{fulfilment, fulfilment_line, invoice, invoice_line};
use entity::vocab::{
    FulfilmentLineId, FulfilmentStatus, Instant, InvoiceId, InvoiceStatus, SalesOrderId,
};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait,
    ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::referable;

loader_by_id!(entity::sales::invoice, InvoiceId);
referable!(entity::sales::invoice, InvoiceId, "invoice", number(Number));
loader_of_many!(
    /// Asks for the lines of an invoice.
    LinesOf(InvoiceId),
    entity::sales::invoice_line, InvoiceId(|row| Some(row.invoice_id)),
    by Position
);
loader_of_many!(
    /// Asks for the invoices of an order.
    InvoicesOf(SalesOrderId),
    entity::sales::invoice, SalesOrderId(|row| Some(row.sales_order_id)),
    by Id
);

/// Rows per statement: SQLite takes at most 32,766 values.
const ROWS_MAX: usize = 1_000;

/// Everything that was shipped of an order: fulfilments with their lines, oldest first.
///
/// # Errors
/// The database's.
pub async fn shipped(
    conn: &impl ConnectionTrait,
    order: SalesOrderId,
) -> Result<(Vec<fulfilment::Model>, Vec<fulfilment_line::Model>), DbErr> {
    let has_left = [FulfilmentStatus::Shipped, FulfilmentStatus::Delivered];
    let fulfilments = fulfilment::Entity::find()
        .filter(fulfilment::Column::SalesOrderId.eq(order))
        .filter(fulfilment::Column::Status.is_in(has_left))
        .order_by_asc(fulfilment::Column::Id)
        .all(conn)
        .await?;
    let ids = fulfilments.iter().map(|row| row.id);
    let lines = fulfilment_line::Entity::find()
        .filter(fulfilment_line::Column::FulfilmentId.is_in(ids))
        .order_by_asc(fulfilment_line::Column::FulfilmentId)
        .order_by_asc(fulfilment_line::Column::Position)
        .all(conn)
        .await?;
    Ok((fulfilments, lines))
}

/// Which of these shipped lines were invoiced.
///
/// # Errors
/// The database's.
pub async fn invoiced(
    conn: &impl ConnectionTrait,
    lines: &[fulfilment_line::Model],
) -> Result<Vec<FulfilmentLineId>, DbErr> {
    let ids = lines.iter().map(|line| line.id);
    let rows = invoice_line::Entity::find()
        .filter(invoice_line::Column::FulfilmentLineId.is_in(ids))
        .all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| row.fulfilment_line_id)
        .collect())
}

/// The variants of order lines.
///
/// # Errors
/// The database's.
pub async fn variants(
    conn: &impl ConnectionTrait,
    lines: &[sales_order_line::Model],
) -> Result<Vec<product_variant::Model>, DbErr> {
    let ids = lines.iter().map(|line| line.variant_id);
    product_variant::Entity::find()
        .filter(product_variant::Column::Id.is_in(ids))
        .all(conn)
        .await
}

/// Writes a new invoice and its lines.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    row: invoice::Model,
    lines: Vec<invoice_line::Model>,
) -> Result<(), DbErr> {
    invoice::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await?;
    for rows in lines.chunks(ROWS_MAX) {
        let rows = rows.iter().map(|row| row.clone().into_active_model());
        invoice_line::Entity::insert_many(rows)
            .exec_without_returning(conn)
            .await?;
    }
    Ok(())
}

/// The lines of an invoice, in order.
///
/// # Errors
/// The database's.
pub async fn lines(
    conn: &impl ConnectionTrait,
    id: InvoiceId,
) -> Result<Vec<invoice_line::Model>, DbErr> {
    invoice_line::Entity::find()
        .filter(invoice_line::Column::InvoiceId.eq(id))
        .order_by_asc(invoice_line::Column::Position)
        .all(conn)
        .await
}

/// Notes on an invoice and its lines what was credited of them.
///
/// # Errors
/// The database's.
pub async fn set_credited(
    conn: &impl ConnectionTrait,
    (id, status): (InvoiceId, InvoiceStatus),
    lines: Vec<invoice_line::Model>,
    now: Instant,
) -> Result<(), DbErr> {
    use invoice_line::Column::{CreditedNet, CreditedQuantity, CreditedTax, Id};
    let credited = OnConflict::column(Id)
        .update_columns([CreditedQuantity, CreditedNet, CreditedTax])
        .to_owned();
    for rows in lines.chunks(ROWS_MAX) {
        let rows = rows
            .iter()
            .map(|line| line.clone().into_active_model().reset_all());
        invoice_line::Entity::insert_many(rows)
            .on_conflict(credited.clone())
            .exec_without_returning(conn)
            .await?;
    }
    use invoice::Column;
    let changed = invoice::ActiveModel {
        status: Set(status),
        updated_at: Set(now),
        ..Default::default()
    };
    invoice::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// The invoices of a customer, or all, for a list.
#[must_use]
pub fn all() -> Select<invoice::Entity> {
    invoice::Entity::find()
}
