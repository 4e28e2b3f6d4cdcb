//! Goods receipts in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::purchasing::{goods_receipt, goods_receipt_line};
use entity::vocab::{
    Amount, GoodsReceiptId, GoodsReceiptStatus, PurchaseOrderId, SupplierId, WarehouseId,
};

use super::inputs::{
    GoodsReceiptPostInput, GoodsReceiptReference, GoodsReceiptReverseInput,
    PurchaseOrderReceiveInput,
};
use super::store::{self, LinesOf, ReceiptsOf};
use super::{ops, receive, reversal, reverse};
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
use crate::party::supplier::graphql::Supplier;
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::purchasing::order::graphql::PurchaseOrder;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a goods receipt is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "GoodsReceiptStatus", remote = "GoodsReceiptStatus")]
pub enum GoodsReceiptStatusKind {
    /// The goods are in stock.
    Posted,
    /// It was taken back: the goods have left again.
    Reversed,
}

/// Goods that came in.
#[derive(Description)]
pub struct GoodsReceipt(goods_receipt::Model);

impl From<goods_receipt::Model> for GoodsReceipt {
    fn from(row: goods_receipt::Model) -> Self {
        Self(row)
    }
}

impl GoodsReceipt {
    /// The receipts of an order.
    pub(crate) async fn of_order(ctx: &Context<'_>, id: PurchaseOrderId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(ReceiptsOf(id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Self).collect())
    }
}

#[Object(use_type_description)]
impl GoodsReceipt {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
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

