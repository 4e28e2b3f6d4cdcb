//! A barcode of a variant; each names one variant.

use crate::vocab::ProductVariantId;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A barcode of a variant; each names one variant.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "barcode")]
pub struct Model {
    /// The form that is unique and that it is found by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_key: String,
    /// The code as it was given, without spaces.
    pub code: String,
    /// Whose it is.
    pub variant_id: ProductVariantId,
    /// Its place among those of the variant, from 1.
    pub position: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
