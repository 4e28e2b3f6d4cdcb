//! Changing products and variants, and adding a variant to a product.

use entity::catalog::{product, product_variant};
use entity::vocab::{CategoryId, ProductId, ProductVariantId, TaxClassId, UnitPrice};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::ops::CreateVariant;
use super::{rules, store, words};
use crate::catalog::barcode::rules::{self as barcode_rules, Code};
use crate::catalog::barcode::{ops as barcodes, store as barcode_store};
use crate::catalog::category::store as categories;
use crate::catalog::tax::rules as tax_rules;
use crate::catalog::tax::store as taxes;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::metadata;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// A product that is to change; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateProduct {
    /// Which one.
    pub product: Reference<ProductId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// The category it is in.
    pub category: Option<Option<Reference<CategoryId>>>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What a partner keeps beside it.
    pub metadata: Option<Option<Json>>,
}

/// Changes a product.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<UpdateProduct>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateProduct>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some(before) = find_product(tx, &command.product, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut row = before.clone();
        rejections.extend(check_version(command.expected_version, row.version).err());
        if let Some(name) = &command.name {
            row.name.clone_from(name);
            row.name_key = text_key(name);
        }
        if let Some(wanted) = &command.category {
            let named: Vec<_> = wanted.iter().collect();
            let found = categories::find(tx.conn(), &named).await?;
            let path = Path::input().at("category");
            let id = wanted.as_ref().map(|by| reference::find(&found, by, &path));
            match id.transpose() {
                Ok(found) => row.category_id = found.map(|row| row.id),
                Err(reason) => rejections.extend(reason),
            }
        }
        if let Some(wanted) = &command.external_id {
            let rival = match wanted {
                Some(id) => store::product_by_external_id(tx.conn(), id).await?,
                None => None,
            };
            let rival = rival.filter(|rival| rival.id != row.id);
            rejections.extend(rival.map(|rival| taken(rival.id.to_string())));
            row.external_id.clone_from(wanted);
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        row.updated_at = tx.now();
        row.version += 1;
        let id = row.id.0;
        if let Some(metadata) = &command.metadata {
            let before = std::mem::replace(&mut row.metadata, metadata.clone());
            metadata::write(tx.conn(), id, before.as_ref(), metadata.as_ref()).await?;
        }
        if command.name.is_some() {
            words::index_again(tx, &row).await?;
        }
        let done = changes::done(id, &before, &row, false);
        store::save(tx.conn(), row).await?;
        Ok(done)
    })
}

async fn find_product(
    tx: &Tx,
    wanted: &Reference<ProductId>,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<product::Model>, TxError> {
    let found = store::lock_product(tx.conn(), wanted).await?;
    if found.is_none() && *wanted != Reference::Unusable {
        let path = Path::input().at("product");
        rejections.push(Rejection::new(path, Problem::NotFound("product")));
    }
    Ok(found)
}

fn taken(existing: String) -> Rejection {
    let field = "external id";
    let problem = Problem::Duplicate { field, existing };
    Rejection::new(Path::input().at("externalId"), problem)
}

/// A variant to be added to a product.
#[derive(Clone, Debug)]
pub struct AddVariant {
    /// Which product.
    pub product: Reference<ProductId>,
    /// The variant; an empty name means the product's.
    pub variant: CreateVariant,
}

/// Adds a variant to a product.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn add_variant(app: &App, envelope: Envelope<AddVariant>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle_add).await
}

fn handle_add<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<AddVariant>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let product = find_product(tx, &command.product, &mut rejections).await?;
        let claims = command.variant.claims();
        let claims: Vec<_> = claims.iter().collect();
        let loaded = rules::Loaded {
            rival: None,
            rivals: store::find_variants(tx.conn(), &claims).await?,
            units: store::units(tx.conn()).await?,
        };
        let path = Path::input().at("variant");
        rejections.extend(rules::check_variant(&command.variant, &path, &loaded));
        let codes: Vec<&Code> = command.variant.barcodes.iter().collect();
        rejections.extend(barcodes::check(tx, &codes, None).await?);
        let named = command.variant.tax_class.as_ref();
        let classes = taxes::find(tx.conn(), &named.into_iter().collect::<Vec<_>>()).await?;
        let class = tax_rules::usable(&classes, named, &path.at("taxClass"));
        let class = class.map_err(|reason| rejections.extend(reason)).ok();
        let (Some(product), Some(class)) = (product, class.filter(|_| rejections.is_empty()))
        else {
            return Ok(Done::refused(rejections));
        };
        let mut row = command.variant.row(product.id, class, tx.now());
        if row.name.is_empty() {
            row.name.clone_from(&product.name);
        }
        let id = row.id.0;
        metadata::insert(tx.conn(), [(id, row.metadata.as_ref())]).await?;
        let codes = barcode_rules::rows(&command.variant.barcodes, row.id);
        store::insert_variant(tx.conn(), row).await?;
        barcode_store::insert(tx.conn(), codes).await?;
        words::index_again(tx, &product).await?;
        Ok(Done::accepted(id, Vec::new()))
    })
}

