//! Reservations in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::stock::reservation::{self, Model};
use entity::vocab::{ProductVariantId, Quantity, ReservationState, WarehouseId};

use super::store::{self, Kind};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, bad_argument, date_time};
use crate::graphql::filter::{Condition, DateFilter, IdFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Reading, app, listing, loaders};
use crate::live::stock_levels::StockLevelCause;
use crate::party::customer::graphql::CustomerReference;
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::rejection::Path;
use crate::sales::order::store::reserved_for;
use crate::stock::explanation::graphql::{Line, document};
use crate::stock::level::graphql::StockLevel;
use crate::stock::level::store::LevelAt;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a reservation is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ReservationState", remote = "ReservationState")]
pub enum ReservationStateKind {
    /// It holds stock, or waits for it.
    Active,
    /// Everything it asked for has left the warehouse, or was handed over to an order.
    Consumed,
    /// It was given up.
    Released,
    /// Its time ran out.
    Expired,
}

/// What a reservation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "ReservationKind", remote = "Kind")]
pub enum ReservationKindKind {
    /// A line of a sales order.
    Order,
    /// A line of a transfer between warehouses.
    Transfer,
    /// A line of a hold, for example of a cart.
    Hold,
}

/// Stock of a level that is kept for the line of a document, or that the line waits for.
#[derive(Clone, Description)]
pub struct Reservation(Model);

impl From<Model> for Reservation {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

impl Reservation {
    /// What a hold keeps is free in the moment its time runs out, before it is tidied up.
    fn is_over(&self) -> bool {
        let is_active = self.0.state == ReservationState::Active;
        is_active && self.0.expires_at.is_some_and(|at| at <= clock::now())
    }

    fn unless_over(&self, quantity: Quantity) -> Quantity {
        if self.is_over() {
            Quantity::ZERO
        } else {
            quantity
        }
    }
}

#[Object(use_type_description)]
impl Reservation {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Where it is in its life.
    async fn state(&self) -> ReservationStateKind {
        if self.is_over() {
            return ReservationStateKind::Expired;
        }
        self.0.state.into()
    }

    /// What it is for.
    async fn kind(&self) -> ReservationKindKind {
        match Line::of(&self.0) {
            Some(Line::Transfer(_)) => ReservationKindKind::Transfer,
            Some(Line::Hold(_)) => ReservationKindKind::Hold,
            _ => ReservationKindKind::Order,
        }
    }

    /// How much is kept now, in the base unit.
    async fn reserved(&self) -> Decimal {
        self.unless_over(self.0.reserved).into()
    }

    /// How much is waited for now, in the base unit.
    async fn backordered(&self) -> Decimal {
        self.unless_over(self.0.backordered).into()
    }

    /// Whose turn it is when stock comes: 0 to 9, the highest first, of the same the oldest; that
    /// of the order, 5 for all else.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// The day the demand is dated.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// When it is given up by itself; null but for holds.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at.map(date_time)
    }

    /// Since when it is in the queue.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// The id of the document line that it is for.
    async fn line_id(&self) -> Option<ID> {
        let row = &self.0;
        let order = row.sales_order_line_id.map(|id| id.to_string());
        let transfer = row.stock_transfer_line_id.map(|id| id.to_string());
        let hold = row.stock_hold_line_id.map(|id| id.to_string());
        order.or(transfer).or(hold).map(ID)
    }

    /// The order, transfer or hold; null without the scope to read it.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<StockLevelCause>> {
        document(ctx, Line::of(&self.0)).await.transpose()
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a reservation without a variant"))
    }

    /// The warehouse.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a reservation without a warehouse"))
    }

    /// The level that it is part of.
    async fn level(&self, ctx: &Context<'_>) -> Result<StockLevel> {
        let key = LevelAt((self.0.variant_id, self.0.warehouse_id));
        let row = loaders(ctx).load_one(key).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(StockLevel::from)
            .ok_or_else(|| async_graphql::Error::new("a reservation without a level"))
    }
}

enum_filter!(
    /// Compares where a reservation is in its life.
    ReservationStateFilter: ReservationStateKind => ReservationState
);

listing! {
    /// Who is promised what of which level, oldest first unless ordered otherwise. What has ended
    /// is kept.
    /// Scope: `stock:read`.
    reservations: Reservation of reservation, Scope::StockRead;
    filter {
        /// By the variant.
        variant_id: IdFilter => |given| given.on(Column::VariantId, ProductVariantId::parse),
        /// By the warehouse.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
        /// By where they are in their life. A hold whose time ran out is among the EXPIRED within
        /// seconds.
        state: ReservationStateFilter => |given| given.on(Column::State),
        /// By the day their demand is dated.
        due_on: DateFilter => |given| given.on(Column::DueOn),
    }
    order by Id {
        /// By when they were made; the default.
        Created => [Id],
        /// By the day their demand is dated.
        Due => [DueOn, Id],
    }
    with {
        kind("Only those for documents of this kind."): Option<ReservationKindKind> => of_kind,
        customer("Only those for orders of this customer; an unknown one is an error. \
                  Needs the scope `customers:read`."): Option<CustomerReference> => of_customer,
    }
    all store::all();
}

/// That reservations are of a kind; of any when none is named.
async fn of_kind(_: &Context<'_>, kind: Option<ReservationKindKind>) -> Result<Condition> {
    Ok(kind.map_or_else(Condition::all, |kind| store::of_kind(kind.into())))
}

/// That reservations are for orders of a customer; for anybody when none is named.
async fn of_customer(ctx: &Context<'_>, customer: Option<CustomerReference>) -> Result<Condition> {
    let Some(by) = customer else {
        return Ok(Condition::all());
    };
    ctx.require(Scope::CustomersRead)?;
    let mut reading = Reading::of("", &String::new());
    let customer = by.read(&mut reading, &Path::default().at("customer"));
    reading.usable()?;
    let found = customers::find_buyers(app(ctx).db.reader(), &[&customer]).await;
    let found = found.map_err(|error| internal(&error))?;
    let found = found
        .first()
        .ok_or_else(|| bad_argument("customer: there is no such customer."))?;
    Ok(reserved_for(found.customer.id))
}
