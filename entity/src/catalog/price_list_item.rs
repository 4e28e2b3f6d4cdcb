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
    /// The list.
    pub price_list_id: PriceListId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// From which quantity on it holds.
    pub minimum_quantity: Quantity,
    /// The first day it holds.
    pub valid_from: Date,
    /// The last day it holds; none for ever.
    pub valid_until: Option<Date>,
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// An item's currency and status are its list's.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The list.
    #[sea_orm(
        belongs_to = "super::price_list::Entity",
        from = "Column::PriceListId",
        to = "super::price_list::Column::Id"
    )]
    PriceList,
}

impl ActiveModelBehavior for ActiveModel {}
