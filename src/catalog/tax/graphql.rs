//! Tax classes in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, Object, Result, SimpleObject};
use entity::catalog::tax_class;
use entity::catalog::tax_class::Model;
use entity::vocab::TaxClassId;
use serde_json::Value;

use super::ops;
use super::ops::{ArchiveTaxClass, CreateTaxClass, SetTaxRate};
use super::store::{self, RatesOf};
use crate::graphql::context::Asked;
use crate::graphql::filter::{MetadataFilter, RecordStatusFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Date, Decimal, Reading, RecordStatusKind, app, company, listing, loaders, payload,
    record_fields, reference_input,
};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;

/// Goods and services that are taxed alike.
#[derive(Description)]
pub struct TaxClass(Model);

impl From<Model> for TaxClass {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

/// What a tax class is taxed with, from a day on until its next rate.
#[derive(SimpleObject)]
pub struct TaxRate {
    /// The first day it holds.
    valid_from: Date,
    /// The rate: 0.19 is nineteen per cent.
    rate: Decimal,
}

#[Object(use_type_description)]
impl TaxClass {
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

    /// Whether new records may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    /// Its rates, oldest first.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn rates(&self, ctx: &Context<'_>) -> Result<Vec<TaxRate>> {
        let rows = loaders(ctx).load_one(RatesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        let rate = |row: entity::catalog::tax_rate::Model| TaxRate {
            valid_from: Date(row.valid_from),
            rate: row.rate.into(),
        };
        Ok(rows.into_iter().map(rate).collect())
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

reference_input!(
    /// Names a tax class.
    TaxClassReference -> TaxClassId,
    /// Its code.
    Code("code")
);

/// A new tax class.
#[derive(InputObject)]
pub struct TaxClassCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// What it is taxed with, from 0 to 1: 0.19 is nineteen per cent.
    rate: Decimal,
    /// The first day the rate holds; 1900-01-01 when left out, never in the future.
    valid_from: Option<Date>,
    /// The id your own system knows it by, unique among tax classes.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl TaxClassCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<CreateTaxClass> {
        let mut reading = Reading::of("taxClassCreate", &self);
        let Self {
            code,
            name,
            rate,
            valid_from,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let today = company(ctx).day(clock::now());
        let first = chrono::NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day that exists");
        let from = Some(valid_from.map_or(first, |day| day.0));
        let command = CreateTaxClass {
            id: TaxClassId::generate(),
            code: reading.code(path.at("code"), &code),
            name: reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            rate: reading.check.rate(path.at("rate"), &rate.0),
            valid_from: reading.check.past_day(path.at("validFrom"), from, today),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// What a tax class is taxed with.
#[derive(InputObject)]
pub struct TaxRateSetInput {
    /// The tax class.
    tax_class: TaxClassReference,
    /// The first day the rate holds, also a later one than today. A rate that was set for the same
    /// day gives way.
    valid_from: Date,
    /// What it is taxed with, from 0 to 1: 0.19 is nineteen per cent.
    rate: Decimal,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl TaxRateSetInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<SetTaxRate> {
        let mut reading = Reading::of("taxRateSet", &self);
        let Self {
            tax_class,
            valid_from,
            rate,
            idempotency_key,
        } = self;
        let path = Path::input();
        let last = chrono::NaiveDate::from_ymd_opt(2199, 12, 31).expect("a day that exists");
        let from = Some(valid_from.0);
        let command = SetTaxRate {
            tax_class: tax_class.read(&mut reading, &path.at("taxClass")),
            valid_from: reading.check.past_day(path.at("validFrom"), from, last),
            rate: reading.check.rate(path.at("rate"), &rate.0),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Which tax class to archive.
#[derive(InputObject)]
pub struct TaxClassArchiveInput {
    /// The tax class.
    tax_class: TaxClassReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What creating a tax class brought.
    TaxClassCreatePayload {
        /// The new tax class.
        tax_class: TaxClass = TaxClassId
    }
}

payload! {
    /// What setting a rate brought.
    TaxRateSetPayload {
        /// The tax class with its rates.
        tax_class: TaxClass = TaxClassId
    }
}

payload! {
    /// What archiving a tax class brought.
    TaxClassArchivePayload {
        /// The archived tax class.
        tax_class: TaxClass = TaxClassId
    }
}

listing! {
    /// Tax classes, oldest first unless ordered otherwise.
    /// Scope: `products:read`.
    tax_classes: TaxClass of tax_class, Scope::ProductsRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
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

/// Reads tax classes.
#[derive(Default)]
pub struct TaxQuery;

#[Object]
impl TaxQuery {
    /// One tax class, by its id, code or external id; null when there is none.
    /// Scope: `products:read`.
    async fn tax_class(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: TaxClassReference,
    ) -> Option<Result<TaxClass>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: TaxClassReference) -> Result<Option<TaxClass>> {
    ctx.require(Scope::ProductsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = store::find(app(ctx).db.reader(), &[&reference]).await;
    let found = found.map_err(|error| internal(&error))?;
    Ok(found.into_iter().next().map(TaxClass))
}

/// Changes tax classes.
#[derive(Default)]
pub struct TaxMutation;

#[Object]
impl TaxMutation {
    /// Creates a tax class with its first rate.
    /// Scope: `settings:write`.
    async fn tax_class_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new tax class.")] input: TaxClassCreateInput,
    ) -> Result<TaxClassCreatePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict = ops::create(app(ctx), input.read(ctx)).await;
        TaxClassCreatePayload::answer(ctx, verdict).await
    }

    /// Sets what a tax class is taxed with from a day on; documents that were posted keep theirs.
    /// Scope: `settings:write`.
    async fn tax_rate_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is taxed with.")] input: TaxRateSetInput,
    ) -> Result<TaxRateSetPayload> {
        ctx.require(Scope::SettingsWrite)?;
        let verdict = ops::set_rate(app(ctx), input.read(ctx)).await;
        TaxRateSetPayload::answer(ctx, verdict).await
    }

    /// Archives a tax class: it is kept for history and refused in new records.
    /// Scope: `settings:write`.
    async fn tax_class_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which tax class.")] input: TaxClassArchiveInput,
    ) -> Result<TaxClassArchivePayload> {
        ctx.require(Scope::SettingsWrite)?;
        let mut reading = Reading::of("taxClassArchive", &input);
        let TaxClassArchiveInput {
            tax_class,
            idempotency_key,
        } = input;
        let tax_class = tax_class.read(&mut reading, &Path::input().at("taxClass"));
        let command = ArchiveTaxClass { tax_class };
        let envelope = reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command));
        TaxClassArchivePayload::answer(ctx, ops::archive(app(ctx), envelope).await).await
    }
}
