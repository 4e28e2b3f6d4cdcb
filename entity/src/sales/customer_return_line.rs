//! A line of a customer return.

use crate::vocab::{
    Amount, CustomerReturnId, CustomerReturnLineId, FulfilmentLineId, ProductVariantId, Quantity,
    ReturnReason,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a customer return.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "customer_return_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerReturnLineId,
    /// The document it belongs to.
    pub customer_return_id: CustomerReturnId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The line that the goods were shipped by.
    pub fulfilment_line_id: FulfilmentLineId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// How much is to come back.
    pub quantity: Quantity,
    /// Why.
    pub reason: ReturnReason,
    /// A remark.
    pub note: Option<String>,
    /// How much has come back.
    pub received: Quantity,
    /// The cost at which it came back, which is that at which it left.
    pub cost: Amount,
    /// How much may be sold again.
    pub restocked: Quantity,
    /// How much was thrown away.
    pub scrapped: Quantity,
    /// How much went back to the customer.
    pub sent_back: Quantity,
    /// What inspecting it found.
    pub finding: Option<String>,
}

/// A line is where its return is.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The return.
    #[sea_orm(
        belongs_to = "super::customer_return::Entity",
        from = "Column::CustomerReturnId",
        to = "super::customer_return::Column::Id"
    )]
    CustomerReturn,
}

impl Related<super::customer_return::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::CustomerReturn.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
