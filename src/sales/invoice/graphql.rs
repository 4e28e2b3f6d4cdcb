//! Invoices in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::accounts::open_item;
use entity::sales::{invoice, invoice_line};
use entity::vocab::{Amount, CustomerId, InvoiceId, InvoiceStatus, SalesOrderId};

use super::inputs::{InvoicePostInput, InvoiceReference};
use super::ops;
use super::store::{self, LinesOf};
use crate::accounts::open_item::graphql::OpenItem;
use crate::accounts::open_item::openness;
use crate::accounts::open_item::store::ItemsOf;
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
use crate::platform::clock;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::sales::credit_note::graphql::CreditNote;
use crate::sales::credit_note::rules as credits;
use crate::sales::order::graphql::SalesOrder;

/// Where an invoice is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "InvoiceStatus", remote = "InvoiceStatus")]
pub enum InvoiceStatusKind {
    /// It is owed, or was paid.
    Posted,
    /// Credit notes have taken back all of it.
    Void,
}

/// How much of an invoice has been settled, by payments, credit notes or write-offs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum PaymentProgress {
    /// Nothing yet.
    Unpaid,
    /// A part.
    Partial,
    /// Everything.
    Paid,
}

/// An invoice to a customer.
#[derive(Description)]
pub struct Invoice(invoice::Model);

impl From<invoice::Model> for Invoice {
    fn from(row: invoice::Model) -> Self {
        Self(row)
    }
}

impl Invoice {
    async fn items(&self, ctx: &Context<'_>) -> Result<Vec<open_item::Model>> {
        let rows = loaders(ctx).load_one(ItemsOf(self.0.id.0)).await;
        Ok(rows.map_err(|error| internal(&error))?.unwrap_or_default())
    }

    fn money(&self, amount: Amount) -> Money {
        Money::new(amount, self.0.currency.clone())
    }
}

#[Object(use_type_description)]
impl Invoice {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "IN-2026-000123": without holes within a year.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> InvoiceStatusKind {
        self.0.status.into()
    }

    /// How much of it has been settled.
    async fn payment_status(&self, ctx: &Context<'_>) -> Result<PaymentProgress> {
        let items = self.items(ctx).await?;
        let open: i64 = items.iter().map(|item| item.open_amount.0).sum();
        let amount: i64 = items.iter().map(|item| item.amount.0).sum();
        Ok(match open {
            0 => PaymentProgress::Paid,
            open if open == amount => PaymentProgress::Unpaid,
            _ => PaymentProgress::Partial,
        })
    }

