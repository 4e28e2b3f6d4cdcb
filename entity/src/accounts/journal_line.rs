//! A line of a journal entry.

use crate::vocab::{Account, Amount, CustomerId, JournalEntryId, SupplierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a journal entry.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "journal_line")]
pub struct Model {
    /// The entry.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: JournalEntryId,
    /// Its place among its siblings, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    /// The account.
    pub account: Account,
    /// In the base currency: above zero for a debit, below zero for a credit.
    pub amount: Amount,
    /// The customer it is about.
    pub customer_id: Option<CustomerId>,
    /// The supplier it is about.
    pub supplier_id: Option<SupplierId>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
