//! Transfers in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::stock::{stock_transfer, stock_transfer_line};
use entity::vocab::{StockTransferId, StockTransferStatus, WarehouseId};

use super::inputs::{
    StockTransferCancelInput, StockTransferCreateInput, StockTransferDispatchInput,
    StockTransferReceiveInput, StockTransferReference,
};
use super::store::LinesOf;
use super::{ops, receive, rules, store};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, company};
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Money, Reading, app, listing, loaders, payload,
    record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a transfer is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockTransferStatus", remote = "StockTransferStatus")]
pub enum StockTransferStatusKind {
    /// Its goods are reserved where they are.
    Draft,
    /// Its goods are on their way.
    InTransit,
    /// Everything that was sent is accounted for.
    Closed,
    /// Given up before it was sent.
    Cancelled,
}

/// Goods on their way from one warehouse to another.
#[derive(Description)]
pub struct StockTransfer(stock_transfer::Model);

impl From<stock_transfer::Model> for StockTransfer {
    fn from(row: stock_transfer::Model) -> Self {
        Self(row)
    }
}

async fn load_warehouse(ctx: &Context<'_>, id: WarehouseId) -> Result<Warehouse> {
    let row = loaders(ctx)
        .load_one(id)
        .await
        .map_err(|error| internal(&error))?;
    row.map(Warehouse)
        .ok_or_else(|| async_graphql::Error::new("a transfer without a warehouse"))
}

#[Object(use_type_description)]
impl StockTransfer {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "TR-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> StockTransferStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Where the goods leave.
    #[graphql(name = "fromWarehouse")]
    async fn source_warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        load_warehouse(ctx, self.0.from_warehouse_id).await
    }

    /// Where they are going.
    async fn to_warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        load_warehouse(ctx, self.0.to_warehouse_id).await
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<StockTransferLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(StockTransferLine).collect())
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let in_state = |transition, wanted| {
            let verdict = rules::check_status(&self.0, wanted).map_err(|refused| refused.problem);
            AvailableTransition::of(transition, verdict)
        };
        vec![
            in_state("stockTransferCancel", StockTransferStatus::Draft),
            in_state("stockTransferDispatch", StockTransferStatus::Draft),
            in_state("stockTransferReceive", StockTransferStatus::InTransit),
        ]
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A line of a transfer. Quantities are in the base unit.
#[derive(Description)]
pub struct StockTransferLine(stock_transfer_line::Model);

#[Object(use_type_description)]
impl StockTransferLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// How much was asked for.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// How much has left.
    async fn dispatched(&self) -> Decimal {
        self.0.dispatched.into()
    }

    /// How much has arrived.
    async fn received(&self) -> Decimal {
        self.0.received.into()
    }

    /// How much was lost on the way.
    async fn lost(&self) -> Decimal {
        self.0.lost.into()
    }

    /// How much came back.
    async fn returned(&self) -> Decimal {
        self.0.returned.into()
    }

    /// How much is still on its way: `dispatched - received - lost - returned`.
    async fn in_transit(&self) -> Decimal {
        rules::on_its_way(&self.0).into()
    }

    /// Exact value of what is still on its way, in the company's currency.
    /// Scope: `costs:read`.
    async fn in_transit_value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.in_transit_value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }
}

enum_filter!(
    /// Compares where a transfer is in its life.
    StockTransferStatusFilter: StockTransferStatusKind => StockTransferStatus
);

listing! {
    /// Transfers, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    stock_transfers: StockTransfer of stock_transfer, Scope::StockRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By where they are in their life.
        status: StockTransferStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the warehouse they leave.
        from_warehouse_id: IdFilter => |given| {
            given.on(Column::FromWarehouseId, WarehouseId::parse)
        },
        /// By the warehouse they reach.
        to_warehouse_id: IdFilter => |given| given.on(Column::ToWarehouseId, WarehouseId::parse),
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
    }
    all store::all();
}

payload! {
    /// What creating a transfer brought.
    StockTransferCreatePayload {
        /// The transfer.
        stock_transfer: StockTransfer = StockTransferId,
        posted: Lines => Posted
    }
}

payload! {
    /// What dispatching a transfer brought.
    StockTransferDispatchPayload {
        /// The transfer.
        stock_transfer: StockTransfer = StockTransferId,
        posted: Lines => Posted
    }
}

payload! {
    /// What receiving a transfer brought.
    StockTransferReceivePayload {
        /// The transfer.
        stock_transfer: StockTransfer = StockTransferId,
        posted: Lines => Posted
    }
}

payload! {
    /// What cancelling a transfer brought.
    StockTransferCancelPayload {
        /// The transfer.
        stock_transfer: StockTransfer = StockTransferId,
        posted: Lines => Posted
    }
}

/// Reads transfers.
#[derive(Default)]
pub struct StockTransferQuery;

#[Object]
impl StockTransferQuery {
    /// One transfer, by its id, number or external id; null when there is none.
    /// Scope: `stock:read`.
    async fn stock_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: StockTransferReference,
    ) -> Option<Result<StockTransfer>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: StockTransferReference) -> Result<Option<StockTransfer>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<stock_transfer::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(StockTransfer))
}

/// Changes transfers.
#[derive(Default)]
pub struct StockTransferMutation;

#[Object]
impl StockTransferMutation {
    /// Creates a transfer, and reserves its goods where they are, all or nothing.
    /// Scope: `stock:write`.
    pub async fn stock_transfer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new transfer.")] input: StockTransferCreateInput,
    ) -> Result<StockTransferCreatePayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::create(app(ctx), input.read(ctx)).await;
        StockTransferCreatePayload::answer(ctx, verdict).await
    }

    /// Sends a transfer on its way: its goods leave at their cost, and are incoming where they go.
    /// Scope: `stock:write`.
    pub async fn stock_transfer_dispatch(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transfer.")] input: StockTransferDispatchInput,
    ) -> Result<StockTransferDispatchPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::dispatch(app(ctx), input.read(ctx)).await;
        StockTransferDispatchPayload::answer(ctx, verdict).await
    }

    /// Receives a transfer, or a part of it: what arrived, what was lost, what came back.
    /// Scope: `stock:write`.
    pub async fn stock_transfer_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What became of it.")] input: StockTransferReceiveInput,
    ) -> Result<StockTransferReceivePayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = receive::receive(app(ctx), input.read(ctx)).await;
        StockTransferReceivePayload::answer(ctx, verdict).await
    }

    /// Gives a transfer up before it was dispatched; what it held becomes free.
    /// Scope: `stock:write`.
    pub async fn stock_transfer_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which transfer.")] input: StockTransferCancelInput,
    ) -> Result<StockTransferCancelPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::cancel(app(ctx), input.read(ctx)).await;
        StockTransferCancelPayload::answer(ctx, verdict).await
    }
}
