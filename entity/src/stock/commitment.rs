//! One immutable line of the commitment ledger: a change of dated demand or supply.

use crate::vocab::{
    Instant, OperationId, ProductVariantId, PurchaseOrderLineId, Quantity, SalesOrderLineId,
    StockHoldLineId, StockTransferLineId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One immutable line of the commitment ledger: a change of dated demand or supply.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "commitment")]
pub struct Model {
    /// Its number in the ledger.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The command that wrote it.
    pub operation_id: OperationId,
    /// What is promised.
    pub variant_id: ProductVariantId,
    /// Where.
    pub warehouse_id: WarehouseId,
    /// The order line whose demand this is.
    pub sales_order_line_id: Option<SalesOrderLineId>,
    /// The transfer line whose demand or supply this is.
    pub stock_transfer_line_id: Option<StockTransferLineId>,
    /// The hold line whose demand this is.
    pub stock_hold_line_id: Option<StockHoldLineId>,
    /// The purchase order line whose supply this is.
    pub purchase_order_line_id: Option<PurchaseOrderLineId>,
    /// Change of what is reserved; may be below zero.
    pub reserved: Quantity,
    /// Change of what waits for stock; may be below zero.
    pub backordered: Quantity,
    /// Change of what is on its way; may be below zero.
    pub incoming: Quantity,
    /// The day the demand or supply is dated.
    pub due_on: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
