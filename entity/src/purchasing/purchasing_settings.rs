//! How much more than ordered may be received.

use crate::vocab::{Instant, Rate};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// How much more than ordered may be received.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "purchasing_settings")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Share of an ordered quantity that may come in on top of it.
    pub over_receipt_tolerance: Rate,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
