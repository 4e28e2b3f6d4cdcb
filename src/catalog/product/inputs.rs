//! Inputs of products and variants, and how they become commands.

use async_graphql::{Context, ID, InputObject, Json, MaybeUndefined, OneofObject};
use entity::vocab::{ProductId, ProductVariantId};
use serde_json::Value;
use uuid::Uuid;

use super::change::{AddVariant, UpdateProduct, UpdateVariant};
use super::graphql::{CostingMethodKind, ProductVariantReference};
use super::ops;
use crate::catalog::barcode::graphql as barcodes;
use crate::catalog::category::graphql::CategoryReference;
use crate::catalog::tax::graphql::TaxClassReference;
use crate::graphql::{Decimal, Reading};
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;

/// Variants of one product that can be created in one call, at most.
const VARIANTS_MAX: usize = 250;

/// A variant of a new product.
#[derive(InputObject)]
pub struct ProductVariantInput {
    /// Its stock keeping unit, at most 64 characters, unique whatever the case.
    sku: String,
    /// What tells it from its siblings, at most 200 characters; the product's name when left out.
    name: Option<String>,
    /// The code of its base unit; see `units`.
    #[graphql(default_with = "\"EACH\".to_owned()")]
    unit: String,
    /// The price of one base unit in the company's currency, zero or more, at most six decimals.
    price: Option<Decimal>,
    /// What a scanner reads on it, at most 20: any printable codes of at most 64 characters, each
    /// unique among all variants. Spaces do not count.
    #[graphql(default)]
    barcodes: Vec<String>,
    /// Whether it is kept in stock; true by default. Freight and fees are not: they are sold, and
    /// neither reserved nor shipped. It does not change later.
    #[graphql(default = true)]
    is_stock_tracked: bool,
    /// At which cost its goods leave a warehouse; see `productVariantChangeCosting`.
    #[graphql(default_with = "CostingMethodKind::MovingAverage")]
    costing_method: CostingMethodKind,
    /// What it is taxed with; not taxed when left out.
    tax_class: Option<TaxClassReference>,
    /// The id your own system knows it by, unique among variants.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
}

/// A new product with its variants.
#[derive(InputObject)]
pub struct ProductCreateInput {
    /// Its name, at most 200 characters.
    name: String,
    /// Its variants, 1 to 250.
    variants: Vec<ProductVariantInput>,
    /// The category it is in.
    category: Option<CategoryReference>,
    /// The id your own system knows it by, unique among products.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductCreateInput {
    pub(super) fn read(self) -> (Reading, Option<String>, ops::CreateProduct) {
        let mut reading = Reading::of("productCreate", &self);
        let Self {
            name,
            variants,
            category,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let name = reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX);
        if variants.is_empty() || variants.len() > VARIANTS_MAX {
            let message = format!("Must have 1 to {VARIANTS_MAX} variants.");
            reading.check.complain(path.at("variants"), message);
        }
        let external_id = external_id.map(|id| reading.code(path.at("externalId"), &id));
        let variants = variants.into_iter().take(VARIANTS_MAX).enumerate();
        let variants = variants
            .map(|(index, variant)| {
                variant.read(&mut reading, &path.at("variants").at(index), &name)
            })
            .collect();
        let command = ops::CreateProduct {
            id: ProductId::generate(),
            name,
            category: category.map(|by| by.read(&mut reading, &path.at("category"))),
            external_id,
            metadata: reading.metadata(path.at("metadata"), metadata),
            variants,
        };
        (reading, idempotency_key, command)
    }
}

