//! One immutable line of the physical ledger: a quantity and its value, from one place to another.

use crate::vocab::{
    Amount, CostLayerId, CustomerReturnLineId, FulfilmentLineId, GoodsReceiptLineId, Instant,
    OperationId, PrincipalId, ProductVariantId, Quantity, StockAdjustmentLineId, StockPlace,
    StockTransferLineId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One immutable line of the physical ledger: a quantity and its value, from one place to another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    /// Its number in the ledger.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The command that wrote it.
    pub operation_id: OperationId,
    /// What moved.
    pub variant_id: ProductVariantId,
    /// How much; always above zero.
    pub quantity: Quantity,
    /// What it was worth, in the base currency; never below zero.
    pub value: Amount,
    /// Where it left.
    pub from_place: StockPlace,
    /// The warehouse it left, if it left one.
    pub from_warehouse_id: Option<WarehouseId>,
    /// Where it arrived.
    pub to_place: StockPlace,
    /// The warehouse it reached, if it reached one.
    pub to_warehouse_id: Option<WarehouseId>,
    /// The receipt line that caused it.
    pub goods_receipt_line_id: Option<GoodsReceiptLineId>,
    /// The fulfilment line that caused it.
    pub fulfilment_line_id: Option<FulfilmentLineId>,
    /// The transfer line that caused it.
    pub stock_transfer_line_id: Option<StockTransferLineId>,
    /// The adjustment line that caused it.
    pub stock_adjustment_line_id: Option<StockAdjustmentLineId>,
    /// The line of a customer return behind it.
    pub customer_return_line_id: Option<CustomerReturnLineId>,
    /// Why, where the cause alone does not say it: goods lost on the way, for example.
    pub reason: Option<String>,
    /// The movement that this one undoes.
    pub reverses_id: Option<i64>,
    /// The layer of costs that it made, where goods leave first in, first out.
    pub cost_layer_id: Option<CostLayerId>,
    /// What the warehouse it left had on hand after it, if it left one.
    pub from_on_hand: Option<Quantity>,
    /// What the warehouse it reached had on hand after it, if it reached one.
    pub to_on_hand: Option<Quantity>,
    /// The business day it belongs to.
    pub happened_on: Date,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: PrincipalId,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
