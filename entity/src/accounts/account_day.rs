//! What was booked to an account for a day.

use crate::vocab::{Account, Amount};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What was booked to an account for a day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "account_day")]
pub struct Model {
    /// The account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: Account,
    /// The business day it belongs to, in the company's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub date: Date,
    /// Sum of the debits of that day, in the base currency.
    pub debit: Amount,
    /// Sum of the credits of that day, in the base currency.
    pub credit: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
