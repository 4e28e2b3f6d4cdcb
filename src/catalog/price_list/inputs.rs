//! Inputs of price lists, and how they become commands.

use async_graphql::{Context, InputObject, Json, MaybeUndefined};
use chrono::NaiveDate;
use entity::vocab::PriceListId;
use serde_json::Value;
use uuid::Uuid;

use super::items::{ItemChange, SetItems};
use super::ops::{Create, Update};
use crate::catalog::product::graphql::ProductVariantReference;
use crate::graphql::context::company;
use crate::graphql::{Date, Decimal, Reading, reference_input};
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;

/// Items that can be set in one call, at most.
const ITEMS_MAX: usize = 1_000;

reference_input!(
    /// Names a price list.
    PriceListReference -> PriceListId,
    /// Its code.
    Code("code")
);

/// A new price list.
#[derive(InputObject)]
pub struct PriceListCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// ISO 4217 code of its currency, such as "EUR"; the company's when left out. It applies to
    /// orders in this currency only, and does not change.
    currency: Option<String>,
    /// The id your own system knows it by, unique among price lists.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PriceListCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Create> {
        let mut reading = Reading::of("priceListCreate", &self);
        let Self {
            code,
            name,
            currency,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let base = company(ctx).base_currency;
        let currency = match currency {
            None => base,
            Some(text) => {
                let known = entity::vocab::CurrencyCode::parse(&text.trim().to_ascii_uppercase());
                known.unwrap_or_else(|| {
                    let message = "Is not a currency; give its ISO 4217 code such as \"EUR\".";
                    reading.check.complain(path.at("currency"), message);
                    base
                })
            }
        };
        let command = Create {
            id: PriceListId::generate(),
            code: reading.code(path.at("code"), &code),
            name: reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            currency,
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// What of a price list is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct PriceListUpdateInput {
    /// Which one; it must be active.
    price_list: PriceListReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// Its name, at most 200 characters.
    name: MaybeUndefined<String>,
    /// The id your own system knows it by, unique among price lists; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PriceListUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Update> {
        let mut reading = Reading::of("priceListUpdate", &self);
        let Self {
            price_list,
            expected_version,
            name,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let name = reading.required(path.at("name"), name);
        let name = name.map(|name| reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX));
        let external_id = reading.optional(external_id, |reading, id| {
            reading.code(path.at("externalId"), &id)
        });
        let command = Update {
            list: price_list.read(&mut reading, &path.at("priceList")),
            expected_version,
            name,
            external_id,
            metadata: reading.new_metadata(metadata),
            archive: false,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// Which price list to archive.
#[derive(InputObject)]
pub struct PriceListArchiveInput {
    /// Which one; it must be active.
    price_list: PriceListReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PriceListArchiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<Update> {
        let mut reading = Reading::of("priceListArchive", &self);
        let Self {
            price_list,
            idempotency_key,
        } = self;
        let command = Update {
            list: price_list.read(&mut reading, &Path::input().at("priceList")),
            expected_version: None,
            name: None,
            external_id: None,
            metadata: None,
            archive: true,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// A price of a list. Variant, minimum quantity and first day name the step: where the list has it
/// already, its price and last day are replaced.
#[derive(InputObject)]
pub struct PriceListItemInput {
    /// The variant.
    variant: ProductVariantReference,
    /// From which quantity of one order line on, in the variant's base unit; zero or more.
    #[graphql(default_with = "Decimal(\"0\".to_owned())")]
    minimum_quantity: Decimal,
    /// The first day the price holds; today when left out.
    valid_from: Option<Date>,
    /// The last day it holds; for ever when left out. Not earlier than `validFrom`.
    valid_until: Option<Date>,
    /// Price of one base unit in the list's currency, zero or more, at most six decimals. Null or
    /// left out takes the step off the list.
    unit_price: Option<Decimal>,
}

impl PriceListItemInput {
    fn read(self, reading: &mut Reading, path: &Path, today: NaiveDate) -> ItemChange {
        let Self {
            variant,
            minimum_quantity,
            valid_from,
            valid_until,
            unit_price,
        } = self;
        let check = &mut reading.check;
        let from = valid_from.map_or(today, |day| check.day(path.at("validFrom"), day.0));
        ItemChange {
            minimum_quantity: check
                .quantity_not_negative(path.at("minimumQuantity"), &minimum_quantity.0),
            valid_from: from,
            valid_until: valid_until.map(|day| check.day(path.at("validUntil"), day.0)),
            unit_price: unit_price.map(|price| check.price(path.at("unitPrice"), &price.0)),
            variant: variant.read(reading, &path.at("variant")),
        }
    }
}

/// Prices of a list to be set, all or none.
#[derive(InputObject)]
pub struct PriceListItemsSetInput {
    /// Which list; it must be active.
    price_list: PriceListReference,
    /// The version it must have; any when left out.
    expected_version: Option<i64>,
    /// The prices: 1 to 1,000.
    items: Vec<PriceListItemInput>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl PriceListItemsSetInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<SetItems> {
        let mut reading = Reading::of("priceListItemsSet", &self);
        let Self {
            price_list,
            expected_version,
            items,
            idempotency_key,
        } = self;
        let path = Path::input();
        reading.check.line_count(path.at("items"), items.len());
        let today = company(ctx).day(clock::now());
        let items = items.into_iter().take(ITEMS_MAX).enumerate();
        let items = items
            .map(|(index, item)| item.read(&mut reading, &path.at("items").at(index), today))
            .collect();
        let command = SetItems {
            list: price_list.read(&mut reading, &path.at("priceList")),
            expected_version,
            items,
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}
