//! A line of a hold.

use crate::vocab::{ProductVariantId, Quantity, StockHoldId, StockHoldLineId, WarehouseId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a hold.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_hold_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockHoldLineId,
    /// The document it belongs to.
    pub stock_hold_id: StockHoldId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// Where it is held.
    pub warehouse_id: WarehouseId,
    /// How much is held.
    pub quantity: Quantity,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
