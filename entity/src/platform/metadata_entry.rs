//! A member of a record's metadata, to find it by.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A member of a record's metadata, to find it by.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "metadata_entry")]
pub struct Model {
    /// Record.
    #[sea_orm(primary_key, auto_increment = false)]
    pub record_id: Uuid,
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Value.
    #[sea_orm(primary_key, auto_increment = false)]
    pub value: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
