//! A correction of stock, with its reason.

use crate::vocab::{
    AdjustmentReason, Instant, OperationId, PrincipalId, StockAdjustmentId, StockAdjustmentStatus,
    WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A correction of stock, with its reason.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_adjustment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockAdjustmentId,
    /// Where stock was corrected.
    pub warehouse_id: WarehouseId,
    /// Why.
    pub reason: AdjustmentReason,
    /// A remark.
    pub note: Option<String>,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: StockAdjustmentStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// Who took it back.
    pub reversed_by: Option<PrincipalId>,
    /// When it was taken back.
    pub reversed_at: Option<Instant>,
    /// The business day on which it was taken back.
    pub reversed_on: Option<Date>,
    /// Why it was taken back.
    pub reversed_reason: Option<String>,
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
