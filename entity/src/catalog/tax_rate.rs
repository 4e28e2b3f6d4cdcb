//! What a tax class is taxed with, from a day on.

use crate::vocab::{Rate, TaxClassId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a tax class is taxed with, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "tax_rate")]
pub struct Model {
    /// Tax class.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tax_class_id: TaxClassId,
    /// Valid from.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: Date,
    /// Rate.
    pub rate: Rate,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
