//! A credit note to a customer.

use crate::vocab::{
    Amount, CreditNoteId, CreditNoteStatus, CustomerId, CustomerReturnId, ExchangeRate, Instant,
    InvoiceId, OperationId, PrincipalId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A credit note to a customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "credit_note")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CreditNoteId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: CreditNoteStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The customer.
    pub customer_id: CustomerId,
    /// The invoice it takes back from.
    pub invoice_id: InvoiceId,
    /// The return that it credits, where it is of one.
    pub customer_return_id: Option<CustomerReturnId>,
    /// Why.
    pub reason: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// The invoice's exchange rate.
    pub exchange_rate: ExchangeRate,
    /// Sum of the lines' net amounts.
    pub net: Amount,
    /// Sum of the lines' taxes.
    pub tax: Amount,
    /// Sum of the lines' gross amounts.
    pub gross: Amount,
    /// The net in the base currency.
    pub base_net: Amount,
    /// The tax in the base currency.
    pub base_tax: Amount,
    /// The gross in the base currency.
    pub base_gross: Amount,
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
