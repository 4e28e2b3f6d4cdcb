//! A fact that others may hear, written in the transaction that made it true.

use crate::vocab::{Instant, OperationId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A fact that others may hear, written in the transaction that made it true.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Its number; the order of numbers is the order of commits.
    #[sea_orm(primary_key)]
    pub sequence: i64,
    /// The command that caused it.
    pub operation_id: OperationId,
    /// What happened, for example `stock_level.changed`.
    pub kind: String,
    /// Version of the shape of `facts`.
    pub schema_version: i16,
    /// The record it is about.
    pub subject_id: Uuid,
    /// What is true since then, as JSON.
    pub facts: String,
    /// When it was recorded.
    pub recorded_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
