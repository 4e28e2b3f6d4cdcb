//! Reads reservations.

use entity::stock::reservation::{Column, Entity};
use entity::vocab::ReservationId;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

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
