//! A line of a fulfilment.

use crate::vocab::{
    Amount, FulfilmentId, FulfilmentLineId, ProductVariantId, Quantity, SalesOrderLineId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a fulfilment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "fulfilment_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FulfilmentLineId,
    /// The document it belongs to.
    pub fulfilment_id: FulfilmentId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The order line it serves.
    pub sales_order_line_id: SalesOrderLineId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// How much leaves.
    pub quantity: Quantity,
    /// Exact cost at which it left, in the base currency; zero before.
    pub cost: Amount,
}

/// A line is where its fulfilment is.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The fulfilment.
    #[sea_orm(
        belongs_to = "super::fulfilment::Entity",
        from = "Column::FulfilmentId",
        to = "super::fulfilment::Column::Id"
    )]
    Fulfilment,
}

impl ActiveModelBehavior for ActiveModel {}
