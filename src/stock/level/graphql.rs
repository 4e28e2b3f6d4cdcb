//! Levels in the schema.

use async_graphql::{Context, Description, InputObject, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::stock::stock_level;
use entity::vocab::ProductVariantId;

use super::store::{self, LevelFilter, LevelsOf};
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::catalog::product::store::find_variants;
use crate::graphql::context::{Asked, bad_argument, company, date_time};
use crate::graphql::listing::PageInfo;
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, Reading, app, loaders};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::page::{Page, PageRequest};
use crate::platform::reference::{self, Referable, Reference};
use crate::platform::rejection::Path;
use crate::stock::alert::rules::is_low;
use crate::stock::availability::store::PromiseOn;
use crate::stock::explanation::graphql::{self as explanation, StockLevelExplanation};
use crate::stock::ledger::{available, on_hand};
use crate::stock::past::graphql::{self as past, StockBalance, StockPeriod};
use crate::stock::past::store::PeriodOf;
use crate::stock::policy::graphql::StockPolicy;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};
use crate::stock::warehouse::store as warehouses;

/// The most variants or warehouses that a filter may name.
const FILTER_MAX: usize = 250;

/// The balance of one variant in one warehouse. Quantities are in the variant's base unit.
#[derive(Clone, Description)]
pub struct StockLevel(stock_level::Model);

impl From<stock_level::Model> for StockLevel {
    fn from(row: stock_level::Model) -> Self {
        Self(row)
    }
}

impl StockLevel {
    /// The levels of a variant, by warehouse; one statement for all variants asked for together.
    ///
    /// # Errors
    /// The database's.
    pub async fn of_variant(ctx: &Context<'_>, id: ProductVariantId) -> Result<Vec<Self>> {
        let rows = loaders(ctx)
            .load_one(LevelsOf(id))
            .await
            .map_err(|error| internal(&error))?;
        Ok(rows.unwrap_or_default().into_iter().map(Self).collect())
    }
}

impl StockLevel {
    fn in_period(&self, first: NaiveDate, last: NaiveDate) -> PeriodOf {
        PeriodOf {
            variant_id: self.0.variant_id,
            warehouse_id: self.0.warehouse_id,
            first,
            last,
        }
    }
}

