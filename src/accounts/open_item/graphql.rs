//! Open items in the schema.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::accounts::{allocation, open_item, party_balance};
use entity::vocab::{AllocationId, CustomerId, OpenItemId, any_record};

use super::inputs::{OpenItemWriteOffInput, PaymentAllocateInput, PaymentDeallocateInput};
use super::ops;
use super::rules::Side;
use super::store::{self, BalancesOf, PaidBy, UsedFor};
use crate::accounts::ledger::Party;
use crate::accounts::ledger::graphql::DocumentKindKind;
use crate::graphql::context::{Asked, bad_argument, date_time};
use crate::graphql::filter::{Condition, DateFilter, IdFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, Reading, app, company, listing, loaders, payload};
use crate::party::customer::graphql::{Customer, CustomerReference};
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::rejection::Path;

/// What a customer owes by one instalment of a document, above zero, or is owed, below zero.
#[derive(Description)]
pub struct OpenItem(open_item::Model);

impl From<open_item::Model> for OpenItem {
    fn from(row: open_item::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl OpenItem {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Whose it is; null when it is a supplier's.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Option<Result<Customer>> {
        let id = self.0.customer_id?;
        if let Err(error) = ctx.require(Scope::CustomersRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Customer))
            .transpose()
    }

    /// What kind of document it belongs to.
    async fn document_kind(&self) -> DocumentKindKind {
        self.0.document_kind.into()
    }

    /// The document's number.
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// The id your own system knows the document by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// Which instalment of the document it is, from 1.
    async fn instalment(&self) -> i32 {
        self.0.instalment
    }

    /// The business day of the document.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// The day it is to be paid by.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// What is owed, above zero, or a credit, below zero.
    async fn amount(&self) -> Money {
        Money::new(self.0.amount, self.0.currency.clone())
    }

    /// What is left of it now.
    async fn open_amount(&self) -> Money {
        Money::new(self.0.open_amount, self.0.currency.clone())
    }

    /// What is left of it now in the company's currency, at the rate of its document.
    async fn open_base(&self, ctx: &Context<'_>) -> Money {
        Money::base(self.0.open_base, company(ctx).base_currency)
    }

    /// What one unit of its currency was worth in the company's when it was posted.
    async fn exchange_rate(&self) -> Decimal {
        self.0.exchange_rate.into()
    }

    /// The day since which nothing is left of it; null while something is.
    async fn settled_on(&self) -> Option<Date> {
        self.0.settled_on.map(Date)
    }

    /// Whether it is a debt that was to be paid before that day, and something of it is left now.
    async fn is_overdue(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; today when left out.")] as_of: Option<Date>,
    ) -> bool {
        let day = as_of.map_or_else(|| company(ctx).day(clock::now()), |day| day.0);
        self.0.open_amount.is_positive() && self.0.due_on < day
    }

    /// Why it was made, where its document does not say it.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// What paid it, or what it paid, oldest first; with those that were taken back.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn allocations(&self, ctx: &Context<'_>) -> Result<Vec<Allocation>> {
        let id = self.0.id;
        let rows = match Side::of(&self.0) {
            Side::Debt => loaders(ctx).load_one(PaidBy(id)).await,
            Side::Credit => loaders(ctx).load_one(UsedFor(id)).await,
        };
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let currency = &self.0.currency;
        let of = |row| Allocation {
            row,
            currency: Some(currency.clone()),
        };
        Ok(rows.into_iter().map(of).collect())
    }

    /// When it was recorded.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }
}

/// What a credit paid of a debt.
#[derive(Description)]
pub struct Allocation {
    row: allocation::Model,
    currency: Option<String>,
}

impl From<allocation::Model> for Allocation {
    fn from(row: allocation::Model) -> Self {
        Self {
            row,
            currency: None,
        }
    }
}

impl Allocation {
    async fn item(&self, ctx: &Context<'_>, id: OpenItemId) -> Result<open_item::Model> {
        let row = loaders(ctx).load_one(id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.ok_or_else(|| async_graphql::Error::new("an allocation without an item"))
    }
}

#[Object(use_type_description)]
impl Allocation {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.row.id.to_string())
    }

    /// How much; below zero when it takes an earlier one back.
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money> {
        let currency = match &self.currency {
            Some(currency) => currency.clone(),
            None => self.item(ctx, self.row.debit_item_id).await?.currency,
        };
        Ok(Money::new(self.row.amount, currency))
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.row.date)
    }

    /// The debt that was paid.
    async fn debit_item(&self, ctx: &Context<'_>) -> Result<OpenItem> {
        self.item(ctx, self.row.debit_item_id).await.map(OpenItem)
    }

    /// The credit that paid it.
    async fn credit_item(&self, ctx: &Context<'_>) -> Result<OpenItem> {
        self.item(ctx, self.row.credit_item_id).await.map(OpenItem)
    }

    /// The id of the allocation that it takes back.
    async fn reverses_id(&self) -> Option<ID> {
        self.row.reverses_id.map(|id| ID(id.to_string()))
    }
}

/// What a customer owes in a currency.
#[derive(SimpleObject)]
pub struct PartyBalance {
    /// Sum of the open items: above zero when the customer owes, below when it is owed.
    open_amount: Money,
    /// The same in the company's currency, at the rates of the documents.
    open_base: Money,
}

