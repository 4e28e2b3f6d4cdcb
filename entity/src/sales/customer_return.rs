//! Goods that a customer sends back.

use crate::vocab::{
    CustomerId, CustomerReturnId, CustomerReturnStatus, Instant, OperationId, PrincipalId,
    ReturnSettlement, SalesOrderId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Goods that a customer sends back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "customer_return")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerReturnId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: CustomerReturnStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The order that the goods were shipped for.
    pub sales_order_id: SalesOrderId,
    /// Who sends them back.
    pub customer_id: CustomerId,
    /// Where they come in.
    pub warehouse_id: WarehouseId,
    /// A remark.
    pub note: Option<String>,
    /// Why it was rejected.
    pub refusal: Option<String>,
    /// How it was settled; none while it is not closed.
    pub settlement: Option<ReturnSettlement>,
    /// The order that replaces the goods.
    pub replacement_id: Option<SalesOrderId>,
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
