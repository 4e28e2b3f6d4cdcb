//! A count of what is on the shelves of a warehouse.

use crate::vocab::{
    Instant, OperationId, PrincipalId, Quantity, StockAdjustmentId, StockCountId, StockCountStatus,
    WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A count of what is on the shelves of a warehouse.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_count")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockCountId,
    /// Where it is counted.
    pub warehouse_id: WarehouseId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: StockCountStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// Whether those who count must not see what the books say.
    pub is_blind: bool,
    /// A larger difference than this must be counted a second time; none: never.
    pub recount_over: Option<Quantity>,
    /// A remark.
    pub note: Option<String>,
    /// The adjustment that corrected its differences; none when there were none.
    pub stock_adjustment_id: Option<StockAdjustmentId>,
    /// Who posted it.
    pub posted_by: Option<PrincipalId>,
    /// When it was posted.
    pub posted_at: Option<Instant>,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// The command that made it.
    pub operation_id: OperationId,
    /// Who made it.
    pub created_by: PrincipalId,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
