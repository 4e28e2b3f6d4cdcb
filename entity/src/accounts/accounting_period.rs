//! Up to which day the books are locked.

use crate::vocab::{Instant, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Up to which day the books are locked.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "accounting_period")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// The last day that is locked, if any is.
    pub locked_through: Option<Date>,
    /// Why the period was opened again, if that was the last change.
    pub reason: Option<String>,
    /// Who changed it last.
    pub changed_by: Option<PrincipalId>,
    /// When it last changed.
    pub changed_at: Option<Instant>,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
