//! A line of a transfer.

use crate::vocab::{Amount, ProductVariantId, Quantity, StockTransferId, StockTransferLineId};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a transfer.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "stock_transfer_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockTransferLineId,
    /// The document it belongs to.
    pub stock_transfer_id: StockTransferId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// How much was asked for.
    pub quantity: Quantity,
    /// How much has left.
    pub dispatched: Quantity,
    /// How much has arrived.
    pub received: Quantity,
    /// How much was lost on the way.
    pub lost: Quantity,
    /// How much came back.
    pub returned: Quantity,
    /// Exact value of what is still on its way.
    pub in_transit_value: Amount,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
