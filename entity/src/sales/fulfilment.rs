//! A shipment of a sales order's goods out of one warehouse.

use crate::vocab::{
    FulfilmentId, FulfilmentStatus, Instant, OperationId, PrincipalId, Quantity, SalesOrderId,
    WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A shipment of a sales order's goods out of one warehouse.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "fulfilment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FulfilmentId,
    /// The order it serves.
    pub sales_order_id: SalesOrderId,
    /// Where the goods leave.
    pub warehouse_id: WarehouseId,
    /// Who carries the goods.
    pub carrier: Option<String>,
    /// The carrier's number for them.
    pub tracking_number: Option<String>,
    /// Where the carrier tells how far they are.
    pub tracking_url: Option<String>,
    /// How many packages.
    pub package_count: Option<i32>,
    /// What they weigh, in kilograms.
    pub weight: Option<Quantity>,
    /// The day the goods left.
    pub shipped_on: Option<Date>,
    /// The day they arrived.
    pub delivered_on: Option<Date>,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: FulfilmentStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
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