impl ProductVariantInput {
    fn read(self, reading: &mut Reading, path: &Path, product_name: &str) -> ops::CreateVariant {
        let Self {
            sku,
            name,
            unit,
            price,
            barcodes,
            is_stock_tracked,
            costing_method,
            tax_class,
            external_id,
            metadata,
        } = self;
        let name = reading
            .check
            .optional_text(path.at("name"), name.as_deref(), NAME_LENGTH_MAX);
        ops::CreateVariant {
            id: ProductVariantId::generate(),
            sku: reading.code(path.at("sku"), &sku),
            name: name.unwrap_or_else(|| product_name.to_owned()),
            unit_code: reading.code(path.at("unit"), &unit),
            price: price.map(|price| reading.check.price(path.at("price"), &price.0)),
            barcodes: barcodes::read(reading, &path.at("barcodes"), barcodes),
            is_stock_tracked,
            costing_method: costing_method.into(),
            tax_class: tax_class.map(|by| by.read(reading, &path.at("taxClass"))),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
        }
    }
}

/// Which variant to archive.
#[derive(InputObject)]
pub struct ProductVariantArchiveInput {
    /// The variant.
    variant: ProductVariantReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductVariantArchiveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<ops::ArchiveVariant> {
        let mut reading = Reading::of("productVariantArchive", &self);
        let Self {
            variant,
            idempotency_key,
        } = self;
        let variant = variant.read(&mut reading, &Path::input().at("variant"));
        let command = ops::ArchiveVariant { variant };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// Names a product.
#[derive(Clone, Debug, OneofObject)]
pub enum ProductReference {
    /// Its id.
    Id(ID),
    /// The id your own system knows it by.
    ExternalId(String),
}

impl ProductReference {
    pub(super) fn read(&self, reading: &mut Reading, path: &Path) -> Reference<ProductId> {
        match self {
            Self::Id(id) => reading.id_reference(path, id, ProductId::parse),
            Self::ExternalId(id) => reading.external_reference(path, id),
        }
    }
}

/// What of a product is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct ProductUpdateInput {
    /// Which one.
    product: ProductReference,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Another category; null takes it out of its category.
    category: MaybeUndefined<CategoryReference>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<UpdateProduct> {
        let mut reading = Reading::of("productUpdate", &self);
        let Self {
            product,
            name,
            category,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = UpdateProduct {
            product: product.read(&mut reading, &path.at("product")),
            expected_version,
            name: reading.new_name(path.at("name"), name),
            category: reading.optional(category, |reading, by| {
                by.read(reading, &path.at("category"))
            }),
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}

/// A new variant of a product there is.
#[derive(InputObject)]
pub struct ProductVariantCreateInput {
    /// The product.
    product: ProductReference,
    /// The variant; its name is the product's when left out.
    variant: ProductVariantInput,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductVariantCreateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<AddVariant> {
        let mut reading = Reading::of("productVariantCreate", &self);
        let Self {
            product,
            variant,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = AddVariant {
            product: product.read(&mut reading, &path.at("product")),
            variant: variant.read(&mut reading, &path.at("variant"), ""),
        };
        reading.finish(ctx, idempotency_key, (command.variant.id.0, command))
    }
}

/// What of a variant is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct ProductVariantUpdateInput {
    /// Which one.
    variant: ProductVariantReference,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Another base price in the company's currency; null takes it away.
    price: MaybeUndefined<Decimal>,
    /// Other barcodes, in place of all before; null takes them away.
    barcodes: MaybeUndefined<Vec<String>>,
    /// Another tax class; null means it is not taxed.
    tax_class: MaybeUndefined<TaxClassReference>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductVariantUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Envelope<UpdateVariant> {
        let mut reading = Reading::of("productVariantUpdate", &self);
        let Self {
            variant,
            name,
            price,
            barcodes,
            tax_class,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let barcodes = reading.optional(barcodes, |reading, given| {
            barcodes::read(reading, &path.at("barcodes"), given)
        });
        let command = UpdateVariant {
            barcodes: barcodes.map(Option::unwrap_or_default),
            variant: variant.read(&mut reading, &path.at("variant")),
            expected_version,
            name: reading.new_name(path.at("name"), name),
            price: reading.optional(price, |reading, price| {
                reading.check.price(path.at("price"), &price.0)
            }),
            tax_class: reading.optional(tax_class, |reading, by| {
                by.read(reading, &path.at("taxClass"))
            }),
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
        };
        reading.finish(ctx, idempotency_key, (Uuid::nil(), command))
    }
}
