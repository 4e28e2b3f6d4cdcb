//! A hold on a sales order: why it must not be picked or shipped for now.

use crate::vocab::{Instant, PrincipalId, SalesOrderHoldId, SalesOrderHoldKind, SalesOrderId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A hold on a sales order: why it must not be picked or shipped for now.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sales_order_hold")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SalesOrderHoldId,
    /// The order.
    pub sales_order_id: SalesOrderId,
    /// What it is about.
    pub kind: SalesOrderHoldKind,
    /// Why, in words.
    pub reason: String,
    /// Who placed it.
    pub placed_by: PrincipalId,
    /// When.
    pub placed_at: Instant,
    /// Who released it; none while it stands.
    pub released_by: Option<PrincipalId>,
    /// When it was released.
    pub released_at: Option<Instant>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
