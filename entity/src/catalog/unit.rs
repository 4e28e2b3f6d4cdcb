//! A unit of measure and how many decimals it allows.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A unit of measure and how many decimals it allows.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Its code, for example `EACH`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// Its name.
    pub name: String,
    /// How many decimals a quantity in it may have, 0 to 6.
    pub decimals: i16,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
