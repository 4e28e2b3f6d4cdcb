//! An order to a supplier.

use crate::vocab::{
    Amount, Coverage, ExchangeRate, Instant, OperationId, PaymentTermsId, PrincipalId,
    PurchaseOrderId, PurchaseOrderStatus, SupplierId, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An order to a supplier.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "purchase_order")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PurchaseOrderId,
    /// Its number, unique.
    pub number: String,
    /// Where it is in its life.
    pub status: PurchaseOrderStatus,
    /// How much of it was delivered.
    pub receiving: Coverage,
    /// How much of it was billed.
    pub billing: Coverage,
    /// From whom.
    pub supplier_id: SupplierId,
    /// Where the goods shall come in.
    pub warehouse_id: WarehouseId,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The day by which everything is expected.
    pub expected_on: Date,
    /// While it is sent: the earliest day on which something open is due.
    pub due_on: Option<Date>,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// What one unit of its currency is worth in the base currency, frozen.
    pub exchange_rate: ExchangeRate,
    /// When it is to be paid.
    pub payment_terms_id: Option<PaymentTermsId>,
    /// Sum of the lines' net amounts.
    pub net: Amount,
    /// Sum of the lines' tax.
    pub tax: Amount,
    /// Sum of the lines' gross amounts.
    pub gross: Amount,
    /// The supplier's own number of it.
    pub supplier_reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Who last changed its content.
    pub edited_by: PrincipalId,
    /// Who submitted it.
    pub submitted_by: Option<PrincipalId>,
    /// When it was submitted.
    pub submitted_at: Option<Instant>,
    /// Who approved it.
    pub approved_by: Option<PrincipalId>,
    /// When it was approved.
    pub approved_at: Option<Instant>,
    /// Why it was last given back to its author.
    pub rejected_reason: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Instant>,
    /// Why it was closed or cancelled.
    pub closed_reason: Option<String>,
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
