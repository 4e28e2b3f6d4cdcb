//! A place that holds stock.

use crate::vocab::{Instant, RecordStatus, WarehouseId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A place that holds stock.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "warehouse")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WarehouseId,
    /// Its short code, as entered.
    pub code: String,
    /// The code's sorting and uniqueness key.
    pub code_key: String,
    /// Its name.
    pub name: String,
    /// Whether new documents may use it.
    pub status: RecordStatus,
    /// Its turn when warehouses are chosen: the lowest number first, then by code.
    pub priority: i32,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
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
