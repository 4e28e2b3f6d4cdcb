//! Customers in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use entity::party::customer::{self, Entity, Model};
use entity::vocab::{CustomerGroupId, CustomerId, SearchKind};
use uuid::Uuid;

use super::inputs::{CustomerArchiveInput, CustomerCreateInput, CustomerUpdateInput};
use super::{ops, store};
use crate::accounts::open_item::graphql::PartyBalance;
use crate::catalog::price_list::graphql::PriceList;
use crate::graphql::context::{Asked, company};
use crate::graphql::filter::{
    DateTimeFilter, IdFilter, MetadataFilter, RecordStatusFilter, TextFilter,
};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Money, Reading, RecordStatusKind, app, listing, loaders, payload, record_fields,
    reference_input,
};
use crate::party::details::graphql::{Address, Contact};
use crate::party::details::store::{AddressesOfCustomer, ContactsOfCustomer};
use crate::party::group::graphql::CustomerGroup;
use crate::party::terms::graphql::PaymentTerms;
use crate::platform::actor::Scope;
use crate::platform::master::{self, Archive};
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;

/// Somebody who buys.
#[derive(Description)]
pub struct Customer(pub(crate) Model);

impl From<Model> for Customer {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Customer {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its short code, unique whatever the case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether new documents may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    /// What it owes, by currency: above zero when it owes, below when it is owed.
    /// Scope: `invoices:read`.
    #[graphql(complexity = "2 * child_complexity + 1")]
    async fn balance(&self, ctx: &Context<'_>) -> Result<Vec<PartyBalance>> {
        ctx.require(Scope::InvoicesRead)?;
        PartyBalance::of_customer(ctx, self.0.id).await
    }

    /// ISO 4217 code of the currency of its documents.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// The price list that comes before its group's; null when it has none.
    /// Scope: `prices:read`.
    async fn price_list(&self, ctx: &Context<'_>) -> Option<Result<PriceList>> {
        let id = self.0.price_list_id?;
        if let Err(error) = ctx.require(Scope::PricesRead) {
            return Some(Err(error));
        }
        let row = loaders(ctx).load_one(id).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PriceList::from))
            .transpose()
    }

    /// When it is paid; null when its group says so, or at once.
    async fn payment_terms(&self, ctx: &Context<'_>) -> Option<Result<PaymentTerms>> {
        let row = loaders(ctx).load_one(self.0.payment_terms_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PaymentTerms::from))
            .transpose()
    }

    /// The group it belongs to; null when to none.
    async fn group(&self, ctx: &Context<'_>) -> Option<Result<CustomerGroup>> {
        let row = loaders(ctx).load_one(self.0.group_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(CustomerGroup::from))
            .transpose()
    }

    /// Up to what it may owe, in the company's currency; null when without limit.
    async fn credit_limit(&self, ctx: &Context<'_>) -> Option<Money> {
        let limit = self.0.credit_limit?;
        Some(Money::base(limit, company(ctx).base_currency))
    }

    /// Whether no tax is charged.
    async fn is_tax_exempt(&self) -> bool {
        self.0.is_tax_exempt
    }

    /// The number it is taxed under.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// People and desks, in order; at most 50.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn contacts(&self, ctx: &Context<'_>) -> Result<Vec<Contact>> {
        let rows = loaders(ctx).load_one(ContactsOfCustomer(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Contact).collect())
    }

    /// Addresses, in order; at most 50.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<Address>> {
        let rows = loaders(ctx).load_one(AddressesOfCustomer(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Address).collect())
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

listing! {
    /// Customers, oldest first unless ordered otherwise; found by code, name, contacts and city.
    /// Scope: `customers:read`.
    customers: Customer of customer, Scope::CustomersRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By their name.
        name: TextFilter => |given| given.keyed(Column::NameKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By the group they belong to.
        group_id: IdFilter => |given| given.on(Column::GroupId, CustomerGroupId::parse),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their code.
        Code => [CodeKey],
        /// By their name.
        Name => [NameKey, Id],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    find by search = SearchKind::Customer;
    all store::all();
}

reference_input!(
    /// Names a customer.
    CustomerReference -> CustomerId,
    /// Its code.
    Code("code")
);

payload! {
    /// What creating a customer brought.
    CustomerCreatePayload {
        /// The new customer.
        customer: Customer = CustomerId
    }
}

payload! {
    /// What changing a customer brought.
    CustomerUpdatePayload {
        /// The changed customer.
        customer: Customer = CustomerId
    }
}

payload! {
    /// What archiving a customer brought.
    CustomerArchivePayload {
        /// The archived customer.
        customer: Customer = CustomerId
    }
}

/// Reads customers.
#[derive(Default)]
pub struct CustomerQuery;

#[Object]
impl CustomerQuery {
    /// One customer, by its id, code or external id; null when there is none.
    /// Scope: `customers:read`.
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CustomerReference,
    ) -> Option<Result<Customer>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: CustomerReference) -> Result<Option<Customer>> {
    ctx.require(Scope::CustomersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Customer))
}

/// Changes customers.
#[derive(Default)]
pub struct CustomerMutation;

#[Object]
impl CustomerMutation {
    /// Creates a customer.
    /// Scope: `customers:write`.
    async fn customer_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new customer.")] input: CustomerCreateInput,
    ) -> Result<CustomerCreatePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CustomerCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a customer. Documents that are posted stay as they are.
    /// Scope: `customers:write`.
    async fn customer_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: CustomerUpdateInput,
    ) -> Result<CustomerUpdatePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CustomerUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a customer: it is kept for history and refused in new documents.
    /// Scope: `customers:write`.
    async fn customer_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which customer.")] input: CustomerArchiveInput,
    ) -> Result<CustomerArchivePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let mut reading = Reading::of("customerArchive", &input);
        let path = Path::input().at(ops::FIELD);
        let command = Archive {
            record: input.customer.read(&mut reading, &path),
            field: ops::FIELD,
            expected_version: input.expected_version,
        };
        let envelope = reading.finish(ctx, input.idempotency_key, (Uuid::nil(), command));
        let verdict = master::archive::<Entity>(app(ctx), envelope, Scope::CustomersWrite).await;
        CustomerArchivePayload::answer(ctx, verdict).await
    }
}
