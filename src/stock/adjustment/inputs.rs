//! What stock is corrected with.

use async_graphql::{Context, InputObject, Json, OneofObject};
use entity::vocab::{Quantity, StockAdjustmentId};
use serde_json::Value;

use super::graphql::{AdjustmentPlace, AdjustmentReasonKind};
use super::ops::{Adjust, AdjustLine, Change};
use super::reverse::ReverseAdjustment;
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::rejection::Path;
use crate::stock::warehouse::graphql::WarehouseReference;

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
    /// What one unit cost of what was found; the average there when left out. Ignored for what is
    /// taken away, which leaves at the cost of its method.
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
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Adjust> {
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

/// Which adjustment to take back.
#[derive(InputObject)]
pub struct StockAdjustReverseInput {
    /// The adjustment.
    stock_adjustment: StockAdjustmentReference,
    /// Why, at most 200 characters.
    reason: String,
    /// The business day it belongs to, not before the adjustment's own; today when left out, never
    /// in the future.
    date: Option<Date>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockAdjustReverseInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ReverseAdjustment> {
        let mut reading = Reading::of("stockAdjustReverse", &self);
        let Self {
            stock_adjustment,
            reason,
            date,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let command = ReverseAdjustment {
            adjustment: stock_adjustment.read(&mut reading, &path.at("stockAdjustment")),
            reason: reading
                .check
                .text(path.at("reason"), &reason, NAME_LENGTH_MAX),
            date: reading.check.past_day(path.at("date"), date, today),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}
