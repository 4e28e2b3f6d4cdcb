//! An invoice to a customer.

use crate::vocab::{
    Amount, CustomerId, ExchangeRate, Instant, InvoiceId, InvoiceStatus, OperationId,
    PaymentTermsId, PrincipalId, SalesOrderId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An invoice to a customer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "invoice")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvoiceId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: InvoiceStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The day the last instalment is to be paid by.
    pub due_on: Date,
    /// The customer.
    pub customer_id: CustomerId,
    /// The order it bills.
    pub sales_order_id: SalesOrderId,
    /// The terms its instalments follow; none means at once.
    pub payment_terms_id: Option<PaymentTermsId>,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// What one unit of the currency is worth in the base currency, as frozen at posting.
    pub exchange_rate: ExchangeRate,
    /// Whether the unit prices are with tax.
    pub prices_include_tax: bool,
    /// Sum of the lines' rounded net amounts.
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
