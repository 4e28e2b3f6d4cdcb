//! A line of an adjustment.

use crate::vocab::{
    Amount, ProductVariantId, Quantity, StockAdjustmentId, StockAdjustmentLineId, StockPlace,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of an adjustment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_adjustment_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockAdjustmentLineId,
    /// The document it belongs to.
    pub stock_adjustment_id: StockAdjustmentId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// Which goods were corrected: SELLABLE or QUARANTINE.
    pub place: StockPlace,
    /// The change; below zero takes away.
    pub delta: Quantity,
    /// The value that came in (above zero) or went out (below zero).
    pub value: Amount,
    /// The value that its reversal took out (below zero) or brought in (above zero).
    pub reversed_value: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
