//! What the company has settled on for its stock.

use crate::vocab::{Amount, Instant, SourcingStrategy};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What the company has settled on for its stock.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_settings")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Corrections worth more than this need approval; none: never.
    pub adjustment_approval_over: Option<Amount>,
    /// How warehouses are chosen for orders that do not say.
    pub sourcing_strategy: SourcingStrategy,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