#[Object(use_type_description)]
impl StockLevel {
    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a level without a variant"))
    }

    /// The warehouse.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a level without a warehouse"))
    }

    /// What is physically there: `sellable + quarantined`.
    async fn on_hand(&self) -> Decimal {
        on_hand(&self.0).into()
    }

    /// The part of `onHand` that may be sold.
    async fn sellable(&self) -> Decimal {
        self.0.sellable.into()
    }

    /// The part of `onHand` that may not be sold for now: damaged, or awaiting inspection.
    async fn quarantined(&self) -> Decimal {
        self.0.quarantined.into()
    }

    /// The part of `sellable` that is promised to orders, transfers and holds.
    async fn reserved(&self) -> Decimal {
        self.0.reserved.into()
    }

    /// Demand that waits for stock; served in the moment stock arrives, the highest priority first,
    /// of the same the oldest.
    async fn backordered(&self) -> Decimal {
        self.0.backordered.into()
    }

    /// What can be promised now: `sellable - reserved - backordered`. Below zero only by
    /// backorders.
    async fn available(&self) -> Decimal {
        available(&self.0).into()
    }

    /// Goods on their way here.
    async fn incoming(&self) -> Decimal {
        self.0.incoming.into()
    }

    /// Exact value of what is on hand, by its variant's `costingMethod`, in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }

    /// Average cost of one base unit: `value / onHand`; null when nothing is on hand.
    /// Scope: `costs:read`.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        let cost = self.0.value.per_unit(on_hand(&self.0))?;
        Some(ctx.require(Scope::CostsRead).map(|_| cost.into()))
    }

    /// What can be promised for a day: `available`, and what is announced to come until then. What
    /// should have come before today counts as coming today. Every demand is in `available`
    /// already, whatever day it is for. Refused for a day that is over.
    #[graphql(complexity = "5")]
    async fn available_to_promise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day, in the company's time zone; today when left out.")] on: Option<
            Date,
        >,
    ) -> Result<Decimal> {
        let today = company(ctx).day(clock::now());
        let day = on.map_or(today, |day| day.0);
        if day < today {
            return Err(bad_argument(format!(
                "on: it lies before today, {today}; goods are promised for a day to come."
            )));
        }
        let key = PromiseOn {
            variant_id: self.0.variant_id,
            warehouse_id: self.0.warehouse_id,
            day,
        };
        let found = loaders(ctx).load_one(key).await;
        let found = found.map_err(|error| internal(&error))?;
        found
            .map(Into::into)
            .ok_or_else(|| async_graphql::Error::new("a level that is gone"))
    }

    /// What was on hand at the end of a business day, by the days of the documents; of a later day
    /// than today, what is there now.
    #[graphql(complexity = "5 + child_complexity")]
    async fn as_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day, in the company's time zone.")] date: Date,
    ) -> Result<StockBalance> {
        // A period of no day: all that matters came after it.
        let first = date.0.succ_opt().unwrap_or(date.0);
        past::as_of(ctx, self.in_period(first, date.0)).await
    }

    /// What was there, came and left in a period: opening, in, out and closing, in quantity and in
    /// value. Refused when the first day is after the last.
    #[graphql(complexity = "5 + child_complexity")]
    async fn period(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first day, in the company's time zone.")] first_day: Date,
        #[graphql(desc = "The last day.")] last_day: Date,
    ) -> Result<StockPeriod> {
        if first_day.0 > last_day.0 {
            return Err(bad_argument(
                "firstDay: it is after lastDay; a period begins before it ends.",
            ));
        }
        past::period(ctx, self.in_period(first_day.0, last_day.0)).await
    }

    /// What makes up the numbers of this level now: whom it is promised to, what is on its way, and
    /// which goods are on hand, each with its document. All is read at one moment, together with
    /// the level, whose numbers it comes to.
    #[graphql(complexity = "first.unwrap_or(20).max(1) as usize * child_complexity + 20")]
    async fn explanation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many of each kind; 20 by default, at most 100.")]
        first: Option<i32>,
    ) -> Result<StockLevelExplanation> {
        let key = (self.0.variant_id, self.0.warehouse_id);
        explanation::explanation(ctx, key, first).await
    }

    /// How much should be here; what is not set is null in it. Set by `stockPolicySet`.
    async fn policy(&self) -> StockPolicy {
        StockPolicy(self.0.clone())
    }

    /// Whether it is to be ordered again: `available` is at the reorder point of its policy or
    /// below, or at its minimum where it has no reorder point. False without either.
    async fn is_low(&self) -> bool {
        is_low(&self.0)
    }

    /// Counts the changes of this level; of two states the one with the higher version is newer.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }
}

/// Which levels are meant. What is left out does not restrict.
#[derive(Clone, Debug, Default, InputObject)]
pub struct StockLevelFilter {
    /// Only these variants, at most 250.
    variants: Option<Vec<ProductVariantReference>>,
    /// Only these warehouses, at most 250.
    warehouses: Option<Vec<WarehouseReference>>,
}

impl StockLevelFilter {
    /// Resolves the references; an unknown one is an error, for it would silently match nothing.
    ///
    /// # Errors
    /// BAD_USER_INPUT.
    pub async fn resolve(self, ctx: &Context<'_>) -> Result<LevelFilter> {
        let (variants, warehouses) = (
            self.variants.unwrap_or_default(),
            self.warehouses.unwrap_or_default(),
        );
        if variants.len() > FILTER_MAX || warehouses.len() > FILTER_MAX {
            return Err(bad_argument(format!(
                "A filter names at most {FILTER_MAX} records."
            )));
        }
        let mut reading = Reading::of("", &String::new());
        let path = Path::default().at("filter");
        let variants: Vec<_> = variants
            .iter()
            .map(|by| by.read(&mut reading, &path))
            .collect();
        let places: Vec<_> = warehouses
            .iter()
            .map(|by| by.read(&mut reading, &path))
            .collect();
        reading.usable()?;
        let conn = app(ctx).db.reader();
        let mut filter = LevelFilter::default();
        if !variants.is_empty() {
            let found = find_variants(conn, &variants.iter().collect::<Vec<_>>()).await;
            let found = found.map_err(|error| internal(&error))?;
            all_found(&found, &variants)?;
            filter.variants = found.into_iter().map(|row| row.variant.id).collect();
        }
        if !places.is_empty() {
            let found = warehouses::find(conn, &places.iter().collect::<Vec<_>>()).await;
            let found = found.map_err(|error| internal(&error))?;
            all_found(&found, &places)?;
            filter.warehouses = found.into_iter().map(|row| row.id).collect();
        }
        Ok(filter)
    }
}

