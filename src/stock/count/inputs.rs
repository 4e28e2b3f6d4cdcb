//! Inputs of stock counts, and how they become commands.

use async_graphql::{Context, InputObject, Json};
use chrono::NaiveDate;
use entity::vocab::StockCountId;
use serde_json::Value;
use uuid::Uuid;

use super::create::CreateCount;
use super::ops::ChangeCount;
use super::post::{FoundCost, PostCount};
use super::tally::{COMMAND, RecordCount, TallyLine};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::rejection::Path;
use crate::stock::warehouse::graphql::WarehouseReference;

reference_input!(
    /// Names a stock count.
    StockCountReference -> StockCountId,
    /// Its number.
    Number("number")
);

/// A new stock count.
#[derive(InputObject)]
pub struct StockCountCreateInput {
    /// Where.
    warehouse: WarehouseReference,
    /// What is counted, 1 to 1,000 variants; when left out, every variant in use that the warehouse
    /// has a level of. A variant is in one open or counted count of a warehouse at a time.
    variants: Option<Vec<ProductVariantReference>>,
    /// Whether those who count must not see what the books say: `expected` and `difference` are
    /// then null until the count is finished.
    #[graphql(default = false)]
    is_blind: bool,
    /// A larger difference than this, in the base unit, must be counted a second time; zero: every
    /// difference. None must when left out.
    recount_over: Option<Decimal>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters; the adjustment bears it too.
    note: Option<String>,
    /// The id your own system knows it by, unique among stock counts.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockCountCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<CreateCount> {
        let mut reading = Reading::of("stockCountCreate", &self);
        let Self {
            warehouse,
            variants,
            is_blind,
            recount_over,
            date,
            note,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        if let Some(variants) = &variants {
            reading
                .check
                .line_count(path.at("variants"), variants.len());
        }
        let variants = variants.map(|variants| {
            let variants = variants.into_iter().take(LINES_MAX).enumerate();
            variants
                .map(|(index, by)| by.read(&mut reading, &path.at("variants").at(index)))
                .collect()
        });
        let command = CreateCount {
            id: StockCountId::generate(),
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            variants,
            date: read_date(&mut reading, ctx, date),
            is_blind,
            recount_over: recount_over.map(|over| {
                reading
                    .check
                    .quantity_not_negative(path.at("recountOver"), &over.0)
            }),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

fn read_date(reading: &mut Reading, ctx: &Context<'_>, date: Option<Date>) -> NaiveDate {
    let today = company(ctx).day(clock::now());
    reading
        .check
        .past_day(Path::input().at("date"), date.map(|date| date.0), today)
}

fn read_change(
    reading: &mut Reading,
    count: &StockCountReference,
    expected_version: Option<i64>,
) -> ChangeCount {
    ChangeCount {
        count: count.read(reading, &Path::input().at("stockCount")),
        expected_version,
    }
}

/// What was counted of a variant.
#[derive(InputObject)]
pub struct StockCountRecordLineInput {
    /// The variant, which must be in the count.
    variant: ProductVariantReference,
    /// How much is on the shelf, in the base unit; zero or more, with at most the unit's decimals.
    quantity: Decimal,
}

/// What was counted.
#[derive(InputObject)]
pub struct StockCountRecordInput {
    /// The count.
    stock_count: StockCountReference,
    /// What was counted: 1 to 1,000 lines, each variant once.
    lines: Vec<StockCountRecordLineInput>,
    /// The version it must have; any when left out, so that several can count at once.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockCountRecordInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<RecordCount> {
        let mut reading = Reading::of(COMMAND, &self);
        let Self {
            stock_count,
            lines,
            expected_version,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input().at("lines");
        reading.check.line_count(path.clone(), lines.len());
        let change = read_change(&mut reading, &stock_count, expected_version);
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines.map(|(index, line)| {
            let StockCountRecordLineInput { variant, quantity } = line;
            let path = path.at(index);
            TallyLine {
                variant: variant.read(&mut reading, &path.at("variant")),
                quantity: reading
                    .check
                    .quantity_not_negative(path.at("quantity"), &quantity.0),
            }
        });
        let lines = lines.collect();
        let command = RecordCount { change, lines };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// Which count is finished.
#[derive(InputObject)]
pub struct StockCountFinishInput {
    /// The count.
    stock_count: StockCountReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells which lines are missing, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which count to give up.
#[derive(InputObject)]
pub struct StockCountCancelInput {
    /// The count.
    stock_count: StockCountReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockCountFinishInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeCount> {
        let mut reading = Reading::of("stockCountFinish", &self);
        reading.dry_run(self.dry_run);
        let command = read_change(&mut reading, &self.stock_count, self.expected_version);
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}

impl StockCountCancelInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ChangeCount> {
        let mut reading = Reading::of("stockCountCancel", &self);
        reading.dry_run(self.dry_run);
        let command = read_change(&mut reading, &self.stock_count, self.expected_version);
        reading.finish(ctx, self.idempotency_key, (Uuid::nil(), command))
    }
}

/// What one unit cost of a variant of which more was found than the books say.
#[derive(InputObject)]
pub struct StockCountCostInput {
    /// The variant, which must be in the count.
    variant: ProductVariantReference,
    /// What one unit cost, in the company's currency.
    unit_cost: Decimal,
}

/// Which count to post.
#[derive(InputObject)]
pub struct StockCountPostInput {
    /// The count.
    stock_count: StockCountReference,
    /// What one unit cost of what was found, each variant once; the average there where none is
    /// said. Needed where nothing is on hand to take an average from; ignored where something is
    /// missing, which leaves at the cost of its method.
    unit_costs: Option<Vec<StockCountCostInput>>,
    /// The business day of the correction, not before the count's own; today when left out, never
    /// in the future.
    date: Option<Date>,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockCountPostInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<PostCount> {
        let mut reading = Reading::of("stockCountPost", &self);
        let Self {
            stock_count,
            unit_costs,
            date,
            expected_version,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input().at("unitCosts");
        if let Some(costs) = &unit_costs {
            reading.check.line_count(path.clone(), costs.len());
        }
        let change = read_change(&mut reading, &stock_count, expected_version);
        let costs = unit_costs.into_iter().flatten().take(LINES_MAX).enumerate();
        let unit_costs = costs.map(|(index, cost)| {
            let StockCountCostInput { variant, unit_cost } = cost;
            let path = path.at(index);
            FoundCost {
                variant: variant.read(&mut reading, &path.at("variant")),
                unit_cost: reading.check.price(path.at("unitCost"), &unit_cost.0),
            }
        });
        let unit_costs = unit_costs.collect();
        let command = PostCount {
            change,
            unit_costs,
            date: read_date(&mut reading, ctx, date),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}
