//! Stock counts in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::stock::{stock_count, stock_count_line};
use entity::vocab::{StockAdjustmentId, StockCountId, StockCountStatus, WarehouseId};

use super::inputs::{
    StockCountCancelInput, StockCountCreateInput, StockCountFinishInput, StockCountPostInput,
    StockCountRecordInput, StockCountReference,
};
use super::rules::{self, Step};
use super::store::{self, CountOf, LinesOf};
use super::{create, ops, post, tally};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Reading, app, listing, loaders, payload, record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::stock::adjustment::graphql::StockAdjustment;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a stock count is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockCountStatus", remote = "StockCountStatus")]
pub enum StockCountStatusKind {
    /// It is being counted.
    Open,
    /// Everything is counted; its differences wait to be posted.
    Counted,
    /// Its differences are corrected.
    Posted,
    /// Given up; nothing was corrected.
    Cancelled,
}

/// A count of the sellable goods on the shelves of a warehouse, those that are promised, picked or
/// packed among them. Selling goes on meanwhile: each line keeps what the books said when it was
/// counted, and its difference is against that.
#[derive(Description)]
pub struct StockCount(stock_count::Model);

impl From<stock_count::Model> for StockCount {
    fn from(row: stock_count::Model) -> Self {
        Self(row)
    }
}

/// The count that an adjustment corrects, if one.
pub async fn count_of(ctx: &Context<'_>, id: StockAdjustmentId) -> Result<Option<StockCount>> {
    let rows = loaders(ctx).load_one(CountOf(id)).await;
    let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
    Ok(rows.into_iter().next().map(StockCount))
}

#[Object(use_type_description)]
impl StockCount {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "SC-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> StockCountStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Where it is counted.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a count without a warehouse"))
    }

    /// Whether those who count must not see what the books say.
    async fn is_blind(&self) -> bool {
        self.0.is_blind
    }

    /// A larger difference than this, in the base unit, must be counted a second time; null: none
    /// must.
    async fn recount_over(&self) -> Option<Decimal> {
        self.0.recount_over.map(Decimal::from)
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<StockCountLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let line = |row: stock_count_line::Model| StockCountLine {
            is_hidden: rules::is_hidden(&self.0),
            must_be_recounted: rules::must_be_recounted(&self.0, &row),
            row,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// The adjustment that corrected its differences; null when it is not posted, or there were
    /// none.
    async fn stock_adjustment(&self, ctx: &Context<'_>) -> Option<Result<StockAdjustment>> {
        let row = loaders(ctx).load_one(self.0.stock_adjustment_id?).await;
        let row = row.map_err(|error| internal(&error));
        row.map(|row| row.map(StockAdjustment::from)).transpose()
    }

    /// Who posted it; null when it is not posted.
    async fn posted_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.posted_by?).await.transpose()
    }

    /// When it was posted; null when it is not.
    async fn posted_at(&self) -> Option<DateTime<Utc>> {
        self.0.posted_at.map(date_time)
    }

    /// What can be done with it now, and why not the rest. Finishing it takes that all its lines
    /// are counted besides.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let step = |transition, step| {
            let verdict = rules::check_status(&self.0, step).map_err(|refused| refused.problem);
            AvailableTransition::of(transition, verdict)
        };
        vec![
            step("stockCountCancel", Step::Cancel),
            step("stockCountFinish", Step::Finish),
            step("stockCountPost", Step::Post),
            step("stockCountRecord", Step::Record),
        ]
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

/// A line of a stock count: one variant. Quantities are in the base unit.
#[derive(Description)]
pub struct StockCountLine {
    row: stock_count_line::Model,
    is_hidden: bool,
    must_be_recounted: bool,
}

#[Object(use_type_description)]
impl StockCountLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
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

    /// What was counted last; null before it is counted.
    async fn counted(&self) -> Option<Decimal> {
        self.row.counted.map(Decimal::from)
    }

    /// What the books said when it was counted last: the sellable goods. Null before it is counted,
    /// and in a blind count until that is finished.
    async fn expected(&self) -> Option<Decimal> {
        let expected = self.row.expected.filter(|_| !self.is_hidden);
        expected.map(Decimal::from)
    }

    /// `counted - expected`: above zero was found, below is missing. Null where `expected` is.
    async fn difference(&self) -> Option<Decimal> {
        let difference = rules::difference(&self.row).filter(|_| !self.is_hidden);
        difference.map(Decimal::from)
    }

    /// How often it was counted.
    async fn times_counted(&self) -> i32 {
        self.row.times_counted
    }

    /// Whether it must be counted a second time before the count can be finished, because its
    /// difference is larger than the count's `recountOver`.
    async fn must_be_counted_again(&self) -> bool {
        self.must_be_recounted
    }

    /// Who counted it last; null before it is counted.
    async fn counted_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.row.counted_by?).await.transpose()
    }

    /// When it was counted last; null before it is counted.
    async fn counted_at(&self) -> Option<DateTime<Utc>> {
        self.row.counted_at.map(date_time)
    }
}