/// An unknown reference would silently match nothing, so it is an error.
fn all_found<R: Referable>(found: &[R], named: &[Reference<R::Id>]) -> Result<()> {
    let known = |by: &Reference<R::Id>| reference::find(found, by, &Path::default()).is_ok();
    match named.iter().position(|by| !known(by)) {
        None => Ok(()),
        Some(index) => Err(bad_argument(format!(
            "filter: there is no such {} as number {index} of the list.",
            R::NOUN
        ))),
    }
}

/// One level of a list, and its cursor.
#[derive(async_graphql::SimpleObject)]
pub struct StockLevelEdge {
    /// The level.
    node: StockLevel,
    /// Its place in the list; opaque.
    cursor: String,
}

/// A part of a list of levels, in the order of variant and warehouse.
#[derive(Description)]
pub struct StockLevelConnection {
    page: Page<stock_level::Model>,
    filter: LevelFilter,
}

#[Object(use_type_description)]
impl StockLevelConnection {
    /// The levels with their cursors.
    async fn edges(&self) -> Vec<StockLevelEdge> {
        let edge = |row: &stock_level::Model| StockLevelEdge {
            cursor: store::ordering().cursor(row),
            node: StockLevel(row.clone()),
        };
        self.page.rows.iter().map(edge).collect()
    }

    /// The levels.
    async fn nodes(&self) -> Vec<StockLevel> {
        self.page.rows.iter().cloned().map(StockLevel).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        let cursor = |row| store::ordering().cursor(row);
        PageInfo {
            has_next_page: self.page.has_next,
            has_previous_page: self.page.has_previous,
            start_cursor: self.page.rows.first().map(cursor),
            end_cursor: self.page.rows.last().map(cursor),
        }
    }

    /// How many levels the whole list has. Counted only when asked for.
    #[graphql(complexity = "10")]
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64> {
        let count = store::count(app(ctx).db.reader(), &self.filter).await;
        count.map_err(|error| internal(&error))
    }
}

/// Reads levels.
#[derive(Default)]
pub struct StockLevelQuery;

#[Object]
impl StockLevelQuery {
    /// The balance of one variant in one warehouse; null when it never was nor was wanted there.
    /// Scope: `stock:read`.
    async fn stock_level(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The variant.")] variant: ProductVariantReference,
        #[graphql(desc = "The warehouse.")] warehouse: WarehouseReference,
    ) -> Option<Result<StockLevel>> {
        find(ctx, variant, warehouse).await.transpose()
    }

    /// Balances, in the order of variant and warehouse.
    /// Scope: `stock:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    #[allow(clippy::too_many_arguments, reason = "a list has these arguments")]
    async fn stock_levels(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which levels.")] filter: Option<StockLevelFilter>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<StockLevelConnection> {
        ctx.require(Scope::StockRead)?;
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let forward = (first, after.as_deref());
        let request = PageRequest::read(forward, (last, before.as_deref()), &store::ordering());
        let request = request.map_err(bad_argument)?;
        let page = store::page(app(ctx).db.reader(), &filter, request).await;
        let page = page.map_err(|error| internal(&error))?;
        Ok(StockLevelConnection { page, filter })
    }
}

async fn find(
    ctx: &Context<'_>,
    variant: ProductVariantReference,
    warehouse: WarehouseReference,
) -> Result<Option<StockLevel>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let variant = variant.read(&mut reading, &Path::default().at("variant"));
    let warehouse = warehouse.read(&mut reading, &Path::default().at("warehouse"));
    reading.usable()?;
    let conn = app(ctx).db.reader();
    let variants = find_variants(conn, &[&variant])
        .await
        .map_err(|error| internal(&error))?;
    let places = warehouses::find(conn, &[&warehouse])
        .await
        .map_err(|error| internal(&error))?;
    let (Some(variant), Some(warehouse)) = (variants.first(), places.first()) else {
        return Ok(None);
    };
    let level = store::one(conn, variant.variant.id, warehouse.id).await;
    Ok(level.map_err(|error| internal(&error))?.map(StockLevel))
}
