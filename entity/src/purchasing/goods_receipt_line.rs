//! A line of a goods receipt.

use crate::vocab::{
    Amount, GoodsReceiptId, GoodsReceiptLineId, ProductVariantId, PurchaseOrderLineId, Quantity,
    UnitPrice,
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
    /// The order line that it delivers, if any.
    pub purchase_order_line_id: Option<PurchaseOrderLineId>,
    /// How much came in: accepted and rejected.
    pub quantity: Quantity,
    /// How much of it may be sold.
    pub accepted: Quantity,
    /// How much of it went to quarantine.
    pub rejected: Quantity,
    /// Why some was rejected.
    pub rejection_reason: Option<String>,
    /// How much was announced and did not come; only noted.
    pub short: Quantity,
    /// What one base unit cost, in the base currency.
    pub unit_cost: UnitPrice,
    /// Quantity × unit cost.
    pub value: Amount,
    /// At which value it left again when the receipt was reversed; else zero.
    pub reversed_value: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
