//! Customers in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::party::customer::{Entity, Model};
use entity::vocab::CustomerId;

use super::{ops, store};
use crate::accounts::open_item::graphql::PartyBalance;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{Reading, RecordStatusKind, app, connection, payload, reference_input};
use crate::platform::actor::Scope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::page::Cursor;
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
    async fn id(&self) -> ID {
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

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

connection!(
    CustomerConnection,
    CustomerEdge,
    Customer,
    Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);

reference_input!(
    /// Names a customer.
    CustomerReference -> CustomerId,
    /// Its code.
    Code("code")
);

/// A new customer.
#[derive(InputObject)]
pub struct CustomerCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// The id your own system knows it by, unique among customers.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerCreateInput {
    fn read(self) -> (Reading, Option<String>, ops::Create) {
        let mut reading = Reading::of("customerCreate", &self);
        let Self {
            code,
            name,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = ops::Create {
            id: CustomerId::generate(),
            code: reading.code(path.at("code"), &code),
            name: reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
        };
        (reading, idempotency_key, command)
    }
}

/// Which customer to archive.
#[derive(InputObject)]
pub struct CustomerArchiveInput {
    /// The customer.
    customer: CustomerReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What creating a customer brought.
    CustomerCreatePayload {
        /// The new customer.
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

    /// All customers, oldest first.
    /// Scope: `customers:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn customers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<CustomerConnection> {
        ctx.require(Scope::CustomersRead)?;
        CustomerConnection::fetch(ctx, store::all(), (first, after), (last, before)).await
    }
}

async fn find(ctx: &Context<'_>, by: CustomerReference) -> Result<Option<Customer>> {
    ctx.require(Scope::CustomersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::input());
    reading.usable()?;
    let found = store::find(app(ctx).db.reader(), &[&reference]).await;
    let found = found.map_err(|error| internal(&error))?;
    Ok(found.into_iter().next().map(Customer))
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
        let (reading, key, command) = input.read();
        let envelope = reading.finish(ctx, key, (command.id.0, command));
        CustomerCreatePayload::answer(ctx, ops::create(app(ctx), envelope).await).await
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
        let CustomerArchiveInput {
            customer,
            idempotency_key,
        } = input;
        let customer = customer.read(&mut reading, &Path::input().at("customer"));
        let command = ops::Archive { customer };
        let envelope = reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command));
        CustomerArchivePayload::answer(ctx, ops::archive(app(ctx), envelope).await).await
    }
}
