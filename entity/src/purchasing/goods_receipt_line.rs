//! A line of a goods receipt.

use crate::vocab::{
    Amount, GoodsReceiptId, GoodsReceiptLineId, ProductVariantId, Quantity, UnitPrice,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a goods receipt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "goods_receipt_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoodsReceiptLineId,
    /// The document it belongs to.
    pub goods_receipt_id: GoodsReceiptId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// How much came in.
    pub quantity: Quantity,
    /// What one base unit cost, in the base currency.
    pub unit_cost: UnitPrice,
    /// Quantity × unit cost.
    pub value: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
