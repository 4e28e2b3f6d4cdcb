//! The one company of a database.

use crate::vocab::Instant;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// The one company of a database.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "company")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i16,
    /// Its name.
    pub name: String,
    /// ISO 4217 code of the currency the books are kept in.
    pub base_currency: String,
    /// IANA name; decides which business day a moment belongs to.
    pub time_zone: String,
    /// When the books were opened.
    pub created_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
