//! A warning about a level, raised once when it crosses a line and cleared when it comes back.

use crate::vocab::{
    Instant, OperationId, ProductVariantId, Quantity, StockAlertId, StockAlertKind, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A warning about a level. At most one of a kind is open for each level.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_alert")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockAlertId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// The warehouse.
    pub warehouse_id: WarehouseId,
    /// What it tells.
    pub kind: StockAlertKind,
    /// What was available when it was raised; of OVERSTOCK, what was on hand.
    pub quantity: Quantity,
    /// The line that was crossed.
    pub threshold: Quantity,
    /// The command that raised it.
    pub operation_id: OperationId,
    /// When it was raised.
    pub raised_at: Instant,
    /// What was available, or on hand, when it was cleared.
    pub cleared_quantity: Option<Quantity>,
    /// The command that cleared it.
    pub cleared_by: Option<OperationId>,
    /// When it was cleared; none while it is open.
    pub cleared_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
