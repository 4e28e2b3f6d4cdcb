//! Sales orders in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::sales::sales_order;
use entity::vocab::{CustomerId, Progress, Quantity, SalesOrderId, SalesOrderStatus};
use serde_json::Value as Json;

use super::address::inputs::OrderAddress;
use super::inputs::{
    SalesOrderCancelInput, SalesOrderCloseInput, SalesOrderPlaceInput, SalesOrderReference,
    StockHoldConvertInput,
};
use super::place::OrderLane;
use super::rules::{self, Facts, Transition};
use super::store::{LinesOf, ReservationsOf};
use super::{cancel, close, convert, place, store};
use crate::graphql::context::{Asked, company};
use crate::graphql::filter::{
    DateFilter, DateTimeFilter, IdFilter, MetadataFilter, TextFilter, enum_filter,
};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Money, Reading, app, listing, loaders, payload,
    record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::party::customer::graphql::Customer;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::customer_return::graphql::CustomerReturn;
use crate::sales::customer_return::store::ReturnsOf;
use crate::sales::fulfilment::graphql::Fulfilment;
use crate::sales::invoice::graphql::Invoice;
use crate::sales::invoice::store::InvoicesOf;
use crate::sales::order_hold::graphql::SalesOrderHold;
use crate::sales::order_hold::store::HoldsOf;
use crate::sales::order_line::graphql::SalesOrderLine;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;

/// Where a sales order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SalesOrderStatus", remote = "SalesOrderStatus")]
pub enum SalesOrderStatusKind {
    /// A quotation: nothing is reserved, everything can still change.
    Draft,
    /// Accepted; its demand stands.
    Confirmed,
    /// Nothing more is to be done: everything is shipped and invoiced, or the rest was given up.
    Closed,
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

/// A sales order.
#[derive(Description)]
pub struct SalesOrder(sales_order::Model);

impl From<sales_order::Model> for SalesOrder {
    fn from(row: sales_order::Model) -> Self {
        Self(row)
    }
}

fn address(stored: Option<&Json>) -> Option<OrderAddress> {
    stored.and_then(|json| serde_json::from_value(json.clone()).ok())
}

impl SalesOrder {
    /// What its transitions depend on.
    async fn facts(&self, ctx: &Context<'_>) -> Result<Facts> {
        let loaders = loaders(ctx);
        let lines = loaders.load_one(LinesOf(self.0.id)).await;
        let lines = lines.map_err(|error| internal(&error))?.unwrap_or_default();
        let holds = loaders.load_one(HoldsOf(self.0.id)).await;
        let holds = holds.map_err(|error| internal(&error))?.unwrap_or_default();
        let asked = lines.iter().map(|line| ReservationsOf(line.id));
        let rows = loaders.load_many(asked).await;
        let rows = rows.map_err(|error| internal(&error))?;
        let reserved: i64 = rows.values().flatten().map(|row| row.reserved.0).sum();
        let allocated: i64 = lines.iter().map(|line| line.allocated.0).sum();
        let today = company(ctx).day(clock::now());
        let free = Quantity(reserved - allocated);
        Ok(Facts::of(&self.0, &lines, &holds, free, today))
    }
}

#[Object(use_type_description)]
impl SalesOrder {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
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

    /// How much of its goods has been shipped; FULL when it has no goods.
    async fn fulfilment_status(&self) -> ProgressKind {
        self.0.fulfilment.into()
    }

    /// How much of it has been invoiced.
    async fn billing_status(&self) -> ProgressKind {
        self.0.billing.into()
    }

    /// Whose turn it is among those that wait for stock: 0 to 9, the highest first; 5 is normal.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// The last day a quotation can be confirmed; null for ever.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// The customer's own number for it.
    async fn customer_reference(&self) -> Option<&str> {
        self.0.customer_reference.as_deref()
    }

    /// When the customer wants it.
    async fn requested_delivery_date(&self) -> Option<Date> {
        self.0.requested_delivery_on.map(Date)
    }

    /// Where the goods go, as it was when the order was written.
    async fn shipping_address(&self) -> Option<OrderAddress> {
        address(self.0.shipping_address.as_ref())
    }

