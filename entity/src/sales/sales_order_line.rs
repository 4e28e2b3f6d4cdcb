//! A line of a sales order.

use crate::vocab::{
    Amount, PriceListId, PriceSource, ProductVariantId, Quantity, Rate, SalesOrderId,
    SalesOrderLineId, TaxClassId, UnitPrice, WarehouseId,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of a sales order.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "sales_order_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SalesOrderLineId,
    /// The document it belongs to.
    pub sales_order_id: SalesOrderId,
    /// Its place in the document, from 1.
    pub position: i32,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// Whether it is goods that are reserved and shipped; fees and freight are not.
    pub is_stock_tracked: bool,
    /// Where it is to be served from, where that was said or was the only choice.
    pub warehouse_id: Option<WarehouseId>,
    /// What it is, where the variant's name does not say enough.
    pub description: Option<String>,
    /// How much was ordered; zero for a line that was taken off again, which stays because the
    /// ledgers refer to it.
    pub quantity: Quantity,
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// Where the price came from.
    pub price_source: PriceSource,
    /// The price list, where the price came from one.
    pub price_list_id: Option<PriceListId>,
    /// Share taken off, 0 to 1.
    pub discount_rate: Rate,
    /// What it is taxed with.
    pub tax_class_id: Option<TaxClassId>,
    /// The tax rate of the day.
    pub tax_rate: Rate,
    /// Rounded net amount of the line.
    pub net: Amount,
    /// Rounded tax of the line.
    pub tax: Amount,
    /// Net and tax.
    pub gross: Amount,
    /// How much is in fulfilments that have not left yet.
    pub allocated: Quantity,
    /// How much has left the warehouses.
    pub shipped: Quantity,
    /// How much was given up when the order was closed.
    pub closed: Quantity,
    /// How much has been invoiced.
    pub invoiced: Quantity,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
