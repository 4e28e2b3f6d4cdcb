//! What a currency is worth in the base currency from a day on.

use crate::vocab::{ExchangeRate, ExchangeRateId, Instant, PrincipalId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a currency is worth in the base currency from a day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "exchange_rate")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExchangeRateId,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// The first day it holds; it holds until the next one.
    pub valid_from: Date,
    /// What one unit is worth in the base currency.
    pub rate: ExchangeRate,
    /// Who made it.
    pub created_by: PrincipalId,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