    /// Whether some of it was to be paid before that day, and is open now.
    async fn is_overdue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today when left out.")] as_of: Option<Date>,
    ) -> Result<bool> {
        let day = as_of.map_or_else(|| company(ctx).day(clock::now()), |day| day.0);
        let items = self.items(ctx).await?;
        Ok(items
            .iter()
            .any(|item| item.open_amount.is_positive() && item.due_on < day))
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day the last instalment is to be paid by.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Who is billed.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        ctx.require(Scope::CustomersRead)?;
        let row = loaders(ctx).load_one(self.0.customer_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Customer)
            .ok_or_else(|| async_graphql::Error::new("an invoice without a customer"))
    }

    /// The order it bills.
    /// Scope: `sales_orders:read`.
    async fn sales_order(&self, ctx: &Context<'_>) -> Result<SalesOrder> {
        ctx.require(Scope::SalesOrdersRead)?;
        let row = loaders(ctx).load_one(self.0.sales_order_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(SalesOrder::from)
            .ok_or_else(|| async_graphql::Error::new("an invoice without an order"))
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<InvoiceLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let currency = &self.0.currency;
        let line = |row| InvoiceLine {
            row,
            currency: currency.clone(),
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Its instalments, with what is left of them.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn open_items(&self, ctx: &Context<'_>) -> Result<Vec<OpenItem>> {
        let items = self.items(ctx).await?;
        Ok(items.into_iter().map(OpenItem::from).collect())
    }

    /// The credit notes on it, oldest first.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn credit_notes(&self, ctx: &Context<'_>) -> Result<Vec<CreditNote>> {
        CreditNote::of_invoice(ctx, self.0.id).await
    }

    /// Whether the unit prices are with tax.
    async fn prices_include_tax(&self) -> bool {
        self.0.prices_include_tax
    }

    /// Sum of the lines' rounded net amounts.
    async fn net(&self) -> Money {
        self.money(self.0.net)
    }

    /// Sum of the lines' taxes.
    async fn tax(&self) -> Money {
        self.money(self.0.tax)
    }

    /// What is to be paid: net and tax.
    async fn gross(&self) -> Money {
        self.money(self.0.gross)
    }

    /// The gross in the company's currency.
    async fn base_gross(&self, ctx: &Context<'_>) -> Money {
        Money::base(self.0.base_gross, company(ctx).base_currency)
    }

    /// What one unit of its currency was worth in the company's when it was posted.
    async fn exchange_rate(&self) -> Decimal {
        self.0.exchange_rate.into()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self, ctx: &Context<'_>) -> Result<Vec<AvailableTransition>> {
        let items = self.items(ctx).await?;
        let owed = openness::check_owed(&items);
        let credited = credits::check_state(&self.0).map_err(|refused| refused.problem);
        Ok(vec![
            AvailableTransition::of("creditNotePost", credited),
            AvailableTransition::of("openItemWriteOff", owed),
            AvailableTransition::of("paymentPost", owed),
        ])
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A line of an invoice.
#[derive(Description)]
pub struct InvoiceLine {
    row: invoice_line::Model,
    currency: String,
}

impl InvoiceLine {
    fn money(&self, amount: Amount) -> Money {
        Money::new(amount, self.currency.clone())
    }
}

#[Object(use_type_description)]
impl InvoiceLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// Its place in the invoice, from 1.
    async fn position(&self) -> i32 {
        self.row.position
    }

    /// What is billed.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<ProductVariant>> {
        let id = self.row.variant_id?;
        if let Err(error) = ctx.require(Scope::ProductsRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(ProductVariant::from))
            .transpose()
    }

    /// What is billed, in words.
    async fn description(&self) -> &str {
        &self.row.description
    }

    /// How much is billed, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.row.quantity.into()
    }

    /// What one base unit costs, in the invoice's currency.
    async fn unit_price(&self) -> Decimal {
        self.row.unit_price.into()
    }

    /// Share taken off: 0.15 is fifteen per cent.
    async fn discount_rate(&self) -> Decimal {
        self.row.discount_rate.into()
    }

    /// The rate of its tax on the invoice's day.
    async fn tax_rate(&self) -> Decimal {
        self.row.tax_rate.into()
    }

    /// Before tax, rounded once.
    async fn net(&self) -> Money {
        self.money(self.row.net)
    }

    /// The tax.
    async fn tax(&self) -> Money {
        self.money(self.row.tax)
    }

    /// With tax.
    async fn gross(&self) -> Money {
        self.money(self.row.gross)
    }

    /// How much of the quantity credit notes took back.
    async fn credited_quantity(&self) -> Decimal {
        self.row.credited_quantity.into()
    }

    /// How much of the gross credit notes took back.
    async fn credited(&self) -> Money {
        self.money(Amount(self.row.credited_net.0 + self.row.credited_tax.0))
    }
}

payload! {
    /// What posting an invoice brought.
    InvoicePostPayload {
        /// The invoice.
        invoice: Invoice = InvoiceId
    }
}

enum_filter!(
    /// Compares whether an invoice stands.
    InvoiceStatusFilter: InvoiceStatusKind => InvoiceStatus
);

listing! {
    /// Invoices, oldest first unless ordered otherwise.
    /// Scope: `invoices:read`.
    invoices: Invoice of invoice, Scope::InvoicesRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they stand.
        status: InvoiceStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the last day on which something of them is due.
        due_on: DateFilter => |given| given.on(Column::DueOn),
        /// By the customer.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
        /// By the order that they bill.
        sales_order_id: IdFilter => |given| given.on(Column::SalesOrderId, SalesOrderId::parse),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their business day.
        Date => [Date, Id],
        /// By the last day on which something of them is due.
        Due => [DueOn, Id],
        /// By their number.
        Number => [Number],
    }
    all store::all();
}

/// Reads invoices.
#[derive(Default)]
pub struct InvoiceQuery;

#[Object]
impl InvoiceQuery {
    /// One invoice, by its id, number or external id; null when there is none.
    /// Scope: `invoices:read`.
    async fn invoice(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: InvoiceReference,
    ) -> Option<Result<Invoice>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: InvoiceReference) -> Result<Option<Invoice>> {
    ctx.require(Scope::InvoicesRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<invoice::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Invoice))
}

/// Changes invoices.
#[derive(Default)]
pub struct InvoiceMutation;

#[Object]
impl InvoiceMutation {
    /// Bills what was shipped of an order and not yet billed.
    /// Scope: `invoices:write`.
    pub async fn invoice_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be billed.")] input: InvoicePostInput,
    ) -> Result<InvoicePostPayload> {
        ctx.require(Scope::InvoicesWrite)?;
        let verdict = ops::post(app(ctx), input.read(ctx)).await;
        InvoicePostPayload::answer(ctx, verdict).await
    }
}
