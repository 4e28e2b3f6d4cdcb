//! A part of a sum, and when it is due.

use crate::vocab::{PaymentTermsId, Rate};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A part of a sum, and when it is due.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "payment_terms_instalment")]
pub struct Model {
    /// Payment terms.
    #[sea_orm(primary_key, auto_increment = false)]
    pub payment_terms_id: PaymentTermsId,
    /// Its place among its siblings, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// Share.
    pub share: Rate,
    /// Days.
    pub days: i32,
    /// Is end of month.
    pub is_end_of_month: bool,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