enum_filter!(
    /// Compares where a stock count is in its life.
    StockCountStatusFilter: StockCountStatusKind => StockCountStatus
);

listing! {
    /// Stock counts, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    stock_counts: StockCount of stock_count, Scope::StockRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By where they are in their life.
        status: StockCountStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the warehouse.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
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
    /// What beginning a stock count brought.
    StockCountCreatePayload {
        /// The count.
        stock_count: StockCount = StockCountId
    }
}

payload! {
    /// What recording a stock count brought.
    StockCountRecordPayload {
        /// The count.
        stock_count: StockCount = StockCountId
    }
}

payload! {
    /// What finishing a stock count brought.
    StockCountFinishPayload {
        /// The count.
        stock_count: StockCount = StockCountId
    }
}

payload! {
    /// What cancelling a stock count brought.
    StockCountCancelPayload {
        /// The count.
        stock_count: StockCount = StockCountId
    }
}

payload! {
    /// What posting a stock count brought.
    StockCountPostPayload {
        /// The count.
        stock_count: StockCount = StockCountId,
        posted: Lines => Posted
    }
}

/// Reads stock counts.
#[derive(Default)]
pub struct StockCountQuery;

#[Object]
impl StockCountQuery {
    /// One stock count, by its id, number or external id; null when there is none.
    /// Scope: `stock:read`.
    async fn stock_count(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: StockCountReference,
    ) -> Option<Result<StockCount>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: StockCountReference) -> Result<Option<StockCount>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<stock_count::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(StockCount))
}

/// Counts stock.
#[derive(Default)]
pub struct StockCountMutation;

#[Object]
impl StockCountMutation {
    /// Begins a stock count, with a line for each variant.
    /// Scope: `stock:write`.
    pub async fn stock_count_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new count.")] input: StockCountCreateInput,
    ) -> Result<StockCountCreatePayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = create::create(app(ctx), input.read(ctx)).await;
        StockCountCreatePayload::answer(ctx, verdict).await
    }

    /// Writes down what was counted, beside what the books say at this moment: record a line as
    /// soon as it is counted. A line may be recorded again; the last is what counts. A finished
    /// count is open again by it.
    /// Scope: `stock:write`.
    pub async fn stock_count_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was counted.")] input: StockCountRecordInput,
    ) -> Result<StockCountRecordPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = tally::record(app(ctx), input.read(ctx)).await;
        StockCountRecordPayload::answer(ctx, verdict).await
    }

    /// Says that everything is counted, and what differs too much was counted twice.
    /// Scope: `stock:write`.
    pub async fn stock_count_finish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which count.")] input: StockCountFinishInput,
    ) -> Result<StockCountFinishPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::finish(app(ctx), input.read(ctx)).await;
        StockCountFinishPayload::answer(ctx, verdict).await
    }

    /// Corrects all differences of a finished count by one adjustment with the reason COUNT; a
    /// count without any is posted without one. What is missing is never refused because it was
    /// promised: promises that the rest no longer covers become backorders, newest first. Worth
    /// more than `stockAdjustmentApprovalOver` of the company's settings, it takes the scope
    /// `stock:approve`, and somebody who recorded no line of it.
    /// Scope: `stock:write`.
    pub async fn stock_count_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which count.")] input: StockCountPostInput,
    ) -> Result<StockCountPostPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = post::post(app(ctx), input.read(ctx)).await;
        StockCountPostPayload::answer(ctx, verdict).await
    }

    /// Gives a count up; nothing is corrected, and others may count its variants.
    /// Scope: `stock:write`.
    pub async fn stock_count_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which count.")] input: StockCountCancelInput,
    ) -> Result<StockCountCancelPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::cancel(app(ctx), input.read(ctx)).await;
        StockCountCancelPayload::answer(ctx, verdict).await
    }
}
