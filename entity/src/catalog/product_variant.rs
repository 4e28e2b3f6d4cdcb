//! A variant: what is stocked, priced and ordered.

use crate::vocab::{
    CostingMethod, Instant, ProductId, ProductVariantId, RecordStatus, TaxClassId, UnitPrice,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A variant: what is stocked, priced and ordered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "product_variant")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductVariantId,
    /// The product it belongs to.
    pub product_id: ProductId,
    /// Its stock keeping unit, as entered.
    pub sku: String,
    /// The SKU's sorting and uniqueness key.
    pub sku_key: String,
    /// What tells it from its siblings.
    pub name: String,
    /// The base unit its quantities are counted in.
    pub unit_code: String,
    /// Its base price in the company's currency.
    pub price: Option<UnitPrice>,
    /// Whether it is kept in stock; postage and fees are not.
    pub is_stock_tracked: bool,
    /// At which cost its goods leave a warehouse.
    pub costing_method: CostingMethod,
    /// What it is taxed with; nothing without a class.
    pub tax_class_id: Option<TaxClassId>,
    /// Whether new documents may use it.
    pub status: RecordStatus,
    /// The id a partner's system knows it by; unique per kind.
    pub external_id: Option<String>,
    /// What partners keep beside it, as a JSON object; none when empty.
    pub metadata: Option<Json>,
    /// When it was recorded.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// Counts its changes, from 1.
    pub version: i64,
}

/// A variant's quantities are counted in its unit.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The base unit.
    #[sea_orm(
        belongs_to = "super::unit::Entity",
        from = "Column::UnitCode",
        to = "super::unit::Column::Code"
    )]
    Unit,
}

impl Related<super::unit::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Unit.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
