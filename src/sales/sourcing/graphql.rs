//! Which warehouse would serve what of an order, and why, in the schema.

use async_graphql::{Context, Description, Enum, InputObject, Object, Result};
use entity::stock::stock_level;
use entity::vocab::{
    Amount, CostingMethod, Instant, ProductVariantId, Quantity, Rate, SalesOrderId,
    SalesOrderLineId, ShortagePolicy, UnitPrice,
};

use super::inputs::{SourcingInput, read_sourcing};
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::graphql::context::{Asked, bad_argument, company};
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, Reading, app, loaders};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::input::LINES_MAX;
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;
use crate::sales::credit::rules::CreditPolicy;
use crate::sales::order::document::{Details, NewLine, NewOrder};
use crate::sales::order::inputs::ShortagePolicyKind;
use crate::sales::order::load::find_references;
use crate::sales::order::places::Purpose;
use crate::sales::order::pricing::{self, PricedLine};
use crate::sales::order::sourcing::{Look, Reason, Sourced, Wanted, source};
use crate::sales::price::graphql::told;
use crate::stock::ledger::{Book, LevelKey, PRIORITY_NORMAL};
use crate::stock::level::store as levels;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};

/// Goods that would be ordered.
#[derive(InputObject)]
pub struct SourcingPreviewLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much, in the variant's base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// Where this line is served from; the order's warehouse when left out.
    warehouse: Option<WarehouseReference>,
}

/// An order whose warehouses are to be shown.
#[derive(InputObject)]
pub struct SourcingPreviewInput {
    /// What would be ordered: 1 to 1,000 lines.
    lines: Vec<SourcingPreviewLineInput>,
    /// Where the goods would be served from.
    warehouse: Option<WarehouseReference>,
    /// How warehouses are chosen for lines that name none; when left out, as the company has
    /// settled on. Not together with `warehouse`, but for GIVEN_WAREHOUSE.
    sourcing: Option<SourcingInput>,
    /// What would happen when too little is available.
    #[graphql(default_with = "ShortagePolicyKind::Reject")]
    on_shortage: ShortagePolicyKind,
}

impl SourcingPreviewInput {
    fn read(self, ctx: &Context<'_>) -> Result<NewOrder> {
        let Self {
            lines,
            warehouse,
            sourcing,
            on_shortage,
        } = self;
        let mut reading = Reading::of("", &String::new());
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines.map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)));
        let lines = lines.collect();
        let sourcing = read_sourcing(&mut reading, sourcing, warehouse.is_some());
        let order = NewOrder {
            id: SalesOrderId::generate(),
            customer: Reference::Unusable,
            warehouse: warehouse.map(|by| by.read(&mut reading, &path.at("warehouse"))),
            date: company(ctx).day(clock::now()),
            on_shortage: on_shortage.into(),
            sourcing,
            priority: PRIORITY_NORMAL,
            on_credit_limit: CreditPolicy::Ignore,
            exchange_rate: None,
            prices_include_tax: false,
            details: Details::default(),
            lines,
        };
        reading.usable()?;
        Ok(order)
    }
}

impl SourcingPreviewLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> NewLine {
        NewLine {
            id: SalesOrderLineId::generate(),
            variant: self.variant.read(reading, &path.at("variant")),
            warehouse: self
                .warehouse
                .map(|by| by.read(reading, &path.at("warehouse"))),
            description: None,
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &self.quantity.0),
            unit_price: Some(UnitPrice::ZERO),
            discount_rate: Rate::ZERO,
        }
    }
}

/// Which warehouse would serve what of an order now, and why. Nothing is reserved by looking.
#[derive(Description)]
pub struct SourcingPreview {
    quantities: Vec<Quantity>,
    wanted: Vec<Wanted>,
    sourced: Sourced,
}

#[Object(use_type_description)]
impl SourcingPreview {
    /// Whether an order of these lines would find its stock now: nothing is short. With BACKORDER
    /// it would also be accepted when something waits.
    async fn is_possible(&self) -> bool {
        self.sourced.short.is_empty()
    }

    /// From how many warehouses goods would leave.
    async fn shipments(&self) -> usize {
        let serving = self.sourced.looks.iter();
        let serving = serving.filter(|look| look.promise.reserved.is_positive());
        let places: std::collections::BTreeSet<_> = serving.map(|look| look.key.1).collect();
        places.len()
    }

    /// The lines, in the order in which they were asked for.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn lines(&self) -> Vec<SourcingPreviewLine> {
        let line = |(index, quantity): (usize, &Quantity)| {
            let looks = self.sourced.looks.iter();
            SourcingPreviewLine {
                variant_id: self.wanted[index].variant_id,
                quantity: *quantity,
                short: self
                    .sourced
                    .short
                    .get(&index)
                    .copied()
                    .unwrap_or(Quantity::ZERO),
                looks: looks.filter(|look| look.line == index).copied().collect(),
            }
        };
        self.quantities.iter().enumerate().map(line).collect()
    }
}

/// Which warehouses would serve a line, and why.
#[derive(Description)]
pub struct SourcingPreviewLine {
    variant_id: ProductVariantId,
    quantity: Quantity,
    short: Quantity,
    looks: Vec<Look>,
}

