//! Purchase orders in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::purchasing::purchase_order;
use entity::vocab::{Amount, Coverage, PurchaseOrderStatus, SupplierId, WarehouseId};

use super::inputs::PurchaseOrderReference;
use super::line::graphql::{CoverageKind, PurchaseOrderLine};
use super::store::{self, LinesOf};
use super::transitions::{self, Step};
use crate::graphql::context::{Asked, actor, bad_argument, date_time};
use crate::graphql::filter::{
    DateFilter, DateTimeFilter, IdFilter, MetadataFilter, TextFilter, enum_filter,
};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Money, Reading, app, listing, loaders, record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::party::supplier::graphql::Supplier;
use crate::party::terms::graphql::PaymentTerms;
use crate::platform::actor::Scope;
use crate::platform::page::PAGE_MAX;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::purchasing::receipt::graphql::GoodsReceipt;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a purchase order is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PurchaseOrderStatus", remote = "PurchaseOrderStatus")]
pub enum PurchaseOrderStatusKind {
    /// Being written; can be changed and deleted.
    Draft,
    /// Waits for the approval of somebody else than its author.
    PendingApproval,
    /// May be sent.
    Approved,
    /// The supplier has it; what is open is incoming. Stays so when everything has come, until it
    /// is closed.
    Sent,
    /// Nothing more is waited for.
    Closed,
    /// Withdrawn before anything was received.
    Cancelled,
}

/// An order to a supplier.
#[derive(Description)]
pub struct PurchaseOrder(purchase_order::Model);

impl From<purchase_order::Model> for PurchaseOrder {
    fn from(row: purchase_order::Model) -> Self {
        Self(row)
    }
}

impl PurchaseOrder {
    fn money(&self, amount: Amount) -> Money {
        Money::new(amount, self.0.currency.clone())
    }
}

