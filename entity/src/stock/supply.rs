//! Goods that are announced to a level: what of them is still to come, and when.

use crate::vocab::{
    ProductVariantId, PurchaseOrderLineId, Quantity, StockTransferLineId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Goods that are announced to a level: what of them is still to come, and when. One row for each
/// line that ever announced some.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "supply")]
pub struct Model {
    /// The UUID of the line that announces them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub line_id: Uuid,
    /// Of what.
    pub variant_id: ProductVariantId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// The line, if it is one of a purchase order.
    pub purchase_order_line_id: Option<PurchaseOrderLineId>,
    /// The line, if it is one of a transfer.
    pub stock_transfer_line_id: Option<StockTransferLineId>,
    /// The day on which they are due.
    pub due_on: Date,
    /// How much is still to come.
    pub incoming: Quantity,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