/// A variant that is to change; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateVariant {
    /// Which one.
    pub variant: Reference<ProductVariantId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// Its base price.
    pub price: Option<Option<UnitPrice>>,
    /// What a scanner reads on it.
    pub barcodes: Option<Vec<Code>>,
    /// What it is taxed with.
    pub tax_class: Option<Option<Reference<TaxClassId>>>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What a partner keeps beside it.
    pub metadata: Option<Option<Json>>,
}

/// Changes a variant.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update_variant(app: &App, envelope: Envelope<UpdateVariant>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle_update_variant).await
}

fn handle_update_variant<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateVariant>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some(before) = store::lock_variant(tx.conn(), &command.variant).await? else {
            if command.variant != Reference::Unusable {
                let path = Path::input().at("variant");
                rejections.push(Rejection::new(path, Problem::NotFound("variant")));
            }
            return Ok(Done::refused(rejections));
        };
        let mut row = before.clone();
        rejections.extend(check_version(command.expected_version, row.version).err());
        rejections.extend(refer(tx, command, &mut row).await?);
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        if let Some(name) = &command.name {
            row.name.clone_from(name);
        }
        row.price = command.price.unwrap_or(row.price);
        row.updated_at = tx.now();
        row.version += 1;
        let (id, product) = (row.id.0, row.product_id);
        if let Some(metadata) = &command.metadata {
            let before = std::mem::replace(&mut row.metadata, metadata.clone());
            metadata::write(tx.conn(), id, before.as_ref(), metadata.as_ref()).await?;
        }
        let done = changes::done(id, &before, &row, false);
        let variant = row.id;
        store::save_variant(tx.conn(), row).await?;
        if let Some(codes) = &command.barcodes {
            let rows = barcode_rules::rows(codes, variant);
            barcode_store::replace(tx.conn(), variant, rows).await?;
        }
        if command.name.is_some() || command.barcodes.is_some() {
            let product = store::lock_product(tx.conn(), &Reference::Id(product)).await?;
            let product =
                product.ok_or_else(|| TxError::internal("a variant without a product"))?;
            words::index_again(tx, &product).await?;
        }
        Ok(done)
    })
}

/// Resolves what a changed variant refers to, and sees that its external id and barcodes are free.
async fn refer(
    tx: &Tx,
    command: &UpdateVariant,
    row: &mut product_variant::Model,
) -> Result<Vec<Rejection>, TxError> {
    let mut rejections = Vec::new();
    if let Some(wanted) = &command.tax_class {
        let named: Vec<_> = wanted.iter().collect();
        let classes = taxes::find(tx.conn(), &named).await?;
        let path = Path::input().at("taxClass");
        match tax_rules::usable(&classes, wanted.as_ref(), &path) {
            Ok(class) => row.tax_class_id = class,
            Err(reason) => rejections.extend(reason),
        }
    }
    if let Some(wanted) = &command.external_id {
        if let Some(id) = wanted {
            let claim = Reference::ExternalId(id.clone());
            let rivals = store::find_variants(tx.conn(), &[&claim]).await?;
            let rival = rivals.iter().find(|rival| rival.variant.id != row.id);
            rejections.extend(rival.map(|rival| taken(rival.variant.id.to_string())));
        }
        row.external_id.clone_from(wanted);
    }
    let codes: Vec<&Code> = command.barcodes.iter().flatten().collect();
    rejections.extend(barcodes::check(tx, &codes, Some(row.id)).await?);
    Ok(rejections)
}
