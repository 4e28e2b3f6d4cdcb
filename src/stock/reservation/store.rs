//! Reads reservations.

use entity::sales::{sales_order, sales_order_line};
use entity::stock::reservation::{Column, Entity};
use entity::vocab::{CustomerId, ReservationId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select};

use crate::graphql::loader_by_id;

loader_by_id!(entity::stock::reservation, ReservationId);

/// All reservations, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// What a reservation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A line of a sales order.
    Order,
    /// A line of a transfer.
    Transfer,
    /// A line of a hold.
    Hold,
}

/// The reservations of a kind, for a list.
#[must_use]
pub fn of_kind(kind: Kind) -> Condition {
    let column = match kind {
        Kind::Order => Column::SalesOrderLineId,
        Kind::Transfer => Column::StockTransferLineId,
        Kind::Hold => Column::StockHoldLineId,
    };
    Condition::all().add(column.is_not_null())
}

/// The reservations for the orders of a customer, for a list.
#[must_use]
pub fn of_customer(id: CustomerId) -> Condition {
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
    Condition::all().add(Column::SalesOrderLineId.in_subquery(lines))
}
