//! Fulfilments in the schema.

use async_graphql::{Context, Description, Enum, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::sales::{fulfilment, fulfilment_line};
use entity::vocab::{FulfilmentId, FulfilmentStatus, SalesOrderId, SalesOrderLineId};

use super::ops::{self, Ship, ShipLine};
use super::store::{self, FulfilmentsOf, LinesOf};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, bad_argument, company, date_time};
use crate::graphql::payload::{cursor, internal, split};
use crate::graphql::user_error::UserError;
use crate::graphql::{Date, Decimal, Money, Reading, app, loaders};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{CODE_LENGTH_MAX, LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::sales::order::graphql::SalesOrder;
use crate::sales::order::inputs::SalesOrderReference;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};

/// Where a fulfilment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "FulfilmentStatus", remote = "FulfilmentStatus")]
pub enum FulfilmentStatusKind {
    /// The goods have left the warehouse.
    Shipped,
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
    async fn id(&self) -> ID {
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

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }
}

/// A line of a fulfilment.
#[derive(Description)]
pub struct FulfilmentLine(fulfilment_line::Model);

#[Object(use_type_description)]
impl FulfilmentLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The id of the order line it serves.
    async fn sales_order_line_id(&self) -> ID {
        ID(self.0.sales_order_line_id.to_string())
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

    /// How much has left, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// Exact cost at which it left, in the company's currency.
    /// Scope: `costs:read`.
    async fn cost(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let cost = || Money::base(self.0.cost, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| cost()))
    }
}

/// How much of a line to ship.
#[derive(InputObject)]
pub struct FulfilmentLineInput {
    /// The id of the order line.
    line: ID,
    /// How much, in the base unit; at most what is reserved for the line.
    quantity: Decimal,
}

/// What to ship.
#[derive(InputObject)]
pub struct FulfilmentShipInput {
    /// Of which order.
    sales_order: SalesOrderReference,
    /// From which warehouse; from every one that holds stock for the order when left out.
    warehouse: Option<WarehouseReference>,
    /// Which lines and how much; everything that is reserved when left out.
    lines: Option<Vec<FulfilmentLineInput>>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// Who carries the goods, at most 200 characters.
    carrier: Option<String>,
    /// The carrier's number for them, at most 64 characters.
    tracking_number: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl FulfilmentShipInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Ship> {
        let mut reading = Reading::of("fulfilmentShip", &self);
        let Self {
            sales_order,
            warehouse,
            lines,
            date,
            carrier,
            tracking_number,
            idempotency_key,
        } = self;
        let path = Path::input();
        if let Some(lines) = &lines {
            reading.check.line_count(path.at("lines"), lines.len());
        }
        let today = company(ctx).day(clock::now());
        let check = &mut reading.check;
        let date = check.past_day(path.at("date"), date.map(|date| date.0), today);
        let carrier = check.optional_text(path.at("carrier"), carrier.as_deref(), NAME_LENGTH_MAX);
        let tracking = tracking_number.as_deref();
        let tracking_number =
            check.optional_text(path.at("trackingNumber"), tracking, CODE_LENGTH_MAX);
        let lines = lines.map(|lines| {
            let lines = lines.into_iter().take(LINES_MAX).enumerate();
            lines
                .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
                .collect()
        });
        let command = Ship {
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            lines,
            date,
            carrier,
            tracking_number,
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

impl FulfilmentLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> ShipLine {
        let Self { line, quantity } = self;
        ShipLine {
            line_id: reading
                .check
                .id(path.at("line"), SalesOrderLineId::parse(&line)),
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &quantity.0),
        }
    }
}

/// What shipping brought.
#[derive(SimpleObject)]
pub struct FulfilmentShipPayload {
    /// The fulfilments that were made, one per warehouse. Empty when there are errors.
    fulfilments: Vec<Fulfilment>,
    /// The order. Null when there are errors: then nothing was changed.
    sales_order: Option<SalesOrder>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind everything this call caused.
    event_cursor: Option<String>,
}

/// Reads fulfilments.
#[derive(Default)]
pub struct FulfilmentQuery;

#[Object]
impl FulfilmentQuery {
    /// One fulfilment by its id; null when there is none.
    /// Scope: `sales_orders:read`.
    async fn fulfilment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<Fulfilment>> {
        find(ctx, &id).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Fulfilment>> {
    ctx.require(Scope::SalesOrdersRead)?;
    let id = FulfilmentId::parse(id).map_err(|error| bad_argument(error.to_string()))?;
    let row = loaders(ctx)
        .load_one(id)
        .await
        .map_err(|error| internal(&error))?;
    Ok(row.map(Fulfilment))
}

/// Changes fulfilments.
#[derive(Default)]
pub struct FulfilmentMutation;

#[Object]
impl FulfilmentMutation {
    /// Ships what an order has reserved: the goods leave the warehouse at their cost.
    /// Scope: `fulfilments:write`.
    async fn fulfilment_ship(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to ship.")] input: FulfilmentShipInput,
    ) -> Result<FulfilmentShipPayload> {
        ctx.require(Scope::FulfilmentsWrite)?;
        let (accepted, errors) = split(ops::ship(app(ctx), input.read(ctx)).await)?;
        let Some(accepted) = accepted else {
            return Ok(FulfilmentShipPayload {
                fulfilments: Vec::new(),
                sales_order: None,
                errors,
                replayed: false,
                event_cursor: None,
            });
        };
        let made = store::of_operation(app(ctx).db.reader(), accepted.operation_id).await;
        let order = loaders(ctx)
            .load_one(SalesOrderId(accepted.record_id))
            .await;
        Ok(FulfilmentShipPayload {
            fulfilments: made
                .map_err(|error| internal(&error))?
                .into_iter()
                .map(Fulfilment)
                .collect(),
            sales_order: order
                .map_err(|error| internal(&error))?
                .map(SalesOrder::from),
            errors,
            replayed: accepted.replayed,
            event_cursor: accepted.event_cursor.map(cursor),
        })
    }
}