#[Object(use_type_description)]
impl PurchaseOrder {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "PO-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> PurchaseOrderStatusKind {
        self.0.status.into()
    }

    /// How much of it was delivered; rejected goods were delivered too.
    async fn receiving_status(&self) -> CoverageKind {
        self.0.receiving.into()
    }

    /// How much of it was billed.
    async fn billing_status(&self) -> CoverageKind {
        self.0.billing.into()
    }

    /// What you can do with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self, ctx: &Context<'_>) -> Vec<AvailableTransition> {
        let caller = actor(ctx).caller_id();
        let of = |step: Step| {
            let verdict = transitions::verdict(&self.0, step, caller);
            AvailableTransition::of(step.mutation(), verdict)
        };
        Step::ALL.map(of).into()
    }

    /// From whom.
    /// Scope: `suppliers:read`.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Supplier> {
        ctx.require(Scope::SuppliersRead)?;
        let row = loaders(ctx).load_one(self.0.supplier_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Supplier::from)
            .ok_or_else(|| async_graphql::Error::new("an order without a supplier"))
    }

    /// Where the goods shall come in.
    /// Scope: `stock:read`.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        ctx.require(Scope::StockRead)?;
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("an order without a warehouse"))
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day by which everything is expected, as it was ordered.
    async fn expected_on(&self) -> Date {
        Date(self.0.expected_on)
    }

    /// While it is sent: the earliest day on which something open is due, as promised by the
    /// supplier, else as expected. Null when nothing is open.
    async fn due_on(&self) -> Option<Date> {
        self.0.due_on.map(Date)
    }

    /// What one unit of its currency is worth in the company's, frozen when it was written.
    async fn exchange_rate(&self) -> Decimal {
        Decimal(self.0.exchange_rate.to_decimal().to_string())
    }

    /// When it is to be paid; null when nothing was agreed.
    async fn payment_terms(&self, ctx: &Context<'_>) -> Option<Result<PaymentTerms>> {
        let row = loaders(ctx).load_one(self.0.payment_terms_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PaymentTerms::from))
            .transpose()
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<PurchaseOrderLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let line = |row| PurchaseOrderLine {
            row,
            currency: self.0.currency.clone(),
            status: self.0.status,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Goods that came in by it, oldest first; reversed receipts included.
    /// Scope: `goods_receipts:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn goods_receipts(&self, ctx: &Context<'_>) -> Result<Vec<GoodsReceipt>> {
        ctx.require(Scope::GoodsReceiptsRead)?;
        GoodsReceipt::of_order(ctx, self.0.id).await
    }

    /// Sum of the lines' net amounts.
    async fn net(&self) -> Money {
        self.money(self.0.net)
    }

    /// Sum of the lines' tax.
    async fn tax(&self) -> Money {
        self.money(self.0.tax)
    }

    /// `net + tax`.
    async fn gross(&self) -> Money {
        self.money(self.0.gross)
    }

    /// The supplier's own number of it.
    async fn supplier_reference(&self) -> Option<&str> {
        self.0.supplier_reference.as_deref()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who wrote it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// Who last changed its content.
    async fn edited_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.edited_by).await.transpose()
    }

    /// Who submitted it.
    async fn submitted_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.submitted_by?).await.transpose()
    }

    /// When it was submitted.
    async fn submitted_at(&self) -> Option<DateTime<Utc>> {
        self.0.submitted_at.map(date_time)
    }

    /// Who approved it; where no tier applied, who submitted it.
    async fn approved_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.approved_by?).await.transpose()
    }

    /// When it was approved.
    async fn approved_at(&self) -> Option<DateTime<Utc>> {
        self.0.approved_at.map(date_time)
    }

    /// Why it was last given back to its author.
    async fn rejected_reason(&self) -> Option<&str> {
        self.0.rejected_reason.as_deref()
    }

    /// When it was sent.
    async fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.sent_at.map(date_time)
    }

    /// Why it was closed or cancelled.
    async fn closed_reason(&self) -> Option<&str> {
        self.0.closed_reason.as_deref()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

enum_filter!(
    /// Compares where a purchase order is in its life.
    PurchaseOrderStatusFilter: PurchaseOrderStatusKind => PurchaseOrderStatus
);

enum_filter!(
    /// Compares how much of what was ordered has come in.
    CoverageFilter: CoverageKind => Coverage
);

listing! {
    /// Purchase orders, oldest first unless ordered otherwise.
    /// Scope: `purchase_orders:read`.
    purchase_orders: PurchaseOrder of purchase_order, Scope::PurchaseOrdersRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By where they are in their life.
        status: PurchaseOrderStatusFilter => |given| given.on(Column::Status),
        /// By how much of them has come in.
        receiving_status: CoverageFilter => |given| given.on(Column::Receiving),
        /// By who delivers.
        supplier_id: IdFilter => |given| given.on(Column::SupplierId, SupplierId::parse),
        /// By where the goods shall come in.
        warehouse_id: IdFilter => |given| given.on(Column::WarehouseId, WarehouseId::parse),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the earliest day on which something open is due.
        due_on: DateFilter => |given| given.on(Column::DueOn),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their business day.
        Date => [Date, Id],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    all store::all();
}

/// Reads purchase orders.
#[derive(Default)]
pub struct PurchaseOrderQuery;

#[Object]
impl PurchaseOrderQuery {
    /// One order, by its id, number or external id; null when there is none.
    /// Scope: `purchase_orders:read`.
    async fn purchase_order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: PurchaseOrderReference,
    ) -> Option<Result<PurchaseOrder>> {
        find(ctx, by).await.transpose()
    }

    /// Sent orders of which something is still open that was due before a day, by the day the
    /// supplier promised, else the one on which it was expected; the longest overdue first.
    /// Scope: `purchase_orders:read`.
    #[graphql(complexity = "limit.unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn purchase_orders_overdue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Due before this day.")] as_of: Date,
        #[graphql(desc = "At most so many; 50 by default, at most 250.")] limit: Option<i32>,
    ) -> Result<Vec<PurchaseOrder>> {
        ctx.require(Scope::PurchaseOrdersRead)?;
        let limit = u64::try_from(limit.unwrap_or(50)).ok();
        let limit = limit.filter(|limit| (1..=PAGE_MAX).contains(limit));
        let message = format!("limit must be 1 to {PAGE_MAX}.");
        let limit = limit.ok_or_else(|| bad_argument(message))?;
        let rows = store::overdue(app(ctx).db.reader(), as_of.0, limit).await;
        let rows = rows.map_err(|error| internal(&error))?;
        Ok(rows.into_iter().map(PurchaseOrder).collect())
    }
}

async fn find(ctx: &Context<'_>, by: PurchaseOrderReference) -> Result<Option<PurchaseOrder>> {
    ctx.require(Scope::PurchaseOrdersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<purchase_order::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(PurchaseOrder))
}
