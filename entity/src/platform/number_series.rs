//! The last number given per kind of document and year.

use crate::vocab::NumberKind;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The last number given per kind of document and year.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "number_series")]
pub struct Model {
    /// The kind of document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: NumberKind,
    /// The year.
    #[sea_orm(primary_key, auto_increment = false)]
    pub year: i16,
    /// The last number given.
    pub last: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
