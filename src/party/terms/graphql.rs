//! Payment terms in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, MaybeUndefined, Object, Result};
use entity::party::{payment_terms, payment_terms_instalment};
use entity::vocab::{PaymentTermsId, Rate};
use serde_json::Value;
use uuid::Uuid;

use super::ops::{self, Changes, Instalment, Save};
use super::store::{self, InstalmentsOf};
use crate::graphql::context::Asked;
use crate::graphql::filter::{MetadataFilter, RecordStatusFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Decimal, Reading, RecordStatusKind, app, listing, loaders, payload, record_fields,
    reference_input,
};
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::master::{self, Archive, Target};
use crate::platform::rejection::Path;

/// What is agreed on when to pay.
#[derive(Description)]
pub struct PaymentTerms(pub(crate) payment_terms::Model);

impl From<payment_terms::Model> for PaymentTerms {
    fn from(row: payment_terms::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl PaymentTerms {
    /// Their id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Their short code, unique whatever the case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Their name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When which part of a sum is due, in order.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn instalments(&self, ctx: &Context<'_>) -> Result<Vec<PaymentInstalment>> {
        let rows = loaders(ctx).load_one(InstalmentsOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(PaymentInstalment).collect())
    }

    /// Whether new records may use them.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A part of a sum, and when it is due.
#[derive(Description)]
pub struct PaymentInstalment(payment_terms_instalment::Model);

#[Object(use_type_description)]
impl PaymentInstalment {
    /// Which share of the sum, above 0 and at most 1.
    async fn share(&self) -> Decimal {
        self.0.share.into()
    }

    /// Days after the document's date.
    async fn days(&self) -> i32 {
        self.0.days
    }

    /// Whether it is due at the end of the month that day lies in.
    async fn is_end_of_month(&self) -> bool {
        self.0.is_end_of_month
    }
}

listing! {
    /// Payment terms, oldest first unless ordered otherwise.
    /// Scope: `customers:read`.
    payment_terms_list: PaymentTerms of payment_terms, Scope::CustomersRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
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
    /// Names payment terms.
    PaymentTermsReference -> PaymentTermsId,
    /// Their code.
    Code("code")
);

/// A part of a sum, and when it is due.
#[derive(Clone, Debug, InputObject)]
pub struct PaymentInstalmentInput {
    /// Which share of the sum, above 0 and at most 1; all shares add up to 1.
    share: Decimal,
    /// Days after the document's date, 0 to 3,650.
    days: i32,
    /// Whether it is due at the end of the month that day lies in; false when left out.
    is_end_of_month: Option<bool>,
}

fn instalments(given: Vec<PaymentInstalmentInput>, reading: &mut Reading) -> Vec<Instalment> {
    let path = Path::input().at("instalments");
    let read = given.into_iter().take(100).enumerate().map(|(index, one)| {
        let path = path.at(index);
        let share = reading.check.rate(path.at("share"), &one.share.0);
        if share == Rate::ZERO {
            reading.check.complain(path.at("share"), "Must be above 0.");
        }
        Instalment {
            share,
            days: reading.check.whole(path.at("days"), one.days, (0, 3_650)),
            is_end_of_month: one.is_end_of_month.unwrap_or(false),
        }
    });
    read.collect()
}

/// New payment terms.
#[derive(InputObject)]
pub struct PaymentTermsCreateInput {
    /// Their short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Their name, at most 200 characters.
    name: String,
    /// When which part is due: 1 to 36, in order.
    instalments: Vec<PaymentInstalmentInput>,
    /// The id your own system knows them by, unique among payment terms.
    external_id: Option<String>,
    /// What you keep beside them: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// What is to be different about payment terms. Posted documents keep their due dates.
#[derive(InputObject)]
pub struct PaymentTermsUpdateInput {
    /// Which ones.
    payment_terms: PaymentTermsReference,
    /// Another code.
    code: MaybeUndefined<String>,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Other instalments, in place of all before.
    instalments: MaybeUndefined<Vec<PaymentInstalmentInput>>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which payment terms to archive.
#[derive(InputObject)]
pub struct PaymentTermsArchiveInput {
    /// Which ones.
    payment_terms: PaymentTermsReference,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PaymentTermsUpdateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("paymentTermsUpdate", &self);
        let reading_ = &mut reading;
        let Self {
            payment_terms,
            code,
            name,
            instalments: given,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let target = Target::Existing {
            record: payment_terms.read(reading_, &path.at(ops::FIELD)),
            expected_version,
        };
        let changes = Changes {
            code: reading_.new_code(path.at("code"), code),
            name: reading_.new_name(path.at("name"), name),
            instalments: reading_
                .required(path.at("instalments"), given)
                .map(|given| instalments(given, reading_)),
            external_id: reading_.new_external_id(external_id),
            metadata: reading_.new_metadata(metadata),
        };
        reading.finish(
            ctx,
            idempotency_key,
            (Uuid::nil(), Save { target, changes }),
        )
    }
}

impl PaymentTermsCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("paymentTermsCreate", &self);
        let Self {
            code,
            name,
            instalments: given,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let id = PaymentTermsId::generate();
        let changes = Changes {
            code: Some(reading.code(path.at("code"), &code)),
            name: Some(reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX)),
            instalments: Some(instalments(given, &mut reading)),
            external_id: Some(external_id.map(|id| reading.code(path.at("externalId"), &id))),
            metadata: Some(reading.metadata(path.at("metadata"), metadata)),
        };
        let target = Target::New(id);
        reading.finish(ctx, idempotency_key, (id.0, Save { target, changes }))
    }
}

payload! {
    /// What creating payment terms brought.
    PaymentTermsCreatePayload {
        /// The new payment terms.
        payment_terms: PaymentTerms = PaymentTermsId
    }
}

payload! {
    /// What changing payment terms brought.
    PaymentTermsUpdatePayload {
        /// The changed payment terms.
        payment_terms: PaymentTerms = PaymentTermsId
    }
}

payload! {
    /// What archiving payment terms brought.
    PaymentTermsArchivePayload {
        /// The archived payment terms.
        payment_terms: PaymentTerms = PaymentTermsId
    }
}

/// Changes payment terms.
#[derive(Default)]
pub struct PaymentTermsMutation;

#[Object]
impl PaymentTermsMutation {
    /// Creates payment terms.
    /// Scope: `settings:write`.
    async fn payment_terms_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new payment terms.")] input: PaymentTermsCreateInput,
    ) -> Result<PaymentTermsCreatePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        PaymentTermsCreatePayload::answer(ctx, verdict).await
    }

    /// Changes payment terms; posted documents keep their due dates.
    /// Scope: `settings:write`.
    async fn payment_terms_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: PaymentTermsUpdateInput,
    ) -> Result<PaymentTermsUpdatePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        PaymentTermsUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives payment terms: those who have them keep them, nobody else gets them.
    /// Scope: `settings:write`.
    async fn payment_terms_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which ones.")] input: PaymentTermsArchiveInput,
    ) -> Result<PaymentTermsArchivePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let mut reading = Reading::of("paymentTermsArchive", &input);
        let path = Path::input().at(ops::FIELD);
        let command = Archive {
            record: input.payment_terms.read(&mut reading, &path),
            field: ops::FIELD,
            expected_version: input.expected_version,
        };
        let envelope = reading.finish(ctx, input.idempotency_key, (Uuid::nil(), command));
        let archived =
            master::archive::<payment_terms::Entity>(app(ctx), envelope, Scope::SettingsWrite);
        PaymentTermsArchivePayload::answer(ctx, archived.await).await
    }
}
