//! Fulfilments in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result, SimpleObject};
use entity::sales::fulfilment;
use entity::vocab::{FulfilmentId, FulfilmentStatus, SalesOrderId, WarehouseId};

use super::inputs::{
    FulfilmentCancelInput, FulfilmentCreateInput, FulfilmentDeliverInput, FulfilmentPackInput,
    FulfilmentPickInput, FulfilmentReference, FulfilmentShipInput, FulfilmentUpdateInput,
};
use super::rules::{self, Step};
use super::store::{self, FulfilmentsOf, LinesOf};
use super::{create, ship, steps};
use crate::graphql::context::Asked;
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::{cursor, internal, split, unread};
use crate::graphql::record::RecordFields;
use crate::graphql::user_error::UserError;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Reading, app, listing, loaders, payload, record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::command::{Accepted, Verdict};
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::fulfilment_line::graphql::FulfilmentLine;
use crate::sales::order::graphql::SalesOrder;
use crate::sales::order::rules::standing;
use crate::sales::order_hold::store::HoldsOf;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a fulfilment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "FulfilmentStatus", remote = "FulfilmentStatus")]
pub enum FulfilmentStatusKind {
    /// To be picked: its goods are set aside for it alone.
    Pending,
    /// Taken from the shelves.
    Picked,
    /// Packed, ready to leave.
    Packed,
    /// The goods have left the warehouse.
    Shipped,
    /// The goods have arrived.
    Delivered,
    /// Given up before anything left.
    Cancelled,
}

/// A shipment of a sales order's goods out of one warehouse.
#[derive(Description)]
pub struct Fulfilment(fulfilment::Model);

impl From<fulfilment::Model> for Fulfilment {
    fn from(row: fulfilment::Model) -> Self {
        Self(row)
    }
}

impl Fulfilment {
    /// The fulfilments of an order; one statement for all orders asked for together.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_order(ctx: &Context<'_>, id: SalesOrderId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(FulfilmentsOf(id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Self).collect())
    }
}

#[Object(use_type_description)]
impl Fulfilment {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "FF-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> FulfilmentStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The order it serves.
    async fn sales_order(&self, ctx: &Context<'_>) -> Result<SalesOrder> {
        let row = loaders(ctx).load_one(self.0.sales_order_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(SalesOrder::from)
            .ok_or_else(|| async_graphql::Error::new("a fulfilment without an order"))
    }

    /// Where the goods left.
    /// Scope: `stock:read`.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        ctx.require(Scope::StockRead)?;
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a fulfilment without a warehouse"))
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<FulfilmentLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(FulfilmentLine).collect())
    }

    /// Who carries the goods.
    async fn carrier(&self) -> Option<&str> {
        self.0.carrier.as_deref()
    }

    /// The carrier's number for them.
    async fn tracking_number(&self) -> Option<&str> {
        self.0.tracking_number.as_deref()
    }

    /// Where the carrier tells how far they are.
    async fn tracking_url(&self) -> Option<&str> {
        self.0.tracking_url.as_deref()
    }

    /// Into how many packages they are packed.
    async fn package_count(&self) -> Option<i32> {
        self.0.package_count
    }

    /// What the packages weigh together, in kilograms.
    async fn weight(&self) -> Option<Decimal> {
        self.0.weight.map(Decimal::from)
    }

    /// The day the goods left; null before.
    async fn shipped_on(&self) -> Option<Date> {
        self.0.shipped_on.map(Date)
    }

    /// The day they arrived; null before.
    async fn delivered_on(&self) -> Option<Date> {
        self.0.delivered_on.map(Date)
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "5 + child_complexity")]
    async fn available_transitions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableTransition>> {
        let holds = loaders(ctx).load_one(HoldsOf(self.0.sales_order_id)).await;
        let holds = holds.map_err(|error| internal(&error))?.unwrap_or_default();
        let hold = standing(&holds);
        let each = |step: &Step| {
            let verdict = rules::check(*step, self.0.status, hold.as_deref());
            AvailableTransition::of(step.mutation(), verdict)
        };
        Ok(Step::ALL.iter().map(each).collect())
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }
}

/// Declares the payload of a mutation that makes several fulfilments.
macro_rules! several {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The fulfilments, one per warehouse. Empty when there are errors.
            fulfilments: Vec<Fulfilment>,
            /// The order. Null when there are errors: then nothing was changed.
            sales_order: Option<SalesOrder>,
            /// Everything that is wrong with the input, all at once.
            errors: Vec<UserError>,
            /// The ledger lines that this call wrote, or would have written with `dryRun`.
            /// Null when there are errors, nothing left a warehouse, or it was a repetition.
            posted: Option<Posted>,
            /// Whether this is the outcome of an earlier call with the same idempotency key.
            replayed: bool,
            /// The place in the stream of events behind everything this call caused.
            event_cursor: Option<String>,
        }

        impl $name {
            async fn answer(
                ctx: &Context<'_>,
                verdict: Verdict,
                is_existing: bool,
            ) -> Result<Self> {
                let (accepted, errors) = split(verdict)?;
                let Some(accepted) = accepted else {
                    return Ok(Self {
                        fulfilments: Vec::new(),
                        sales_order: None,
                        errors,
                        posted: None,
                        replayed: false,
                        event_cursor: None,
                    });
                };
                let posted = accepted.posted::<Lines>().map(Posted::from);
                let (fulfilments, sales_order) = if accepted.dry_run {
                    (Vec::new(), None)
                } else {
                    brought(ctx, &accepted, is_existing).await?
                };
                Ok(Self {
                    fulfilments,
                    sales_order,
                    errors,
                    posted,
                    replayed: accepted.replayed,
                    event_cursor: accepted.event_cursor.map(cursor),
                })
            }
        }
    };
}

