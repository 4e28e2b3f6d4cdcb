//! What a party owes in a currency: the row that is locked before its open items change.

use crate::vocab::{Amount, CustomerId, SupplierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a party owes in a currency: the row that is locked before its open items change.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "party_balance")]
pub struct Model {
    /// The UUID of the customer or supplier.
    #[sea_orm(primary_key, auto_increment = false)]
    pub party_id: Uuid,
    /// ISO 4217 code of its currency.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// The supplier.
    pub supplier_id: Option<SupplierId>,
    /// Sum of the open items in that currency.
    pub open_amount: Amount,
    /// The same in the base currency, at the rates of the items.
    pub open_base: Amount,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
