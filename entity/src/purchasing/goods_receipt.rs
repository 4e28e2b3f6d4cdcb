//! Goods that came in.

use crate::vocab::{
    GoodsReceiptId, GoodsReceiptStatus, Instant, OperationId, PrincipalId, PurchaseOrderId,
    SupplierId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Goods that came in.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "goods_receipt")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GoodsReceiptId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: GoodsReceiptStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// Where they came in.
    pub warehouse_id: WarehouseId,
    /// The order they were ordered by, if any.
    pub purchase_order_id: Option<PurchaseOrderId>,
    /// Who delivered them, if known.
    pub supplier_id: Option<SupplierId>,
    /// The supplier's delivery note.
    pub delivery_note: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Who reversed it.
    pub reversed_by: Option<PrincipalId>,
    /// When it was reversed.
    pub reversed_at: Option<Instant>,
    /// The business day of the reversal.
    pub reversed_on: Option<Date>,
    /// Why it was reversed.
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
