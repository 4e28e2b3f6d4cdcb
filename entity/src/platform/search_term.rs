//! A term by which a record is found.

use crate::vocab::SearchKind;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A term by which a record is found.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "search_term")]
pub struct Model {
    /// Record kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_kind: SearchKind,
    /// Term.
    #[sea_orm(primary_key, auto_increment = false)]
    pub term: String,
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
