//! What came to a level and left it on a business day, by the kind of document.

use crate::vocab::{Amount, MovementKind, ProductVariantId, Quantity, WarehouseId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What came to a level and left it on a business day, by the kind of document. What only changed
/// between sellable and quarantined is not in it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_day")]
pub struct Model {
    /// Of what.
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: ProductVariantId,
    /// Where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub warehouse_id: WarehouseId,
    /// The business day, in the company's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub happened_on: Date,
    /// What kind of document moved it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: MovementKind,
    /// How much came.
    pub quantity_in: Quantity,
    /// What that was worth, in the base currency.
    pub value_in: Amount,
    /// How much left.
    pub quantity_out: Quantity,
    /// What that was worth, in the base currency.
    pub value_out: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