    /// Where the bill goes, as it was when the order was written.
    async fn billing_address(&self) -> Option<OrderAddress> {
        address(self.0.billing_address.as_ref())
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// ISO 4217 code of the currency its prices are in: the customer's when it was written.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// What one unit of that currency is worth in the company's, as frozen when it was written.
    async fn exchange_rate(&self) -> Decimal {
        self.0.exchange_rate.into()
    }

    /// Whether the unit prices are with tax.
    async fn prices_include_tax(&self) -> bool {
        self.0.prices_include_tax
    }

    /// Its holds, oldest first, with those that were released. While one stands, it is not picked,
    /// packed or shipped.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn holds(&self, ctx: &Context<'_>) -> Result<Vec<SalesOrderHold>> {
        let rows = loaders(ctx).load_one(HoldsOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(SalesOrderHold).collect())
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "20 + child_complexity")]
    async fn available_transitions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableTransition>> {
        let facts = self.facts(ctx).await?;
        let each = |step: &Transition| {
            AvailableTransition::of(step.mutation(), rules::check(*step, &facts))
        };
        Ok(Transition::ALL.iter().map(each).collect())
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
            .filter(|row| !row.quantity.is_zero())
            .map(|row| SalesOrderLine::new(row, currency.clone()))
            .collect())
    }

    /// Its fulfilments, oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn fulfilments(&self, ctx: &Context<'_>) -> Result<Vec<Fulfilment>> {
        Fulfilment::of_order(ctx, self.0.id).await
    }

    /// What came back of it, or is to, oldest first.
    /// Scope: `returns:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn customer_returns(&self, ctx: &Context<'_>) -> Result<Vec<CustomerReturn>> {
        ctx.require(Scope::ReturnsRead)?;
        let rows = loaders(ctx).load_one(ReturnsOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(CustomerReturn::from).collect())
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

    /// Sum of the lines' rounded taxes.
    async fn tax(&self) -> Money {
        Money::new(self.0.tax, self.0.currency.clone())
    }

    /// Net and tax.
    async fn gross(&self) -> Money {
        Money::new(self.0.gross, self.0.currency.clone())
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

payload! {
    /// What placing an order brought.
    SalesOrderPlacePayload {
        /// The order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What cancelling an order brought.
    SalesOrderCancelPayload {
        /// The cancelled order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What closing an order brought.
    SalesOrderClosePayload {
        /// The closed order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What converting a hold brought.
    StockHoldConvertPayload {
        /// The order the hold became.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

enum_filter!(
    /// Compares where a sales order is in its life.
    SalesOrderStatusFilter: SalesOrderStatusKind => SalesOrderStatus
);

enum_filter!(
    /// Compares how much of something has been done.
    ProgressFilter: ProgressKind => Progress
);

listing! {
    /// Sales orders and quotations, oldest first unless ordered otherwise.
    /// Scope: `sales_orders:read`.
    sales_orders: SalesOrder of sales_order, Scope::SalesOrdersRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By where they are in their life.
        status: SalesOrderStatusFilter => |given| given.on(Column::Status),
        /// By how much of them has left.
        fulfilment_status: ProgressFilter => |given| given.on(Column::Fulfilment),
        /// By how much of them is billed.
        billing_status: ProgressFilter => |given| given.on(Column::Billing),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the customer.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
        /// By the customer's own number for it.
        customer_reference: TextFilter => |given| given.exact(Column::CustomerReference),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their business day.
        Date => [Date, Id],
        /// By their number.
        Number => [Number],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    all store::all();
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
    pub async fn sales_order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: SalesOrderPlaceInput,
    ) -> Result<SalesOrderPlacePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let lane = ctx.data_unchecked::<OrderLane>();
        let verdict = place::place(lane, input.read(ctx)).await;
        SalesOrderPlacePayload::answer(ctx, verdict).await
    }

    /// Cancels an order of which nothing was shipped or invoiced; what it held becomes free.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: SalesOrderCancelInput,
    ) -> Result<SalesOrderCancelPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = cancel::cancel(app(ctx), input.read(ctx)).await;
        SalesOrderCancelPayload::answer(ctx, verdict).await
    }

    /// Closes an order by hand: nobody waits for what has not been shipped, what it held becomes
    /// free, what was shipped stays. An order of which everything is shipped and invoiced closes
    /// by itself.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: SalesOrderCloseInput,
    ) -> Result<SalesOrderClosePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = close::close(app(ctx), input.read(ctx)).await;
        SalesOrderClosePayload::answer(ctx, verdict).await
    }

    /// Converts an active hold into an order: its stock is handed over, with no moment in between.
    /// Scope: `sales_orders:write`.
    pub async fn stock_hold_convert(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold, and who buys.")] input: StockHoldConvertInput,
    ) -> Result<StockHoldConvertPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = convert::convert(app(ctx), input.read(ctx)).await;
        StockHoldConvertPayload::answer(ctx, verdict).await
    }
}
