//! A person or desk at a customer or supplier.

use crate::vocab::{ContactId, CustomerId, SupplierId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A person or desk at a customer or supplier.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "contact")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ContactId,
    /// The customer.
    pub customer_id: Option<CustomerId>,
    /// The supplier.
    pub supplier_id: Option<SupplierId>,
    /// Its place among its siblings, from 1.
    pub position: i32,
    /// Its name.
    pub name: String,
    /// Role.
    pub role: Option<String>,
    /// Email.
    pub email: Option<String>,
    /// Phone.
    pub phone: Option<String>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
