//! Payments in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result};
use entity::accounts::payment;
use entity::accounts::payment::{Entity, Model};
use entity::vocab::{CustomerId, PaymentId, PaymentStatus};

use super::inputs::{
    PaymentDirectionKind, PaymentPostInput, PaymentReference, PaymentReverseInput,
};
use super::{ops, reverse, store};
use crate::accounts::open_item::graphql::OpenItem;
use crate::accounts::open_item::openness;
use crate::accounts::open_item::store::ItemsOf;
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

/// Where a payment is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PaymentStatus", remote = "PaymentStatus")]
pub enum PaymentStatusKind {
    /// The money has moved.
    Posted,
    /// It bounced, or was entered by mistake.
    Reversed,
}

/// Money that came in from a customer, or went back.
#[derive(Description)]
pub struct Payment(Model);

impl From<Model> for Payment {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Payment {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its number, such as "PM-2026-000123".
    async fn number(&self) -> &str {
        &self.0.number
    }

    /// Where it is in its life.
    async fn status(&self) -> PaymentStatusKind {
        self.0.status.into()
    }

    /// Which way the money went.
    async fn direction(&self) -> PaymentDirectionKind {
        self.0.direction.into()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.date)
    }

    /// From whom, or to whom.
    /// Scope: `customers:read`.
    async fn customer(&self, ctx: &Context<'_>) -> Result<Customer> {
        ctx.require(Scope::CustomersRead)?;
        let row = loaders(ctx).load_one(self.0.customer_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Customer)
            .ok_or_else(|| async_graphql::Error::new("a payment without a customer"))
    }

    /// How much.
    async fn amount(&self) -> Money {
        Money::new(self.0.amount, self.0.currency.clone())
    }

    /// The amount in the company's currency.
    async fn base_amount(&self, ctx: &Context<'_>) -> Money {
        Money::base(self.0.base_amount, company(ctx).base_currency)
    }

    /// What one unit of its currency was worth in the company's when it was posted.
    async fn exchange_rate(&self) -> Decimal {
        self.0.exchange_rate.into()
    }

    /// How it was paid.
    async fn method(&self) -> Option<&str> {
        self.0.method.as_deref()
    }

    /// The bank's or the payer's reference.
    async fn reference(&self) -> Option<&str> {
        self.0.reference.as_deref()
    }

    /// Its open items: the payment's own, with what is left of it and what it paid; and that of its
    /// reversal.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn open_items(&self, ctx: &Context<'_>) -> Result<Vec<OpenItem>> {
        ctx.require(Scope::InvoicesRead)?;
        let rows = loaders(ctx).load_one(ItemsOf(self.0.id.0)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(OpenItem::from).collect())
    }

    /// The day it was taken back.
    async fn reversed_on(&self) -> Option<Date> {
        self.0.reversed_on.map(Date)
    }

    /// Why it was taken back.
    async fn reversal_reason(&self) -> Option<&str> {
        self.0.reversal_reason.as_deref()
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
        let items = loaders(ctx).load_one(ItemsOf(self.0.id.0)).await;
        let items = items.map_err(|error| internal(&error))?.unwrap_or_default();
        let standing = reverse::check_posted(&self.0).map_err(|refused| refused.problem);
        Ok(vec![
            AvailableTransition::of("paymentAllocate", openness::check_credit(&items)),
            AvailableTransition::of("paymentReverse", standing),
        ])
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

payload! {
    /// What posting a payment brought.
    PaymentPostPayload {
        /// The payment.
        payment: Payment = PaymentId
    }
}

payload! {
    /// What reversing a payment brought.
    PaymentReversePayload {
        /// The payment.
        payment: Payment = PaymentId
    }
}

enum_filter!(
    /// Compares whether a payment stands.
    PaymentStatusFilter: PaymentStatusKind => PaymentStatus
);

listing! {
    /// Payments, oldest first unless ordered otherwise.
    /// Scope: `payments:read`.
    payments: Payment of payment, Scope::PaymentsRead;
    filter {
        /// By their number.
        number: TextFilter => |given| given.numbered(Column::Number),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they stand.
        status: PaymentStatusFilter => |given| given.on(Column::Status),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::Date),
        /// By the customer.
        customer_id: IdFilter => |given| given.on(Column::CustomerId, CustomerId::parse),
        /// By the bank's or the payer's reference.
        reference: TextFilter => |given| given.exact(Column::Reference),
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

/// Reads payments.
#[derive(Default)]
pub struct PaymentQuery;

#[Object]
impl PaymentQuery {
    /// One payment, by its id, number or external id; null when there is none.
    /// Scope: `payments:read`.
    async fn payment(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: PaymentReference,
    ) -> Option<Result<Payment>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: PaymentReference) -> Result<Option<Payment>> {
    ctx.require(Scope::PaymentsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Payment))
}

/// Changes payments.
#[derive(Default)]
pub struct PaymentMutation;

#[Object]
impl PaymentMutation {
    /// Posts a payment: it pays what is due first, or what is named; the rest is credit on
    /// account.
    /// Scope: `payments:write`.
    pub async fn payment_post(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Money that came in or went out.")] input: PaymentPostInput,
    ) -> Result<PaymentPostPayload> {
        ctx.require(Scope::PaymentsWrite)?;
        let verdict = ops::post(app(ctx), input.read(ctx)).await;
        PaymentPostPayload::answer(ctx, verdict).await
    }

    /// Takes a payment back that bounced or was a mistake: what it paid is open again.
    /// Scope: `payments:write`.
    pub async fn payment_reverse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payment.")] input: PaymentReverseInput,
    ) -> Result<PaymentReversePayload> {
        ctx.require(Scope::PaymentsWrite)?;
        let verdict = reverse::reverse(app(ctx), input.read(ctx)).await;
        PaymentReversePayload::answer(ctx, verdict).await
    }
}