impl PartyBalance {
    /// What a customer owes, by currency.
    pub async fn of_customer(ctx: &Context<'_>, id: CustomerId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(BalancesOf(id.0)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let base = company(ctx).base_currency;
        let balance = |row: party_balance::Model| Self {
            open_base: Money::base(row.open_base, base),
            open_amount: Money::new(row.open_amount, row.currency),
        };
        Ok(rows.into_iter().map(balance).collect())
    }
}

payload! {
    /// What using a credit brought.
    PaymentAllocatePayload {
        /// The credit, with what is left of it.
        open_item: OpenItem = OpenItemId
    }
}

payload! {
    /// What taking an allocation back brought.
    PaymentDeallocatePayload {
        /// The allocation that no longer counts.
        allocation: Allocation = AllocationId
    }
}

payload! {
    /// What writing off brought.
    OpenItemWriteOffPayload {
        /// The debt, with what is left of it.
        open_item: OpenItem = OpenItemId
    }
}

/// The customer that a reference names, for a query.
pub(crate) async fn customer(ctx: &Context<'_>, by: &CustomerReference) -> Result<CustomerId> {
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("customer"));
    reading.usable()?;
    let found = customers::find(app(ctx).db.reader(), &[&reference]).await;
    let found = found.map_err(|error| internal(&error))?;
    let customer = found.into_iter().next().map(|row| row.id);
    customer.ok_or_else(|| bad_argument("customer: there is no such customer."))
}

listing! {
    /// Open items of all customers, oldest first unless ordered otherwise.
    /// Scope: `invoices:read`.
    open_items: OpenItem of open_item, Scope::InvoicesRead;
    filter {
        /// By the number of their document.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows their document by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By the customer.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
        /// By the day they are to be paid by.
        due_on: DateFilter => |given| given.on(Column::DueOn),
        /// By their document, an invoice, a credit note or a payment.
        document_id: IdFilter => |given| given.on(Column::DocumentId, any_record),
    }
    order by Id {
        /// By when they were recorded; the default.
        Created => [Id],
        /// By the day they are to be paid by.
        Due => [DueOn, Id],
    }
    with {
        customer("Only those of this customer; an unknown one is an error."):
            Option<CustomerReference> => of_customer,
        currency("Only those in the currency of this ISO 4217 code."):
            Option<String> => in_currency,
        include_settled("Also those of which nothing is left; false by default."):
            Option<bool> => with_settled,
    }
    all store::of_customers();
}

/// That items are of a customer; of any when none is named.
async fn of_customer(ctx: &Context<'_>, by: Option<CustomerReference>) -> Result<Condition> {
    let Some(by) = by else {
        return Ok(Condition::all());
    };
    Ok(store::of(Party::Customer(customer(ctx, &by).await?)))
}

/// That items are in a currency; in any when none is named.
async fn in_currency(_: &Context<'_>, code: Option<String>) -> Result<Condition> {
    let Some(code) = code else {
        return Ok(Condition::all());
    };
    let mut reading = Reading::of("", &String::new());
    let path = Path::default().at("currency");
    let currency = reading.check.currency_code(path, &code);
    reading.usable()?;
    Ok(currency.map_or_else(Condition::all, |currency| {
        store::in_currency(currency.code())
    }))
}

/// That something of them is left, unless settled ones are wanted too.
#[expect(
    clippy::unused_async,
    reason = "what a list asks for may have to be looked up"
)]
async fn with_settled(_: &Context<'_>, wanted: Option<bool>) -> Result<Condition> {
    Ok(store::open(!wanted.unwrap_or(false)))
}

/// Changes what is open.
#[derive(Default)]
pub struct OpenItemMutation;

#[Object]
impl OpenItemMutation {
    /// Uses a credit on account, the rest of a payment or of a credit note, for debts.
    /// Scope: `payments:write`.
    pub async fn payment_allocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is used for.")] input: PaymentAllocateInput,
    ) -> Result<PaymentAllocatePayload> {
        ctx.require(Scope::PaymentsWrite)?;
        let verdict = ops::allocate(app(ctx), input.read(ctx)).await;
        PaymentAllocatePayload::answer(ctx, verdict).await
    }

    /// Takes an allocation back: the debt is open again, and so is the credit.
    /// Scope: `payments:write`.
    pub async fn payment_deallocate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which allocation.")] input: PaymentDeallocateInput,
    ) -> Result<PaymentDeallocatePayload> {
        ctx.require(Scope::PaymentsWrite)?;
        let verdict = ops::deallocate(app(ctx), input.read(ctx)).await;
        PaymentDeallocatePayload::answer(ctx, verdict).await
    }

    /// Writes off a debt, or a part of it, that will not be paid any more.
    /// Scope: `payments:write`.
    pub async fn open_item_write_off(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What will not be paid.")] input: OpenItemWriteOffInput,
    ) -> Result<OpenItemWriteOffPayload> {
        ctx.require(Scope::PaymentsWrite)?;
        let verdict = ops::write_off(app(ctx), input.read(ctx)).await;
        OpenItemWriteOffPayload::answer(ctx, verdict).await
    }
}
