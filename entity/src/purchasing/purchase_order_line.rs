//! A line of a purchase order.

use crate::vocab::{
    Amount, ProductVariantId, PurchaseOrderId, PurchaseOrderLineId, Quantity, Rate, SupplierItemId,
    TaxClassId, UnitPrice,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a purchase order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "purchase_order_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PurchaseOrderLineId,
    /// The document it belongs to.
    pub purchase_order_id: PurchaseOrderId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// The supplier's offer it goes by, if any.
    pub supplier_item_id: Option<SupplierItemId>,
    /// The supplier's own SKU.
    pub supplier_sku: Option<String>,
    /// How much is ordered, in the base unit.
    pub quantity: Quantity,
    /// Price of one base unit, without tax, in the order's currency.
    pub unit_price: UnitPrice,
    /// Share taken off.
    pub discount_rate: Rate,
    /// How it is taxed.
    pub tax_class_id: Option<TaxClassId>,
    /// The tax rate on the order's day.
    pub tax_rate: Rate,
    /// Before tax.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// With tax.
    pub gross: Amount,
    /// The day on which it is expected.
    pub expected_on: Date,
    /// How much the supplier confirmed.
    pub confirmed_quantity: Option<Quantity>,
    /// The day the supplier promised.
    pub promised_on: Option<Date>,
    /// How much came in and may be sold.
    pub accepted: Quantity,
    /// How much came in and was rejected.
    pub rejected: Quantity,
    /// How much was noted as missing.
    pub short: Quantity,
    /// How much is no longer waited for.
    pub closed: Quantity,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
