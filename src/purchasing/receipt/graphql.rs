//! Goods receipts in the schema.

use async_graphql::{Context, Description, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::vocab::{GoodsReceiptId, GoodsReceiptLineId, GoodsReceiptStatus};

use super::ops::{self, PostReceipt, ReceiptLine};
use super::store::{self, LinesOf};
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::graphql::context::{Asked, company, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{
    Date, Decimal, Money, Reading, app, connection, loaders, payload, reference_input,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::LINES_MAX;
use crate::platform::page::Cursor;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};

/// Where a goods receipt is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "GoodsReceiptStatus", remote = "GoodsReceiptStatus")]
pub enum GoodsReceiptStatusKind {
    /// The goods are in stock.
    Posted,
}

/// Goods that came in.
#[derive(Description)]
pub struct GoodsReceipt(goods_receipt::Model);

impl From<goods_receipt::Model> for GoodsReceipt {
    fn from(row: goods_receipt::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl GoodsReceipt {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "GR-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> GoodsReceiptStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// Where the goods came in.
    /// Scope: `stock:read`.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        ctx.require(Scope::StockRead)?;
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a receipt without a warehouse"))
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<GoodsReceiptLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(GoodsReceiptLine).collect())
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
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

/// A line of a goods receipt.
#[derive(Description)]
pub struct GoodsReceiptLine(goods_receipt_line::Model);

#[Object(use_type_description)]
impl GoodsReceiptLine {
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

    /// How much came in, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// What one base unit cost, in the company's currency.
    /// Scope: `costs:read`.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        Some(
            ctx.require(Scope::CostsRead)
                .map(|_| self.0.unit_cost.into()),
        )
    }

    /// Exact value that came in: `quantity * unitCost`.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }
}

connection!(
    GoodsReceiptConnection,
    GoodsReceiptEdge,
    GoodsReceipt,
    goods_receipt::Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);

reference_input!(
    /// Names a goods receipt.
    GoodsReceiptReference -> GoodsReceiptId,
    /// Its number.
    Number("number")
);

/// A line of a goods receipt.
#[derive(InputObject)]
pub struct GoodsReceiptLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// How much came in, in the base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
    /// What one base unit cost, in the company's currency; zero or more, at most six decimals.
    unit_cost: Decimal,
}

/// Goods that came in.
#[derive(InputObject)]
pub struct GoodsReceiptPostInput {
    /// Where they came in.
    warehouse: WarehouseReference,
    /// What came in: 1 to 1,000 lines.
    lines: Vec<GoodsReceiptLineInput>,
    /// The business day it belongs to; today when left out, never in the future.
    date: Option<Date>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// The id your own system knows it by, unique among goods receipts.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl GoodsReceiptPostInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<PostReceipt> {
        let mut reading = Reading::of("goodsReceiptPost", &self);
        let Self {
            warehouse,
            lines,
            date,
            note,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let today = company(ctx).day(clock::now());
        let date = date.map(|date| date.0);
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = PostReceipt {
            id: GoodsReceiptId::generate(),
            warehouse: warehouse.read(&mut reading, &path.at("warehouse")),
            date: reading.check.past_day(path.at("date"), date, today),
            note: reading.check.note(path.at("note"), note.as_deref()),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

impl GoodsReceiptLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> ReceiptLine {
        let Self {
            variant,
            quantity,
            unit_cost,
        } = self;
        ReceiptLine {
            id: GoodsReceiptLineId::generate(),
            variant: variant.read(reading, &path.at("variant")),
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &quantity.0),
            unit_cost: reading.check.price(path.at("unitCost"), &unit_cost.0),
        }
    }
}

payload! {
    /// What posting a goods receipt brought.
    GoodsReceiptPostPayload {
        /// The receipt.
        goods_receipt: GoodsReceipt = GoodsReceiptId
    }
}

/// Reads goods receipts.
#[derive(Default)]
pub struct GoodsReceiptQuery;

#[Object]
impl GoodsReceiptQuery {
    /// One receipt, by its id, number or external id; null when there is none.
    /// Scope: `goods_receipts:read`.
    async fn goods_receipt(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: GoodsReceiptReference,
    ) -> Option<Result<GoodsReceipt>> {
        find(ctx, by).await.transpose()
    }

    /// All receipts, oldest first.
    /// Scope: `goods_receipts:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn goods_receipts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<GoodsReceiptConnection> {
        ctx.require(Scope::GoodsReceiptsRead)?;
        GoodsReceiptConnection::fetch(ctx, store::all(), (first, after), (last, before)).await
    }
}

async fn find(ctx: &Context<'_>, by: GoodsReceiptReference) -> Result<Option<GoodsReceipt>> {
    ctx.require(Scope::GoodsReceiptsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<goods_receipt::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(GoodsReceipt))
}

/// Changes goods receipts.
#[derive(Default)]
pub struct GoodsReceiptMutation;

#[Object]
impl GoodsReceiptMutation {
    /// Posts a goods receipt: the goods are in stock, and serve who waits for them, oldest first.
    /// Scope: `goods_receipts:write`.
    async fn goods_receipt_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Goods that came in.")] input: GoodsReceiptPostInput,
    ) -> Result<GoodsReceiptPostPayload> {
        ctx.require(Scope::GoodsReceiptsWrite)?;
        let verdict = ops::post(app(ctx), input.read(ctx)).await;
        GoodsReceiptPostPayload::answer(ctx, verdict).await
    }
}
