//! Sales orders in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::sales::{sales_order, sales_order_line};
use entity::vocab::{PriceSource, Progress, Quantity, SalesOrderId, SalesOrderStatus};

use super::inputs::{
    SalesOrderCancelInput, SalesOrderPlaceInput, SalesOrderReference, StockHoldConvertInput,
};
use super::place::OrderLane;
use super::store::{LinesOf, ReservationsOf};
use super::{cancel, convert, place, store};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, Reading, app, connection, loaders, payload};
use crate::identity::principal::graphql::{Principal, author};
use crate::party::customer::graphql::Customer;
use crate::platform::actor::Scope;
use crate::platform::page::Cursor;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::fulfilment::graphql::Fulfilment;
use crate::sales::invoice::graphql::Invoice;
use crate::sales::invoice::store::InvoicesOf;

/// Where a sales order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SalesOrderStatus", remote = "SalesOrderStatus")]
pub enum SalesOrderStatusKind {
    /// Accepted; its demand stands.
    Confirmed,
    /// Withdrawn before anything was shipped.
    Cancelled,
}

/// How much of something has been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Progress", remote = "Progress")]
pub enum ProgressKind {
    /// Nothing yet.
    None,
    /// A part.
    Partial,
    /// Everything.
    Full,
}

/// Where the price of a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PriceSource", remote = "PriceSource")]
pub enum PriceSourceKind {
    /// The caller gave it.
    Given,
    /// The variant's own price on the day.
    Base,
}

/// A sales order.
#[derive(Description)]
pub struct SalesOrder(sales_order::Model);

impl From<sales_order::Model> for SalesOrder {
    fn from(row: sales_order::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl SalesOrder {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "SO-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> SalesOrderStatusKind {
        self.0.status.into()
    }

    /// How much of it has been shipped.
    async fn fulfilment_status(&self) -> ProgressKind {
        self.0.fulfilment.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Who buys.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        ctx.require(Scope::CustomersRead)?;
        let row = loaders(ctx).load_one(self.0.customer_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Customer)
            .ok_or_else(|| async_graphql::Error::new("an order without a customer"))
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<SalesOrderLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let currency = &self.0.currency;
        Ok(rows
            .into_iter()
            .map(|row| SalesOrderLine {
                row,
                currency: currency.clone(),
            })
            .collect())
    }

    /// Its fulfilments, oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn fulfilments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfilment>> {
        Fulfilment::of_order(ctx, self.0.id).await
    }

    /// How much of it has been billed.
    async fn billing_status(&self) -> ProgressKind {
        self.0.billing.into()
    }

    /// Its invoices, oldest first.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn invoices(&self, ctx: &Context<'_>) -> Result<Vec<Invoice>> {
        ctx.require(Scope::InvoicesRead)?;
        let rows = loaders(ctx).load_one(InvoicesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Invoice::from).collect())
    }

    /// Sum of the lines' rounded net amounts.
    async fn net(&self) -> Money {
        Money::new(self.0.net, self.0.currency.clone())
    }

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

/// A line of a sales order.
#[derive(Description)]
pub struct SalesOrderLine {
    row: sales_order_line::Model,
    currency: String,
}

impl SalesOrderLine {
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

    /// Share taken off, 0 to 1.
    async fn discount_rate(&self) -> Decimal {
        self.row.discount_rate.into()
    }

    /// `quantity * unitPrice * (1 - discountRate)`, rounded once, half away from zero, to the
    /// currency's minor unit.
    async fn net(&self) -> Money {
        Money::new(self.row.net, self.currency.clone())
    }
}

connection!(
    SalesOrderConnection,
    SalesOrderEdge,
    SalesOrder,
    sales_order::Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);

payload! {
    /// What placing an order brought.
    SalesOrderPlacePayload {
        /// The order.
        sales_order: SalesOrder = SalesOrderId
    }
}

payload! {
    /// What cancelling an order brought.
    SalesOrderCancelPayload {
        /// The cancelled order.
        sales_order: SalesOrder = SalesOrderId
    }
}

payload! {
    /// What converting a hold brought.
    StockHoldConvertPayload {
        /// The order the hold became.
        sales_order: SalesOrder = SalesOrderId
    }
}

/// Reads sales orders.
#[derive(Default)]
pub struct SalesOrderQuery;

#[Object]
impl SalesOrderQuery {
    /// One order, by its id, number or external id; null when there is none.
    /// Scope: `sales_orders:read`.
    async fn sales_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: SalesOrderReference,
    ) -> Option<Result<SalesOrder>> {
        find(ctx, by).await.transpose()
    }

    /// All orders, oldest first.
    /// Scope: `sales_orders:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn sales_orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<SalesOrderConnection> {
        ctx.require(Scope::SalesOrdersRead)?;
        SalesOrderConnection::fetch(ctx, store::all(), (first, after), (last, before)).await
    }
}

async fn find(ctx: &Context<'_>, by: SalesOrderReference) -> Result<Option<SalesOrder>> {
    ctx.require(Scope::SalesOrdersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<sales_order::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(SalesOrder))
}

/// Changes sales orders.
#[derive(Default)]
pub struct SalesOrderMutation;

#[Object]
impl SalesOrderMutation {
    /// Places an order: creates it, confirms it and reserves its stock, all or nothing.
    /// Scope: `sales_orders:write`.
    async fn sales_order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: SalesOrderPlaceInput,
    ) -> Result<SalesOrderPlacePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let lane = ctx.data_unchecked::<OrderLane>();
        let verdict = place::place(lane, input.read(ctx)).await;
        SalesOrderPlacePayload::answer(ctx, verdict).await
    }

    /// Cancels an order of which nothing was shipped; what it held becomes free.
    /// Scope: `sales_orders:write`.
    async fn sales_order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: SalesOrderCancelInput,
    ) -> Result<SalesOrderCancelPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = cancel::cancel(app(ctx), input.read(ctx)).await;
        SalesOrderCancelPayload::answer(ctx, verdict).await
    }

    /// Converts an active hold into an order: its stock is handed over, with no moment in between.
    /// Scope: `sales_orders:write`.
    async fn stock_hold_convert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold, and who buys.")] input: StockHoldConvertInput,
    ) -> Result<StockHoldConvertPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = convert::convert(app(ctx), input.read(ctx)).await;
        StockHoldConvertPayload::answer(ctx, verdict).await
    }
}
