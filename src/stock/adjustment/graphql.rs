//! Adjustments in the schema.

use async_graphql::{
    Context, Description, Enum, ID, InputObject, Json, Object, OneofObject, Result,
};
use entity::stock::{stock_adjustment, stock_adjustment_line};
use entity::vocab::{
    AdjustmentReason, Quantity, StockAdjustmentId, StockAdjustmentStatus, StockPlace, WarehouseId,
};
use serde_json::Value;

use super::ops::{self, Adjust, AdjustLine, Change};
use super::store::{self, LinesOf};
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::graphql::context::{Asked, company};
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Date, Decimal, Money, Reading, app, listing, loaders, payload, record_fields, reference_input,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};

/// Where an adjustment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockAdjustmentStatus", remote = "StockAdjustmentStatus")]
pub enum StockAdjustmentStatusKind {
    /// It has changed the stock.
    Posted,
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
}

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

reference_input!(
    /// Names an adjustment.
    StockAdjustmentReference -> StockAdjustmentId,
    /// Its number.
    Number("number")
);

/// What was counted, and what the books were expected to say.
#[derive(Clone, Debug, InputObject)]
pub struct StockCountedInput {
    /// What is there, in the base unit; zero or more.
    quantity: Decimal,
    /// What the books say, as far as you know: if they say something else by now, the adjustment
    /// is refused with a StaleQuantityError.
    expected_quantity: Decimal,
}

/// How a quantity is corrected.
#[derive(Clone, Debug, OneofObject)]
pub enum StockChangeInput {
    /// By so much, in the base unit; below zero takes away.
    Delta(Decimal),
    /// To what was counted.
    Counted(StockCountedInput),
}

/// A correction of one variant.
#[derive(InputObject)]
pub struct StockAdjustLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// Which goods.
    #[graphql(default_with = "AdjustmentPlace::Sellable")]
    place: AdjustmentPlace,
    /// How.
    change: StockChangeInput,
    /// What one unit cost of what was found; the moving average when left out. Ignored for what is
    /// taken away, which leaves at the moving average.
    unit_cost: Option<Decimal>,
}

impl StockAdjustLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> AdjustLine {
        let Self {
            variant,
            place,
            change,
            unit_cost,
        } = self;
        let below = path.at("change");
        let change = match change {
            StockChangeInput::Delta(delta) => {
                let before = reading.check.complaint_count();
                let delta = reading.check.quantity(below.at("delta"), &delta.0);
                if delta.is_zero() && reading.check.complaint_count() == before {
                    reading
                        .check
                        .complain(below.at("delta"), "Must not be zero.");
                }
                Change::By(delta)
            }
            StockChangeInput::Counted(counted) => {
                let StockCountedInput {
                    quantity,
                    expected_quantity,
                } = counted;
                let below = below.at("counted");
                let mut read = |field: &str, text: &Decimal| -> Quantity {
                    reading
                        .check
                        .quantity_not_negative(below.at(field), &text.0)
                };
                let quantity = read("quantity", &quantity);
                Change::To {
                    quantity,
                    expected: read("expectedQuantity", &expected_quantity),
                }
            }
        };
        AdjustLine {
            variant: variant.read(reading, &path.at("variant")),
            place: place.into(),
            change,
            unit_cost: unit_cost.map(|cost| reading.check.price(path.at("unitCost"), &cost.0)),
        }
    }
}

/// A correction of stock.
#[derive(InputObject)]
pub struct StockAdjustInput {
    /// Where.
    warehouse: WarehouseReference,
    /// Why.
    reason: AdjustmentReasonKind,
    /// What is corrected: 1 to 1,000 lines.
    lines: Vec<StockAdjustLineInput>,
    /// A remark, at most 2,000 characters; needed with the reason OTHER.
    note: Option<String>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// The id your own system knows it by, unique among adjustments.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockAdjustInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Adjust> {
        let mut reading = Reading::of("stockAdjust", &self);
        let Self {
            warehouse,
            reason,
            lines,
            note,
            date,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        if reason == AdjustmentReasonKind::Other && note.is_none() {
            reading
                .check
                .complain(path.at("note"), "Say why, with the reason OTHER.");
        }
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = Adjust {
            id: StockAdjustmentId::generate(),
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            reason: reason.into(),
            note: reading.check.note(path.at("note"), note.as_deref()),
            date: reading.check.past_day(path.at("date"), date, today),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

payload! {
    /// What correcting stock brought.
    StockAdjustPayload {
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
    /// the rest no longer covers become backorders, newest first.
    /// Scope: `stock:write`.
    async fn stock_adjust(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: StockAdjustInput,
    ) -> Result<StockAdjustPayload> {
        ctx.require(Scope::StockWrite)?;
        let verdict = ops::adjust(app(ctx), input.read(ctx)).await;
        StockAdjustPayload::answer(ctx, verdict).await
    }
}
