//! Customer groups in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, MaybeUndefined, Object, Result};
use entity::party::customer_group;
use entity::vocab::CustomerGroupId;
use serde_json::Value;
use uuid::Uuid;

use super::ops::{self, Changes, Save};
use super::store;
use crate::catalog::price_list::graphql::PriceList;
use crate::catalog::price_list::inputs::PriceListReference;
use crate::graphql::context::Asked;
use crate::graphql::filter::{MetadataFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Reading, RecordStatusKind, app, listing, loaders, payload, record_fields, reference_input,
};
use crate::party::terms::graphql::{PaymentTerms, PaymentTermsReference};
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::master::{self, Archive, Target};
use crate::platform::rejection::Path;

/// Customers who share prices and terms.
#[derive(Description)]
pub struct CustomerGroup(pub(crate) customer_group::Model);

impl From<customer_group::Model> for CustomerGroup {
    fn from(row: customer_group::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl CustomerGroup {
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

    /// The price list of its customers, behind their own; null when it has none.
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

    /// When its customers pay who have no terms of their own; null when at once.
    async fn payment_terms(&self, ctx: &Context<'_>) -> Option<Result<PaymentTerms>> {
        let row = loaders(ctx).load_one(self.0.payment_terms_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PaymentTerms))
            .transpose()
    }

    /// Whether customers may be put into it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

listing! {
    /// Customer groups, oldest first unless ordered otherwise.
    /// Scope: `customers:read`.
    customer_groups: CustomerGroup of customer_group, Scope::CustomersRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their code.
        Code => [CodeKey],
    }
    all store::all();
}

reference_input!(
    /// Names a customer group.
    CustomerGroupReference -> CustomerGroupId,
    /// Its code.
    Code("code")
);

/// A new customer group.
#[derive(InputObject)]
pub struct CustomerGroupCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// When its customers pay who have no terms of their own; at once when left out.
    payment_terms: Option<PaymentTermsReference>,
    /// The price list of its customers, behind their own.
    price_list: Option<PriceListReference>,
    /// The id your own system knows it by, unique among customer groups.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerGroupCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("customerGroupCreate", &self);
        let Self {
            code,
            name,
            payment_terms,
            price_list,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let id = CustomerGroupId::generate();
        let changes = Changes {
            code: Some(reading.code(path.at("code"), &code)),
            name: Some(reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX)),
            payment_terms: payment_terms
                .map(|terms| Some(terms.read(&mut reading, &path.at("paymentTerms")))),
            price_list: price_list.map(|list| Some(list.read(&mut reading, &path.at("priceList")))),
            external_id: Some(external_id.map(|id| reading.code(path.at("externalId"), &id))),
            metadata: Some(reading.metadata(path.at("metadata"), metadata)),
        };
        let target = Target::New(id);
        reading.finish(ctx, idempotency_key, (id.0, Save { target, changes }))
    }
}

/// What is to be different about a customer group.
#[derive(InputObject)]
pub struct CustomerGroupUpdateInput {
    /// Which one.
    customer_group: CustomerGroupReference,
    /// Another code.
    code: MaybeUndefined<String>,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Other payment terms; null takes them away.
    payment_terms: MaybeUndefined<PaymentTermsReference>,
    /// Another price list; null takes it away.
    price_list: MaybeUndefined<PriceListReference>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerGroupUpdateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("customerGroupUpdate", &self);
        let Self {
            customer_group,
            code,
            name,
            payment_terms,
            price_list,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let target = Target::Existing {
            record: customer_group.read(&mut reading, &path.at(ops::FIELD)),
            expected_version,
        };
        let changes = Changes {
            code: reading.new_code(path.at("code"), code),
            name: reading.new_name(path.at("name"), name),
            payment_terms: reading.optional(payment_terms, |reading, terms| {
                terms.read(reading, &path.at("paymentTerms"))
            }),
            price_list: reading.optional(price_list, |reading, list| {
                list.read(reading, &path.at("priceList"))
            }),
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
        };
        reading.finish(
            ctx,
            idempotency_key,
            (Uuid::nil(), Save { target, changes }),
        )
    }
}

/// Which customer group to archive.
#[derive(InputObject)]
pub struct CustomerGroupArchiveInput {
    /// Which one.
    customer_group: CustomerGroupReference,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What creating a customer group brought.
    CustomerGroupCreatePayload {
        /// The new group.
        customer_group: CustomerGroup = CustomerGroupId
    }
}

payload! {
    /// What changing a customer group brought.
    CustomerGroupUpdatePayload {
        /// The changed group.
        customer_group: CustomerGroup = CustomerGroupId
    }
}

payload! {
    /// What archiving a customer group brought.
    CustomerGroupArchivePayload {
        /// The archived group.
        customer_group: CustomerGroup = CustomerGroupId
    }
}

/// Changes customer groups.
#[derive(Default)]
pub struct CustomerGroupMutation;

#[Object]
impl CustomerGroupMutation {
    /// Creates a customer group.
    /// Scope: `customers:write`.
    async fn customer_group_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new group.")] input: CustomerGroupCreateInput,
    ) -> Result<CustomerGroupCreatePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CustomerGroupCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a customer group.
    /// Scope: `customers:write`.
    async fn customer_group_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: CustomerGroupUpdateInput,
    ) -> Result<CustomerGroupUpdatePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CustomerGroupUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a customer group: its customers keep it, nobody else gets it.
    /// Scope: `customers:write`.
    async fn customer_group_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which group.")] input: CustomerGroupArchiveInput,
    ) -> Result<CustomerGroupArchivePayload> {
        ctx.require(Scope::CustomersWrite)?;
        let mut reading = Reading::of("customerGroupArchive", &input);
        let path = Path::input().at(ops::FIELD);
        let command = Archive {
            record: input.customer_group.read(&mut reading, &path),
            field: ops::FIELD,
            expected_version: input.expected_version,
        };
        let envelope = reading.finish(ctx, input.idempotency_key, (Uuid::nil(), command));
        let scope = Scope::CustomersWrite;
        let verdict = master::archive::<customer_group::Entity>(app(ctx), envelope, scope).await;
        CustomerGroupArchivePayload::answer(ctx, verdict).await
    }
}
