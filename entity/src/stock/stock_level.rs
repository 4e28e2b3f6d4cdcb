//! The balance of one variant in one warehouse: the row that gets locked.

use crate::vocab::{Amount, CostingMethod, Instant, ProductVariantId, Quantity, WarehouseId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The balance of one variant in one warehouse: the row that gets locked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_level")]
pub struct Model {
    /// The variant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: ProductVariantId,
    /// The warehouse.
    #[sea_orm(primary_key, auto_increment = false)]
    pub warehouse_id: WarehouseId,
    /// Goods that may be sold.
    pub sellable: Quantity,
    /// Goods that may not be sold for now.
    pub quarantined: Quantity,
    /// The part of `sellable` that is promised.
    pub reserved: Quantity,
    /// Demand that waits for stock.
    pub backordered: Quantity,
    /// Goods on their way here.
    pub incoming: Quantity,
    /// Exact value of the goods on hand, in the base currency.
    pub value: Amount,
    /// At which cost goods leave: its variant's method, kept here to be locked with the level.
    pub costing_method: CostingMethod,
    /// The least that should be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<Quantity>,
    /// The most that should be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<Quantity>,
    /// At how much available it is to be ordered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reorder_point: Option<Quantity>,
    /// What is kept for surprises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety_stock: Option<Quantity>,
    /// Counts how often these four were set; 0 before the first time.
    #[serde(default)]
    pub policy_version: i64,
    /// When the first of its active holds expires.
    pub hold_expires_at: Option<Instant>,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes; 0 before the first.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
