//! Adjustments in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::stock::{stock_adjustment, stock_adjustment_line};
use entity::vocab::{
    AdjustmentReason, StockAdjustmentId, StockAdjustmentStatus, StockPlace, WarehouseId,
};

use super::inputs::{StockAdjustInput, StockAdjustReverseInput, StockAdjustmentReference};
use super::store::{self, LinesOf};
use super::{ops, reverse, rules};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, company, date_time};
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
use crate::stock::count::graphql::{StockCount, count_of};
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where an adjustment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockAdjustmentStatus", remote = "StockAdjustmentStatus")]
pub enum StockAdjustmentStatusKind {
    /// It has changed the stock.
    Posted,
    /// It was taken back.
    Reversed,
}

/// Why stock was corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "AdjustmentReason", remote = "AdjustmentReason")]
pub enum AdjustmentReasonKind {
    /// Stock taken over when the books were opened.
    Opening,
    /// A count found another quantity.
    Count,
    /// Broken or spoilt.
    Damage,
    /// Gone without a trace.
    Loss,
    /// Turned up again.
    Found,
    /// Used by the company itself.
    InternalUse,
    /// Anything else; say what in the note.
    Other,
}

/// Which goods of a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum AdjustmentPlace {
    /// Goods that may be sold.
    Sellable,
    /// Goods that may not be sold for now.
    Quarantine,
}

impl From<AdjustmentPlace> for StockPlace {
    fn from(place: AdjustmentPlace) -> Self {
        match place {
            AdjustmentPlace::Sellable => Self::Sellable,
            AdjustmentPlace::Quarantine => Self::Quarantine,
        }
    }
}

/// A correction of stock, with its reason.
#[derive(Description)]
pub struct StockAdjustment(stock_adjustment::Model);

impl From<stock_adjustment::Model> for StockAdjustment {
    fn from(row: stock_adjustment::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl StockAdjustment {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "AD-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> StockAdjustmentStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Where stock was corrected.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("an adjustment without a warehouse"))
    }

    /// Why.
    async fn reason(&self) -> AdjustmentReasonKind {
        self.0.reason.into()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<StockAdjustmentLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(StockAdjustmentLine).collect())
    }

    /// The stock count whose differences it corrects; null when it was made by `stockAdjust`.
    async fn stock_count(&self, ctx: &Context<'_>) -> Option<Result<StockCount>> {
        count_of(ctx, self.0.id).await.transpose()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let verdict = rules::check_posted(&self.0).map_err(|refused| refused.problem);
        vec![AvailableTransition::of("stockAdjustReverse", verdict)]
    }

    /// When it was reversed; null when it was not.
    async fn reversed_at(&self) -> Option<DateTime<Utc>> {
        self.0.reversed_at.map(date_time)
    }

    /// The business day of the reversal.
    async fn reversed_on(&self) -> Option<Date> {
        self.0.reversed_on.map(Date)
    }

    /// Who reversed it.
    async fn reversed_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.reversed_by?).await.transpose()
    }

    /// Why it was reversed.
    async fn reversed_reason(&self) -> Option<&str> {
        self.0.reversed_reason.as_deref()
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

/// A line of an adjustment.
#[derive(Description)]
pub struct StockAdjustmentLine(stock_adjustment_line::Model);

#[Object(use_type_description)]
impl StockAdjustmentLine {
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

    /// Which goods were corrected.
    async fn place(&self) -> AdjustmentPlace {
        match self.0.place {
            StockPlace::Quarantine => AdjustmentPlace::Quarantine,
            _ => AdjustmentPlace::Sellable,
        }
    }

    /// By how much, in the base unit; below zero took away.
    async fn delta(&self) -> Decimal {
        self.0.delta.into()
    }

    /// The value that came in (above zero) or went out (below), in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }

    /// The value that its reversal brought back (above zero) or took out (below), in the company's
    /// currency; zero when it was not reversed. Goods that were found leave at another value than
    /// they came at when nothing of the variant stays behind them.
    /// Scope: `costs:read`.
    async fn reversed_value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.reversed_value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }
}

enum_filter!(
    /// Compares whether an adjustment stands.
    StockAdjustmentStatusFilter: StockAdjustmentStatusKind => StockAdjustmentStatus
);

enum_filter!(
    /// Compares why stock was corrected.
    AdjustmentReasonFilter: AdjustmentReasonKind => AdjustmentReason
);

listing! {
    /// Adjustments, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    stock_adjustments: StockAdjustment of stock_adjustment, Scope::StockRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they stand.
        status: StockAdjustmentStatusFilter => |given| given.on(Column::Status),
        /// By why stock was corrected.
        reason: AdjustmentReasonFilter => |given| given.on(Column::Reason),
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
    /// What correcting stock brought.
    StockAdjustPayload {
        /// The adjustment.
        stock_adjustment: StockAdjustment = StockAdjustmentId,
        posted: Lines => Posted
    }
}

payload! {
    /// What reversing an adjustment brought.
    StockAdjustReversePayload {
        /// The adjustment.
        stock_adjustment: StockAdjustment = StockAdjustmentId,
        posted: Lines => Posted
    }
}

/// Reads adjustments.
#[derive(Default)]
pub struct StockAdjustmentQuery;

#[Object]
impl StockAdjustmentQuery {
    /// One adjustment, by its id, number or external id; null when there is none.
    /// Scope: `stock:read`.
    async fn stock_adjustment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: StockAdjustmentReference,
    ) -> Option<Result<StockAdjustment>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: StockAdjustmentReference) -> Result<Option<StockAdjustment>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<stock_adjustment::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found
        .map_err(|error| internal(&error))?
        .map(StockAdjustment))
}

/// Corrects stock.
#[derive(Default)]
pub struct StockAdjustmentMutation;

#[Object]
impl StockAdjustmentMutation {
    /// Corrects stock. What is taken away is never refused because it was promised: promises that
    /// the rest no longer covers become backorders, newest first. Worth more than
    /// `stockAdjustmentApprovalOver` of the company's settings, it takes the scope
    /// `stock:approve`.
    /// Scope: `stock:write`.
    pub async fn stock_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: StockAdjustInput,
    ) -> Result<StockAdjustPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::adjust(app(ctx), input.read(ctx)).await;
        StockAdjustPayload::answer(ctx, verdict).await
    }

    /// Takes an adjustment back. What it took away comes back at the value at which it left; what
    /// it brought leaves again at the value at which it came. Refused when that is no longer there,
    /// or when all that is there is worth less by now.
    /// Scope: `stock:write`.
    pub async fn stock_adjust_reverse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which adjustment, and why.")] input: StockAdjustReverseInput,
    ) -> Result<StockAdjustReversePayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = reverse::reverse(app(ctx), input.read(ctx)).await;
        StockAdjustReversePayload::answer(ctx, verdict).await
    }
}
