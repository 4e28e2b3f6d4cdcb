//! Money that came in or went out.

use crate::vocab::{
    Amount, CustomerId, ExchangeRate, Instant, OperationId, PaymentDirection, PaymentId,
    PaymentStatus, PrincipalId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// Money that came in or went out.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: PaymentStatus,
    /// Which way the money went.
    pub direction: PaymentDirection,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The customer.
    pub customer_id: CustomerId,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// What one unit of the currency is worth in the base currency, as frozen at posting.
    pub exchange_rate: ExchangeRate,
    /// How much, above zero.
    pub amount: Amount,
    /// The amount in the base currency.
    pub base_amount: Amount,
    /// How it was paid, such as a transfer or a card.
    pub method: Option<String>,
    /// The bank's or the payer's reference.
    pub reference: Option<String>,
    /// The day it was taken back.
    pub reversed_on: Option<Date>,
    /// Why it was taken back.
    pub reversal_reason: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// The command that made it.
    pub operation_id: OperationId,
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
