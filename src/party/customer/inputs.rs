//! Customers as they are given.

use async_graphql::{Context, InputObject, Json, MaybeUndefined};
use entity::vocab::{Amount, CustomerId};
use serde_json::Value;
use uuid::Uuid;

use super::graphql::CustomerReference;
use super::ops::{self, Changes, Save};
use crate::graphql::context::{actor, company};
use crate::graphql::{Decimal, Reading};
use crate::party::details::inputs::{AddressInput, ContactInput, addresses, contacts, new_details};
use crate::party::details::store::Details;
use crate::party::group::graphql::CustomerGroupReference;
use crate::party::terms::graphql::PaymentTermsReference;
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::{CODE_LENGTH_MAX, NAME_LENGTH_MAX};
use crate::platform::master::Target;
use crate::platform::rejection::{Path, Problem};

/// A new customer.
#[derive(InputObject)]
pub struct CustomerCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// ISO 4217 code of the currency of its documents; the company's when left out.
    currency: Option<String>,
    /// When it is paid.
    payment_terms: Option<PaymentTermsReference>,
    /// The group it belongs to.
    group: Option<CustomerGroupReference>,
    /// Up to what it may owe, in the company's currency; without limit when left out.
    /// Needs the scope `credit:write`.
    credit_limit: Option<Decimal>,
    /// Whether no tax is charged; false when left out.
    is_tax_exempt: Option<bool>,
    /// The number it is taxed under, at most 64 characters.
    tax_id: Option<String>,
    /// A remark, at most 2,000 characters.
    note: Option<String>,
    /// People and desks, at most 50.
    contacts: Option<Vec<ContactInput>>,
    /// Addresses, at most 50.
    addresses: Option<Vec<AddressInput>>,
    /// The id your own system knows it by, unique among customers.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("customerCreate", &self);
        let Self {
            code,
            name,
            currency,
            payment_terms,
            group,
            credit_limit,
            is_tax_exempt,
            tax_id,
            note,
            contacts: people,
            addresses: places,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let (path, base) = (Path::input(), company(ctx).base_currency);
        let id = CustomerId::generate();
        let check = &mut reading.check;
        let currency = check.currency(path.at("currency"), currency.as_deref(), base);
        let tax_id = check.optional_text(path.at("taxId"), tax_id.as_deref(), CODE_LENGTH_MAX);
        let note = check.note(path.at("note"), note.as_deref());
        let changes = Changes {
            code: Some(reading.code(path.at("code"), &code)),
            name: Some(reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX)),
            currency: Some(currency),
            payment_terms: payment_terms
                .map(|terms| Some(terms.read(&mut reading, &path.at("paymentTerms")))),
            group: group.map(|group| Some(group.read(&mut reading, &path.at("group")))),
            credit_limit: credit_limit
                .map(|limit| Some(credit_limit_of(ctx, &mut reading, &limit))),
            is_tax_exempt,
            tax_id: Some(tax_id),
            note: Some(note),
            details: Details {
                contacts: contacts(people, &mut reading, &path.at("contacts")),
                addresses: addresses(places, &mut reading, &path.at("addresses")),
            },
            external_id: Some(external_id.map(|id| reading.code(path.at("externalId"), &id))),
            metadata: Some(reading.metadata(path.at("metadata"), metadata)),
        };
        let target = Target::New(id);
        reading.finish(ctx, idempotency_key, (id.0, Save { target, changes }))
    }
}

/// What is to be different about a customer. What is left out stays as it is.
#[derive(InputObject)]
pub struct CustomerUpdateInput {
    /// Which one.
    customer: CustomerReference,
    /// Another code.
    code: MaybeUndefined<String>,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Another currency for new documents.
    currency: MaybeUndefined<String>,
    /// Other payment terms; null takes them away.
    payment_terms: MaybeUndefined<PaymentTermsReference>,
    /// Another group; null takes it out of its group.
    group: MaybeUndefined<CustomerGroupReference>,
    /// Up to what it may owe, in the company's currency; null means without limit.
    /// Needs the scope `credit:write`.
    credit_limit: MaybeUndefined<Decimal>,
    /// Whether no tax is charged.
    is_tax_exempt: MaybeUndefined<bool>,
    /// Another tax number; null takes it away.
    tax_id: MaybeUndefined<String>,
    /// Another remark; null takes it away.
    note: MaybeUndefined<String>,
    /// All people and desks, in place of those before.
    contacts: MaybeUndefined<Vec<ContactInput>>,
    /// All addresses, in place of those before.
    addresses: MaybeUndefined<Vec<AddressInput>>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CustomerUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("customerUpdate", &self);
        let Self {
            customer,
            code,
            name,
            currency,
            payment_terms,
            group,
            credit_limit,
            is_tax_exempt,
            tax_id,
            note,
            contacts: people,
            addresses: places,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let (path, base) = (Path::input(), company(ctx).base_currency);
        let target = Target::Existing {
            record: customer.read(&mut reading, &path.at(ops::FIELD)),
            expected_version,
        };
        let currency = reading.required(path.at("currency"), currency).map(|code| {
            let check = &mut reading.check;
            check.currency(path.at("currency"), Some(&code), base)
        });
        let changes = Changes {
            code: reading.new_code(path.at("code"), code),
            name: reading.new_name(path.at("name"), name),
            currency,
            payment_terms: reading.optional(payment_terms, |reading, terms| {
                terms.read(reading, &path.at("paymentTerms"))
            }),
            group: reading.optional(group, |reading, group| {
                group.read(reading, &path.at("group"))
            }),
            credit_limit: new_credit_limit(ctx, &mut reading, credit_limit),
            is_tax_exempt: reading.required(path.at("isTaxExempt"), is_tax_exempt),
            tax_id: reading.optional(tax_id, |reading, text| {
                reading.check.text(path.at("taxId"), &text, CODE_LENGTH_MAX)
            }),
            note: reading.new_note(note),
            details: new_details(people, places, &mut reading),
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

/// Which customer to archive.
#[derive(InputObject)]
pub struct CustomerArchiveInput {
    /// The customer.
    pub(super) customer: CustomerReference,
    /// The version you have read; another one changes nothing.
    pub(super) expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    pub(super) idempotency_key: Option<String>,
}

fn new_credit_limit(
    ctx: &Context<'_>,
    reading: &mut Reading,
    limit: MaybeUndefined<Decimal>,
) -> Option<Option<Amount>> {
    if limit.is_null() && !actor(ctx).may(Scope::CreditWrite) {
        let problem = Problem::FieldForbidden(Scope::CreditWrite.as_str());
        reading
            .check
            .reject(Path::input().at("creditLimit"), problem);
    }
    reading.optional(limit, |reading, limit| {
        credit_limit_of(ctx, reading, &limit)
    })
}

fn credit_limit_of(ctx: &Context<'_>, reading: &mut Reading, limit: &Decimal) -> Amount {
    let path = Path::input().at("creditLimit");
    if !actor(ctx).may(Scope::CreditWrite) {
        let problem = Problem::FieldForbidden(Scope::CreditWrite.as_str());
        reading.check.reject(path, problem);
        return Amount::ZERO;
    }
    let base = company(ctx).base_currency;
    reading.check.amount(path, &limit.0, base)
}