several!(
    /// What setting goods aside brought.
    FulfilmentCreatePayload
);
several!(
    /// What shipping brought.
    FulfilmentShipPayload
);

/// The fulfilments that a command made, or the one it shipped, and their order.
async fn brought(
    ctx: &Context<'_>,
    accepted: &Accepted,
    is_existing: bool,
) -> Result<(Vec<Fulfilment>, Option<SalesOrder>)> {
    let rows = if is_existing {
        let row = loaders(ctx)
            .load_one(FulfilmentId(accepted.record_id))
            .await;
        row.map_err(|error| unread(&error))?.into_iter().collect()
    } else {
        let made = store::of_operation(app(ctx).db.reader(), accepted.operation_id).await;
        made.map_err(|error| unread(&error))?
    };
    let order = match rows.first() {
        Some(row) => row.sales_order_id,
        None => SalesOrderId(accepted.record_id),
    };
    let order = loaders(ctx).load_one(order).await;
    let order = order.map_err(|error| unread(&error))?;
    let fulfilments = rows.into_iter().map(Fulfilment).collect();
    Ok((fulfilments, order.map(SalesOrder::from)))
}

payload! {
    /// What picking brought.
    FulfilmentPickPayload {
        /// The picked fulfilment.
        fulfilment: Fulfilment = FulfilmentId
    }
}

payload! {
    /// What packing brought.
    FulfilmentPackPayload {
        /// The packed fulfilment.
        fulfilment: Fulfilment = FulfilmentId
    }
}

payload! {
    /// What delivering brought.
    FulfilmentDeliverPayload {
        /// The delivered fulfilment.
        fulfilment: Fulfilment = FulfilmentId
    }
}

payload! {
    /// What cancelling a fulfilment brought.
    FulfilmentCancelPayload {
        /// The cancelled fulfilment.
        fulfilment: Fulfilment = FulfilmentId
    }
}

payload! {
    /// What changing a fulfilment brought.
    FulfilmentUpdatePayload {
        /// The changed fulfilment.
        fulfilment: Fulfilment = FulfilmentId
    }
}

enum_filter!(
    /// Compares where a fulfilment is in its life.
    FulfilmentStatusFilter: FulfilmentStatusKind => FulfilmentStatus
);

listing! {
    /// Fulfilments, oldest first unless ordered otherwise. Those of a warehouse that are PENDING
    /// are what is to be picked there.
    /// Scope: `sales_orders:read`.
    fulfilments: Fulfilment of fulfilment, Scope::SalesOrdersRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By where they are in their life.
        status: FulfilmentStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the order.
        sales_order_id: IdFilter => |given| given.on(Column::SalesOrderId, SalesOrderId::parse),
        /// By the warehouse that they leave.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
        /// By the carrier's number.
        tracking_number: TextFilter => |given| given.exact(Column::TrackingNumber),
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

/// Reads fulfilments.
#[derive(Default)]
pub struct FulfilmentQuery;

#[Object]
impl FulfilmentQuery {
    /// One fulfilment, by its id, number or external id; null when there is none.
    /// Scope: `sales_orders:read`.
    async fn fulfilment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: FulfilmentReference,
    ) -> Option<Result<Fulfilment>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: FulfilmentReference) -> Result<Option<Fulfilment>> {
    ctx.require(Scope::SalesOrdersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<fulfilment::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Fulfilment))
}

/// Changes fulfilments.
#[derive(Default)]
pub struct FulfilmentMutation;

#[Object]
impl FulfilmentMutation {
    /// Sets goods that an order has reserved aside for shipping, one fulfilment per warehouse: no
    /// other fulfilment gets the same pieces. Nothing leaves yet.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to set aside.")] input: FulfilmentCreateInput,
    ) -> Result<FulfilmentCreatePayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = create::create(app(ctx), input.read(ctx)).await;
        FulfilmentCreatePayload::answer(ctx, verdict, false).await
    }

    /// Notes that the goods of a fulfilment were taken from the shelves.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_pick(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fulfilment.")] input: FulfilmentPickInput,
    ) -> Result<FulfilmentPickPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        FulfilmentPickPayload::answer(ctx, verdict).await
    }

    /// Notes that the goods of a fulfilment are packed.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_pack(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fulfilment, and how.")] input: FulfilmentPackInput,
    ) -> Result<FulfilmentPackPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        FulfilmentPackPayload::answer(ctx, verdict).await
    }

    /// Ships a fulfilment there is, or at once what an order has reserved: the goods leave the
    /// warehouse at their cost.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_ship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to ship.")] input: FulfilmentShipInput,
    ) -> Result<FulfilmentShipPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let is_existing = input.names_fulfilment();
        let verdict = ship::ship(app(ctx), input.read(ctx)).await;
        FulfilmentShipPayload::answer(ctx, verdict, is_existing).await
    }

    /// Notes that shipped goods have arrived.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_deliver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fulfilment, and when.")] input: FulfilmentDeliverInput,
    ) -> Result<FulfilmentDeliverPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        FulfilmentDeliverPayload::answer(ctx, verdict).await
    }

    /// Cancels a fulfilment before its goods have left: they stay reserved for the order, and are
    /// free for another fulfilment of it.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fulfilment.")] input: FulfilmentCancelInput,
    ) -> Result<FulfilmentCancelPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        FulfilmentCancelPayload::answer(ctx, verdict).await
    }

    /// Changes carrier and tracking of a fulfilment, also after its goods have left.
    /// Scope: `fulfilments:write`.
    pub async fn fulfilment_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fulfilment, and what of it.")] input: FulfilmentUpdateInput,
    ) -> Result<FulfilmentUpdatePayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        FulfilmentUpdatePayload::answer(ctx, verdict).await
    }
}
