//! Lines of sales orders in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::sales::sales_order_line;
use entity::vocab::{PriceSource, Quantity};

use crate::catalog::price_list::graphql::PriceList;
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, Money, loaders};
use crate::platform::actor::Scope;
use crate::sales::order::store::ReservationsOf;
use crate::stock::warehouse::graphql::Warehouse;

/// Where the price of a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PriceSource", remote = "PriceSource")]
pub enum PriceSourceKind {
    /// The caller gave it.
    Given,
    /// The customer's own price list.
    CustomerList,
    /// The price list of the customer's group.
    GroupList,
    /// The variant's own price on the day.
    Base,
}

/// A line of a sales order.
#[derive(Description)]
pub struct SalesOrderLine {
    row: sales_order_line::Model,
    currency: String,
}

impl SalesOrderLine {
    /// A line, with the currency of its order.
    pub fn new(row: sales_order_line::Model, currency: String) -> Self {
        Self { row, currency }
    }

    async fn reserved_and_backordered(&self, ctx: &Context<'_>) -> Result<(Quantity, Quantity)> {
        let rows = loaders(ctx).load_one(ReservationsOf(self.row.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let reserved = rows.iter().map(|row| row.reserved.0).sum();
        let backordered = rows.iter().map(|row| row.backordered.0).sum();
        Ok((Quantity(reserved), Quantity(backordered)))
    }
}

#[Object(use_type_description)]
impl SalesOrderLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// Its place in the order, from 1.
    async fn position(&self) -> i32 {
        self.row.position
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.row.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// How much was ordered, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.row.quantity.into()
    }

    /// What it is, where the variant's name does not say enough.
    async fn description(&self) -> Option<&str> {
        self.row.description.as_deref()
    }

    /// Whether it is goods that are reserved and shipped; fees and freight are not.
    async fn is_stock_tracked(&self) -> bool {
        self.row.is_stock_tracked
    }

    /// Where it is to be served from, where that was said or was the only choice; a split may take
    /// it from elsewhere.
    /// Scope: `stock:read`.
    async fn warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        let id = self.row.warehouse_id?;
        if let Err(error) = ctx.require(Scope::StockRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Warehouse))
            .transpose()
    }

    /// How much is in fulfilments that have not left yet.
    async fn allocated(&self) -> Decimal {
        self.row.allocated.into()
    }

    /// How much was given up when the order was closed.
    async fn closed(&self) -> Decimal {
        self.row.closed.into()
    }

    /// How much has been invoiced.
    async fn invoiced(&self) -> Decimal {
        self.row.invoiced.into()
    }

    /// How much has been shipped.
    async fn shipped(&self) -> Decimal {
        self.row.shipped.into()
    }

    /// How much is held for it now, over all warehouses.
    async fn reserved(&self, ctx: &Context<'_>) -> Result<Decimal> {
        Ok(self.reserved_and_backordered(ctx).await?.0.into())
    }

    /// How much waits for stock.
    async fn backordered(&self, ctx: &Context<'_>) -> Result<Decimal> {
        Ok(self.reserved_and_backordered(ctx).await?.1.into())
    }

    /// Price of one base unit, with up to six decimals.
    async fn unit_price(&self) -> Decimal {
        self.row.unit_price.into()
    }

    /// Where the price came from.
    async fn price_source(&self) -> PriceSourceKind {
        self.row.price_source.into()
    }

    /// The price list the price came from; null when it came from none.
    /// Scope: `prices:read`.
    async fn price_list(&self, ctx: &Context<'_>) -> Option<Result<PriceList>> {
        let id = self.row.price_list_id?;
        if let Err(error) = ctx.require(Scope::PricesRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PriceList::from))
            .transpose()
    }

    /// The rate it is taxed with, 0 to 1, as it was on the order's day.
    async fn tax_rate(&self) -> Decimal {
        self.row.tax_rate.into()
    }

    /// The tax of the line, rounded once to the currency's minor unit.
    async fn tax(&self) -> Money {
        Money::new(self.row.tax, self.currency.clone())
    }

    /// Net and tax.
    async fn gross(&self) -> Money {
        Money::new(self.row.gross, self.currency.clone())
    }

    /// Share taken off, 0 to 1.
    async fn discount_rate(&self) -> Decimal {
        self.row.discount_rate.into()
    }

    /// `quantity * unitPrice * (1 - discountRate)`, rounded once, half away from zero, to the
    /// currency's minor unit; where prices include tax, without the tax.
    async fn net(&self) -> Money {
        Money::new(self.row.net, self.currency.clone())
    }
}