#[Object(use_type_description)]
impl SourcingPreviewLine {
    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// How much was asked for, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.quantity.into()
    }

    /// How much would be reserved, over all warehouses.
    async fn reserved(&self) -> Decimal {
        let parts = self.looks.iter().map(|look| look.promise.reserved.0);
        Quantity(parts.sum()).into()
    }

    /// How much would wait for stock.
    async fn backordered(&self) -> Decimal {
        let parts = self.looks.iter().map(|look| look.promise.backordered.0);
        Quantity(parts.sum()).into()
    }

    /// How much no warehouse has that may serve it: the order would be refused for it.
    async fn short(&self) -> Decimal {
        self.short.into()
    }

    /// Every warehouse that is considered for the line, in the order in which they are asked; none
    /// for what is not kept in stock.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn warehouses(&self) -> Vec<SourcingPreviewWarehouse> {
        self.looks
            .iter()
            .copied()
            .map(SourcingPreviewWarehouse)
            .collect()
    }
}

/// Why a warehouse serves a line, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SourcingReason", remote = "Reason")]
pub enum SourcingReasonKind {
    /// It serves the line, or a part of it.
    Serves,
    /// It has nothing left of it, and what all lack waits there.
    Waits,
    /// Nothing is available there.
    NothingAvailable,
    /// Other lines of the order take what is available there.
    TakenByOtherLines,
    /// The warehouses before it serve the whole line.
    NotNeeded,
    /// Others serve the order with fewer shipments.
    MoreShipments,
}

/// What a warehouse would do for a line, and why.
#[derive(Description)]
pub struct SourcingPreviewWarehouse(Look);

#[Object(use_type_description)]
impl SourcingPreviewWarehouse {
    /// The warehouse.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.key.1).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a line without a warehouse"))
    }

    /// What can be promised of the variant there, before this order.
    async fn available(&self) -> Decimal {
        self.0.available.into()
    }

    /// What the lines of this order that are served before leave of it.
    async fn left(&self) -> Decimal {
        self.0.left.into()
    }

    /// How much would be reserved there for the line.
    async fn reserved(&self) -> Decimal {
        self.0.promise.reserved.into()
    }

    /// How much would wait there for stock.
    async fn backordered(&self) -> Decimal {
        self.0.promise.backordered.into()
    }

    /// Why that much, or why nothing.
    async fn reason(&self) -> SourcingReasonKind {
        self.0.reason.into()
    }
}

/// Shows how orders would be served.
#[derive(Default)]
pub struct SourcingQuery;

#[Object]
impl SourcingQuery {
    /// Which warehouse would serve what of an order now, what would wait or be short, and why, by
    /// the rules that `salesOrderPlace` goes by. Nothing is reserved: what is free may be taken
    /// before the order is placed.
    /// Scope: `stock:read`.
    #[graphql(complexity = "input.lines.len() * child_complexity + 10")]
    async fn sourcing_preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What would be ordered.")] input: SourcingPreviewInput,
    ) -> Result<SourcingPreview> {
        ctx.require(Scope::StockRead)?;
        let order = input.read(ctx)?;
        let conn = app(ctx).db.reader();
        let found = find_references(conn, &[&order], company(ctx).base_currency).await;
        let found = found.map_err(|error| internal(&error))?;
        let (lines, refused) = pricing::price_lines(&order, &found, None, Purpose::Reserve);
        if !refused.is_empty() {
            return Err(bad_argument(told(&refused)));
        }
        let wanted: Vec<Wanted> = lines
            .into_iter()
            .map(|line: PricedLine| line.wanted)
            .collect();
        let book = read_levels(ctx, &wanted, order.on_shortage).await?;
        Ok(SourcingPreview {
            sourced: source(&wanted, order.on_shortage, &book),
            quantities: order.lines.iter().map(|line| line.quantity).collect(),
            wanted,
        })
    }
}

/// The levels that placing would lock; those that it would make are empty.
async fn read_levels(ctx: &Context<'_>, wanted: &[Wanted], policy: ShortagePolicy) -> Result<Book> {
    let (keys, optional) = pricing::keys(wanted.iter(), policy);
    let all = keys.union(&optional).copied().collect();
    let rows = levels::of_keys(app(ctx).db.reader(), &all, clock::now()).await;
    let mut rows = rows.map_err(|error| internal(&error))?;
    let is_there = |key: &LevelKey| {
        let mut known = rows.iter();
        known.any(|row| (row.variant_id, row.warehouse_id) == *key)
    };
    let missing: Vec<LevelKey> = keys.iter().copied().filter(|key| !is_there(key)).collect();
    rows.extend(missing.into_iter().map(empty));
    Ok(Book::of(rows, Vec::new()))
}

fn empty((variant_id, warehouse_id): LevelKey) -> stock_level::Model {
    stock_level::Model {
        variant_id,
        warehouse_id,
        sellable: Quantity::ZERO,
        quarantined: Quantity::ZERO,
        reserved: Quantity::ZERO,
        backordered: Quantity::ZERO,
        incoming: Quantity::ZERO,
        value: Amount::ZERO,
        minimum: None,
        maximum: None,
        reorder_point: None,
        safety_stock: None,
        policy_version: 0,
        costing_method: CostingMethod::MovingAverage,
        hold_expires_at: None,
        updated_at: Instant(0),
        version: 0,
    }
}
