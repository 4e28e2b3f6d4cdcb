//! A line of an invoice.

use crate::vocab::{
    Amount, FulfilmentLineId, InvoiceId, InvoiceLineId, ProductVariantId, Quantity, Rate,
    SalesOrderLineId, TaxClassId, UnitPrice,
};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "invoice_line")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvoiceLineId,
    /// The invoice.
    pub invoice_id: InvoiceId,
    /// Its place among its siblings, from 1.
    pub position: i32,
    /// What is billed.
    pub variant_id: Option<ProductVariantId>,
    /// What is billed, in words.
    pub description: String,
    /// How much is billed, in the base unit.
    pub quantity: Quantity,
    /// What one base unit costs.
    pub unit_price: UnitPrice,
    /// Share taken off.
    pub discount_rate: Rate,
    /// How it is taxed.
    pub tax_class_id: Option<TaxClassId>,
    /// The class's rate on the invoice's day.
    pub tax_rate: Rate,
    /// Before tax, rounded once.
    pub net: Amount,
    /// The tax.
    pub tax: Amount,
    /// With tax.
    pub gross: Amount,
    /// How much of the quantity credit notes took back.
    pub credited_quantity: Quantity,
    /// How much of the net credit notes took back.
    pub credited_net: Amount,
    /// How much of the tax credit notes took back.
    pub credited_tax: Amount,
    /// The order line it bills.
    pub sales_order_line_id: SalesOrderLineId,
    /// The shipped line it bills; none for a charge.
    pub fulfilment_line_id: Option<FulfilmentLineId>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
