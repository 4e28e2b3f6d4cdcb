//! A demand that holds available stock, or waits for it.

use crate::vocab::{
    Instant, ProductVariantId, Quantity, ReservationId, ReservationState, SalesOrderLineId,
    StockHoldLineId, StockTransferLineId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A demand that holds available stock, or waits for it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "reservation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReservationId,
    /// What is wanted.
    pub variant_id: ProductVariantId,
    /// Where it is wanted from.
    pub warehouse_id: WarehouseId,
    /// The order line whose demand this is.
    pub sales_order_line_id: Option<SalesOrderLineId>,
    /// The transfer line whose demand or supply this is.
    pub stock_transfer_line_id: Option<StockTransferLineId>,
    /// The hold line whose demand this is.
    pub stock_hold_line_id: Option<StockHoldLineId>,
    /// What it holds now.
    pub reserved: Quantity,
    /// What it waits for now.
    pub backordered: Quantity,
    /// Where it is in its life.
    pub state: ReservationState,
    /// The highest is served first, of the same the oldest: the order's, 5 of all else.
    pub priority: i32,
    /// The day its demand is dated.
    pub due_on: Date,
    /// When a hold gives it up by itself.
    pub expires_at: Option<Instant>,
    /// When it was made; the oldest is served first.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
