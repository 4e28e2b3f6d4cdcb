//! What a party owes by one instalment of a document, or is owed.

use crate::vocab::{
    Amount, CustomerId, DocumentKind, ExchangeRate, Instant, OpenItemId, OperationId, PrincipalId,
    SupplierId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a party owes by one instalment of a document, or is owed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "open_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OpenItemId,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// The supplier.
    pub supplier_id: Option<SupplierId>,
    /// What kind of document it belongs to.
    pub document_kind: DocumentKind,
    /// The UUID of that document.
    pub document_id: Uuid,
    /// The document's number.
    pub number: String,
    /// The id a partner's system knows the document by.
    pub external_id: Option<String>,
    /// Which instalment of the document, from 1.
    pub instalment: i32,
    /// The business day it belongs to, in the company's time zone.
    pub date: Date,
    /// The day it is to be paid by.
    pub due_on: Date,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// What one unit of the currency is worth in the base currency, as frozen at posting.
    pub exchange_rate: ExchangeRate,
    /// What the party owes, above zero, or is owed, below zero.
    pub amount: Amount,
    /// What is left of it.
    pub open_amount: Amount,
    /// The amount in the base currency.
    pub base_amount: Amount,
    /// What is left of it in the base currency.
    pub open_base: Amount,
    /// The last day for which anything was allocated; its own day before that.
    pub changed_on: Date,
    /// Since which day nothing is left of it; none while something is.
    pub settled_on: Option<Date>,
    /// Why it was made, where the document does not say it.
    pub note: Option<String>,
    /// The command that made it.
    pub operation_id: OperationId,
    /// Who made it.
    pub created_by: PrincipalId,
    /// When it was recorded.
    pub created_at: Instant,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
