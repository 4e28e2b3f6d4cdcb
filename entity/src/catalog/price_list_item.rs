//! A price of a price list, from a quantity and a day on.

use crate::vocab::{Instant, PriceListId, PriceListItemId, ProductVariantId, Quantity, UnitPrice};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A price of a price list, from a quantity and a day on.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "price_list_item")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PriceListItemId,
    /// Price list.
    pub price_list_id: PriceListId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// Minimum quantity.
    pub minimum_quantity: Quantity,
    /// Valid from.
    pub valid_from: Date,
    /// Valid until.
    pub valid_until: Option<Date>,
    /// Unit price.
    pub unit_price: UnitPrice,
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
