//! Stock held for somebody for a while, for example a cart.

use crate::vocab::{Instant, OperationId, PrincipalId, SalesOrderId, StockHoldId, StockHoldStatus};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Stock held for somebody for a while, for example a cart.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_hold")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockHoldId,
    /// Who it is held for, in the caller's words.
    pub owner: String,
    /// Where it is in its life.
    pub status: StockHoldStatus,
    /// When it gives up by itself.
    pub expires_at: Instant,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// The order it became.
    pub sales_order_id: Option<SalesOrderId>,
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
