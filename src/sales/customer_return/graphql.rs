//! Customer returns in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::sales::{customer_return, customer_return_line};
use entity::vocab::{
    CustomerId, CustomerReturnId, CustomerReturnStatus, SalesOrderId, WarehouseId,
};

use super::inputs::{
    CustomerReturnApproveInput, CustomerReturnCancelInput, CustomerReturnCloseInput,
    CustomerReturnCreditInput, CustomerReturnInspectInput, CustomerReturnReceiveInput,
    CustomerReturnReference, CustomerReturnRejectInput, CustomerReturnRequestInput,
    ReturnReasonKind, ReturnSettlementKind,
};
use super::rules::{self, Step};
use super::store::{self, LinesOf};
use super::{credit, inspect, receive, request, steps};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::filter::{DateFilter, IdFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Date, Decimal, Money, Reading, app, company, listing, loaders, payload,
    record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::party::customer::graphql::Customer;
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::credit_note::graphql::CreditNote;
use crate::sales::credit_note::store::CreditNotesOfReturn;
use crate::sales::order::graphql::SalesOrder;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::Warehouse;

/// Where a customer return is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CustomerReturnStatus", remote = "CustomerReturnStatus")]
pub enum CustomerReturnStatusKind {
    /// The customer asks for it.
    Requested,
    /// The goods may come back.
    Approved,
    /// They may not.
    Rejected,
    /// The goods are here, in quarantine.
    Received,
    /// It is decided what becomes of the goods.
    Inspected,
    /// It is settled.
    Closed,
    /// Given up before anything came back.
    Cancelled,
}

/// Goods that a customer sends back.
#[derive(Description)]
pub struct CustomerReturn(customer_return::Model);

impl From<customer_return::Model> for CustomerReturn {
    fn from(row: customer_return::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CustomerReturn {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "RT-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> CustomerReturnStatusKind {
        self.0.status.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The order that the goods were shipped for.
    /// Scope: `sales_orders:read`.
    async fn sales_order(&self, ctx: &Context<'_>) -> Option<Result<SalesOrder>> {
        if let Err(refused) = ctx.require(Scope::SalesOrdersRead) {
            return Some(Err(refused));
        }
        let row = loaders(ctx).load_one(self.0.sales_order_id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(SalesOrder::from))
            .transpose()
    }

    /// Who sends them back.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        if let Err(refused) = ctx.require(Scope::CustomersRead) {
            return Some(Err(refused));
        }
        let row = loaders(ctx).load_one(self.0.customer_id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Customer::from))
            .transpose()
    }

    /// Where the goods come in.
    async fn warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Warehouse))
            .transpose()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Why it was rejected; null when it was not.
    async fn rejection_reason(&self) -> Option<&str> {
        self.0.refusal.as_deref()
    }

    /// How it was settled; null while it is not closed.
    async fn settlement(&self) -> Option<ReturnSettlementKind> {
        self.0.settlement.map(Into::into)
    }

    /// The order that replaces the goods.
    /// Scope: `sales_orders:read`.
    async fn replacement(&self, ctx: &Context<'_>) -> Option<Result<SalesOrder>> {
        let id = self.0.replacement_id?;
        if let Err(refused) = ctx.require(Scope::SalesOrdersRead) {
            return Some(Err(refused));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(SalesOrder::from))
            .transpose()
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<CustomerReturnLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(CustomerReturnLine).collect())
    }

    /// The credit notes that credit it, oldest first.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn credit_notes(&self, ctx: &Context<'_>) -> Result<Vec<CreditNote>> {
        ctx.require(Scope::InvoicesRead)?;
        let rows = loaders(ctx).load_one(CreditNotesOfReturn(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(CreditNote::from).collect())
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let of = |step: &Step| {
            AvailableTransition::of(step.mutation(), rules::check(*step, self.0.status))
        };
        Step::ALL.iter().map(of).collect()
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A line of a customer return.
#[derive(Description)]
pub struct CustomerReturnLine(customer_return_line::Model);

#[Object(use_type_description)]
impl CustomerReturnLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The id of the fulfilment line that the goods were shipped by.
    async fn fulfilment_line_id(&self) -> ID {
        ID(self.0.fulfilment_line_id.to_string())
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

    /// How much is to come back, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// Why.
    async fn reason(&self) -> ReturnReasonKind {
        self.0.reason.into()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// How much has come back, in the base unit.
    async fn received(&self) -> Decimal {
        self.0.received.into()
    }

    /// The cost at which it came back, which is that at which it left, in the company's currency.
    /// Scope: `costs:read`.
    async fn cost(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let cost = || Money::base(self.0.cost, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| cost()))
    }

    /// How much may be sold again, in the base unit.
    async fn restocked(&self) -> Decimal {
        self.0.restocked.into()
    }

    /// How much was thrown away, in the base unit.
    async fn scrapped(&self) -> Decimal {
        self.0.scrapped.into()
    }

    /// How much went back to the customer, in the base unit.
    async fn sent_back(&self) -> Decimal {
        self.0.sent_back.into()
    }

    /// What inspecting it found.
    async fn finding(&self) -> Option<&str> {
        self.0.finding.as_deref()
    }
}

enum_filter!(
    /// Compares where a customer return is in its life.
    CustomerReturnStatusFilter: CustomerReturnStatusKind => CustomerReturnStatus
);

listing! {
    /// Customer returns, oldest first unless ordered otherwise.
    /// Scope: `returns:read`.
    customer_returns: CustomerReturn of customer_return, Scope::ReturnsRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By where they are in their life.
        status: CustomerReturnStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the order that the goods were shipped for.
        sales_order_id: IdFilter => |given| given.on(Column::SalesOrderId, SalesOrderId::parse),
        /// By who sends them back.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
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
    /// What asking for a return brought.
    CustomerReturnRequestPayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

payload! {
    /// What approving a return brought.
    CustomerReturnApprovePayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

payload! {
    /// What rejecting a return brought.
    CustomerReturnRejectPayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

payload! {
    /// What giving a return up brought.
    CustomerReturnCancelPayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

payload! {
    /// What taking goods in brought.
    CustomerReturnReceivePayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId,
        posted: Lines => Posted
    }
}

payload! {
    /// What inspecting goods brought.
    CustomerReturnInspectPayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId,
        posted: Lines => Posted
    }
}

payload! {
    /// What crediting a return brought.
    CustomerReturnCreditPayload {
        /// The return, with its credit notes.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

payload! {
    /// What closing a return brought.
    CustomerReturnClosePayload {
        /// The return.
        customer_return: CustomerReturn = CustomerReturnId
    }
}

/// Reads customer returns.
#[derive(Default)]
pub struct CustomerReturnQuery;

#[Object]
impl CustomerReturnQuery {
    /// One customer return, by its id, number or external id; null when there is none.
    /// Scope: `returns:read`.
    async fn customer_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CustomerReturnReference,
    ) -> Option<Result<CustomerReturn>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: CustomerReturnReference) -> Result<Option<CustomerReturn>> {
    ctx.require(Scope::ReturnsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<customer_return::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(CustomerReturn))
}

/// Takes goods back from customers.
#[derive(Default)]
pub struct CustomerReturnMutation;

#[Object]
impl CustomerReturnMutation {
    /// Asks for a return: at most what was shipped and is not claimed by another return.
    /// Scope: `returns:write`.
    pub async fn customer_return_request(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to come back.")] input: CustomerReturnRequestInput,
    ) -> Result<CustomerReturnRequestPayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = request::request(app(ctx), input.read(ctx)).await;
        CustomerReturnRequestPayload::answer(ctx, verdict).await
    }

    /// Lets the goods of a requested return come back.
    /// Scope: `returns:write`.
    pub async fn customer_return_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return.")] input: CustomerReturnApproveInput,
    ) -> Result<CustomerReturnApprovePayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        CustomerReturnApprovePayload::answer(ctx, verdict).await
    }

    /// Does not let the goods of a requested return come back.
    /// Scope: `returns:write`.
    pub async fn customer_return_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return, and why.")] input: CustomerReturnRejectInput,
    ) -> Result<CustomerReturnRejectPayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        CustomerReturnRejectPayload::answer(ctx, verdict).await
    }

    /// Gives a return up of which nothing has come back.
    /// Scope: `returns:write`.
    pub async fn customer_return_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return.")] input: CustomerReturnCancelInput,
    ) -> Result<CustomerReturnCancelPayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        CustomerReturnCancelPayload::answer(ctx, verdict).await
    }

    /// Takes the goods of an approved return in, to quarantine, at the cost at which they left.
    /// Scope: `returns:write`.
    pub async fn customer_return_receive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return, and what has come.")] input: CustomerReturnReceiveInput,
    ) -> Result<CustomerReturnReceivePayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = receive::receive(app(ctx), input.read(ctx)).await;
        CustomerReturnReceivePayload::answer(ctx, verdict).await
    }

    /// Decides what becomes of goods that came back: they may be sold again, are thrown away, or go
    /// back to the customer. What may be sold again serves who waits for it, oldest first.
    /// Scope: `returns:write`.
    pub async fn customer_return_inspect(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return, and what was found.")] input: CustomerReturnInspectInput,
    ) -> Result<CustomerReturnInspectPayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = inspect::inspect(app(ctx), input.read(ctx)).await;
        CustomerReturnInspectPayload::answer(ctx, verdict).await
    }

    /// Credits what came back and stays, once: a credit note for each invoice that bills it.
    /// Scope: `invoices:write`.
    pub async fn customer_return_credit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return.")] input: CustomerReturnCreditInput,
    ) -> Result<CustomerReturnCreditPayload> {
        ctx.require(Scope::InvoicesWrite)?;
        let verdict = credit::credit(app(ctx), input.read(ctx)).await;
        CustomerReturnCreditPayload::answer(ctx, verdict).await
    }

    /// Settles an inspected return: by its credit notes, by another order, or not at all.
    /// Scope: `returns:write`.
    pub async fn customer_return_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which return, and how.")] input: CustomerReturnCloseInput,
    ) -> Result<CustomerReturnClosePayload> {
        ctx.require(Scope::ReturnsWrite)?;
        let verdict = steps::take(app(ctx), input.read(ctx)).await;
        CustomerReturnClosePayload::answer(ctx, verdict).await
    }
}