    /// The order by which the goods came; null when they came without one.
    /// Scope: `purchase_orders:read`.
    async fn purchase_order(&self, ctx: &Context<'_>) -> Option<Result<PurchaseOrder>> {
        if let Err(error) = ctx.require(Scope::PurchaseOrdersRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(self.0.purchase_order_id?).await;
        let row = row.map_err(|error| internal(&error));
        row.map(|row| row.map(PurchaseOrder::from)).transpose()
    }

    /// Who delivered; null when that is not known.
    /// Scope: `suppliers:read`.
    async fn supplier(&self, ctx: &Context<'_>) -> Option<Result<Supplier>> {
        if let Err(error) = ctx.require(Scope::SuppliersRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(self.0.supplier_id?).await;
        let row = row.map_err(|error| internal(&error));
        row.map(|row| row.map(Supplier::from)).transpose()
    }

    /// The supplier's delivery note.
    async fn delivery_note(&self) -> Option<&str> {
        self.0.delivery_note.as_deref()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let verdict = reversal::check_status(&self.0).map_err(|refused| refused.problem);
        vec![AvailableTransition::of("goodsReceiptReverse", verdict)]
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

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<GoodsReceiptLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let status = self.0.status;
        Ok(rows
            .into_iter()
            .map(|row| GoodsReceiptLine(row, status))
            .collect())
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
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

/// A line of a goods receipt.
#[derive(Description)]
pub struct GoodsReceiptLine(goods_receipt_line::Model, GoodsReceiptStatus);

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

    /// The id of the order line that it delivers; null when the goods came without an order.
    async fn purchase_order_line_id(&self) -> Option<ID> {
        self.0.purchase_order_line_id.map(|id| ID(id.to_string()))
    }

    /// How much came in, in the base unit: `accepted + rejected`.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// How much of it may be sold.
    async fn accepted(&self) -> Decimal {
        self.0.accepted.into()
    }

    /// How much of it was rejected, and went to quarantine.
    async fn rejected(&self) -> Decimal {
        self.0.rejected.into()
    }

    /// Why some was rejected.
    async fn rejection_reason(&self) -> Option<&str> {
        self.0.rejection_reason.as_deref()
    }

    /// How much was announced and did not come; only noted.
    async fn short(&self) -> Decimal {
        self.0.short.into()
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

    /// How much more or less value left when the receipt was reversed than had come in; zero when
    /// it left exactly as it came. It differs only when nothing of the variant stayed, while goods
    /// of another cost had come and gone meanwhile: then all the value that was there left. Null
    /// when the receipt is not reversed.
    /// Scope: `costs:read`.
    async fn reversal_difference(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        if let Err(error) = ctx.require(Scope::CostsRead) {
            return Some(Err(error));
        }
        let difference = Amount(self.0.reversed_value.0 - self.0.value.0);
        let money = Money::base(difference, company(ctx).base_currency);
        (self.1 == GoodsReceiptStatus::Reversed).then_some(Ok(money))
    }
}

payload! {
    /// What posting a goods receipt brought.
    GoodsReceiptPostPayload {
        /// The receipt.
        goods_receipt: GoodsReceipt = GoodsReceiptId,
        posted: Lines => Posted
    }
}

payload! {
    /// What receiving goods of an order brought.
    PurchaseOrderReceivePayload {
        /// The receipt.
        goods_receipt: GoodsReceipt = GoodsReceiptId,
        posted: Lines => Posted
    }
}

payload! {
    /// What reversing a goods receipt brought.
    GoodsReceiptReversePayload {
        /// The receipt.
        goods_receipt: GoodsReceipt = GoodsReceiptId,
        posted: Lines => Posted
    }
}

enum_filter!(
    /// Compares whether a receipt stands.
    GoodsReceiptStatusFilter: GoodsReceiptStatusKind => GoodsReceiptStatus
);

listing! {
    /// Receipts, oldest first unless ordered otherwise.
    /// Scope: `goods_receipts:read`.
    goods_receipts: GoodsReceipt of goods_receipt, Scope::GoodsReceiptsRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they stand.
        status: GoodsReceiptStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the supplier.
        supplier_id: IdFilter => |given| given.on(Column::SupplierId, SupplierId::parse),
        /// By the warehouse.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
        /// By the order that they deliver.
        purchase_order_id: IdFilter => |given|
            given.on(Column::PurchaseOrderId, PurchaseOrderId::parse),
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
    /// Posts a goods receipt: the goods are in stock, and serve who waits for them, in their
    /// turn.
    /// Scope: `goods_receipts:write`.
    pub async fn goods_receipt_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Goods that came in.")] input: GoodsReceiptPostInput,
    ) -> Result<GoodsReceiptPostPayload> {
        ctx.require(Scope::GoodsReceiptsWrite)?;
        let verdict = ops::post(app(ctx), input.read(ctx)).await;
        GoodsReceiptPostPayload::answer(ctx, verdict).await
    }

    /// Receives goods of a sent order: what is accepted may be sold and serves who waits for it,
    /// in their turn; what is rejected goes to quarantine; both leave `incoming`. The order stays
    /// SENT, also when everything has come, until `purchaseOrderClose`.
    /// Scope: `goods_receipts:write`.
    pub async fn purchase_order_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came in.")] input: PurchaseOrderReceiveInput,
    ) -> Result<PurchaseOrderReceivePayload> {
        ctx.require(Scope::GoodsReceiptsWrite)?;
        let verdict = receive::receive(app(ctx), input.read(ctx)).await;
        PurchaseOrderReceivePayload::answer(ctx, verdict).await
    }

    /// Takes a receipt back: its goods leave from where they went, at the value at which they came.
    /// Refused when they are no longer there, or when all that is there is worth less by now than
    /// they were. Reservations are no obstacle: what they lose waits for stock. A sent order waits
    /// for the goods again.
    /// Scope: `goods_receipts:write`.
    pub async fn goods_receipt_reverse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which receipt, and why.")] input: GoodsReceiptReverseInput,
    ) -> Result<GoodsReceiptReversePayload> {
        ctx.require(Scope::GoodsReceiptsWrite)?;
        let verdict = reverse::reverse(app(ctx), input.read(ctx)).await;
        GoodsReceiptReversePayload::answer(ctx, verdict).await
    }
}
