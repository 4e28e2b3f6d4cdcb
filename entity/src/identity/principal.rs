//! Whoever can act: a token or a user.

use crate::vocab::{Instant, PrincipalId, PrincipalKind};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Whoever can act: a token or a user.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "principal")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PrincipalId,
    /// Kind.
    pub kind: PrincipalKind,
    /// Its name.
    pub name: String,
    /// When it was recorded.
    pub created_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
