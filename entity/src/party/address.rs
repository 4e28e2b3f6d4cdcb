//! An address of a customer or supplier.

use crate::vocab::{AddressId, AddressPurpose, CustomerId, SupplierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// An address of a customer or supplier.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "address")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AddressId,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// The supplier.
    pub supplier_id: Option<SupplierId>,
    /// Its place among its siblings, from 1.
    pub position: i32,
    /// Purpose.
    pub purpose: AddressPurpose,
    /// Recipient.
    pub recipient: Option<String>,
    /// Street.
    pub street: String,
    /// City.
    pub city: String,
    /// Region.
    pub region: Option<String>,
    /// Postal code.
    pub postal_code: Option<String>,
    /// Country.
    pub country: String,
    /// Phone.
    pub phone: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
