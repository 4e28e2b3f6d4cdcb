//! A price of a supplier item, from a quantity on.

use crate::vocab::{Quantity, SupplierItemId, UnitPrice};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A price of a supplier item, from a quantity on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "supplier_item_price")]
pub struct Model {
    /// The supplier item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub supplier_item_id: SupplierItemId,
    /// Its place among the prices, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// From this quantity on.
    pub minimum_quantity: Quantity,
    /// Price of one base unit, in the supplier's currency.
    pub unit_price: UnitPrice,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
