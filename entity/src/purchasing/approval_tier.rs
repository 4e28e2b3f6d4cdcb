//! From which amount on a document must be approved by somebody else.

use crate::vocab::{Amount, ApprovalKind};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// From which amount on a document must be approved by somebody else.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "approval_tier")]
pub struct Model {
    /// Of which documents.
    #[sea_orm(primary_key, auto_increment = false)]
    pub document_kind: ApprovalKind,
    /// Its place among the tiers, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// From this gross amount on, in the base currency.
    pub from_amount: Amount,
    /// The scope that approving then needs.
    pub scope: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
