//! A sales order.

use crate::vocab::{
    Amount, CustomerId, ExchangeRate, Instant, OperationId, PrincipalId, Progress, SalesOrderId,
    SalesOrderStatus,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A sales order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sales_order")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SalesOrderId,
    /// Who buys.
    pub customer_id: CustomerId,
    /// ISO 4217 code its prices are in.
    pub currency: String,
    /// The last day a quotation can be confirmed; none for ever.
    pub valid_until: Option<Date>,
    /// What one unit of the currency is worth in the base currency, as frozen when it was made.
    pub exchange_rate: ExchangeRate,
    /// Whether the unit prices are with tax.
    pub prices_include_tax: bool,
    /// Sum of the lines' rounded net amounts.
    pub net: Amount,
    /// Sum of the lines' taxes.
    pub tax: Amount,
    /// Sum of the lines' gross amounts.
    pub gross: Amount,
    /// How much of it has been shipped.
    pub fulfilment: Progress,
    /// How much of it has been invoiced.
    pub billing: Progress,
    /// From 0 to 9; of those that wait for stock the highest is served first.
    pub priority: i32,
    /// The customer's own number for it.
    pub customer_reference: Option<String>,
    /// When the customer wants it.
    pub requested_delivery_on: Option<Date>,
    /// Where the goods go, as it was when the order was written.
    pub shipping_address: Option<Json>,
    /// Where the bill goes, as it was when the order was written.
    pub billing_address: Option<Json>,
    /// A remark.
    pub note: Option<String>,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: SalesOrderStatus,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
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
