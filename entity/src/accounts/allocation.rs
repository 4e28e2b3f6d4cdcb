//! What a credit paid of a debt.

use crate::vocab::{AllocationId, Amount, Instant, OpenItemId, OperationId, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a credit paid of a debt.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "allocation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AllocationId,
    /// The debt that was paid.
    pub debit_item_id: OpenItemId,
    /// The credit that paid it.
    pub credit_item_id: OpenItemId,
    /// How much, in their currency; below zero when it takes an earlier one back.
    pub amount: Amount,
    /// What that part of the debt was worth in the base currency.
    pub debit_base: Amount,
    /// What that part of the credit was worth in the base currency; the difference is booked.
    pub credit_base: Amount,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The allocation that it takes back.
    pub reverses_id: Option<AllocationId>,
    /// The command that made it.
    pub operation_id: OperationId,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Who recorded it.
    pub recorded_by: PrincipalId,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
