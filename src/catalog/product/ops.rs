//! What can be done with products and variants: create, archive.

use entity::catalog::{product, product_variant};
use entity::vocab::{Instant, ProductId, ProductVariantId, RecordStatus, UnitPrice};
use futures_util::future::BoxFuture;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::text_key::text_key;

/// A variant to be made.
#[derive(Clone, Debug)]
pub struct CreateVariant {
    /// Its id.
    pub id: ProductVariantId,
    /// Its stock keeping unit.
    pub sku: String,
    /// What tells it from its siblings.
    pub name: String,
    /// The code of its base unit.
    pub unit_code: String,
    /// Its base price.
    pub price: Option<UnitPrice>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
}

/// A product to be made.
#[derive(Clone, Debug)]
pub struct CreateProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// At least one.
    pub variants: Vec<CreateVariant>,
}

impl CreateProduct {
    fn row(&self, now: Instant) -> product::Model {
        product::Model {
            id: self.id,
            name: self.name.clone(),
            category_id: None,
            external_id: self.external_id.clone(),
            metadata: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    fn variant_rows(&self, now: Instant) -> Vec<product_variant::Model> {
        let row = |variant: &CreateVariant| product_variant::Model {
            id: variant.id,
            product_id: self.id,
            sku: variant.sku.clone(),
            sku_key: text_key(&variant.sku),
            name: variant.name.clone(),
            unit_code: variant.unit_code.clone(),
            price: variant.price,
            is_stock_tracked: true,
            tax_class_id: None,
            status: RecordStatus::Active,
            external_id: variant.external_id.clone(),
            metadata: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        self.variants.iter().map(row).collect()
    }

    /// Everything that must not be taken yet.
    fn claims(&self) -> Vec<Reference<ProductVariantId>> {
        let skus = self
            .variants
            .iter()
            .map(|variant| Reference::Key(text_key(&variant.sku)));
        let external_ids = self
            .variants
            .iter()
            .filter_map(|variant| variant.external_id.clone());
        skus.chain(external_ids.map(Reference::ExternalId))
            .collect()
    }
}

/// Makes a product with its variants.
///
/// # Errors
/// [`command::Refusal`].
pub async fn create(app: &App, envelope: Envelope<CreateProduct>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateProduct>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let rival = match &command.external_id {
            Some(id) => store::product_by_external_id(tx.conn(), id).await?,
            None => None,
        };
        let claims = command.claims();
        let claims: Vec<&Reference<ProductVariantId>> = claims.iter().collect();
        let rivals = store::find_variants(tx.conn(), &claims).await?;
        let loaded = rules::Loaded {
            rival,
            rivals,
            units: store::units(tx.conn()).await?,
        };
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_new(command, &loaded));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let (product, variants) = (command.row(tx.now()), command.variant_rows(tx.now()));
        store::insert(tx.conn(), product, variants).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

/// A variant to be archived.
#[derive(Clone, Debug)]
pub struct ArchiveVariant {
    /// Which one.
    pub variant: Reference<ProductVariantId>,
}

/// Archives a variant: kept for history, refused in new documents.
///
/// # Errors
/// [`command::Refusal`].
pub async fn archive_variant(app: &App, envelope: Envelope<ArchiveVariant>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle_archive).await
}

fn handle_archive<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ArchiveVariant>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = store::find_variants(tx.conn(), &[&command.variant]).await?;
        let mut rejections = call.complaints.clone();
        match rules::archive(&found, &command.variant) {
            Ok(id) if rejections.is_empty() => {
                store::archive_variant(tx.conn(), id, tx.now()).await?;
                Ok(Done::accepted(id.0, Vec::new()))
            }
            Ok(_) => Ok(Done::refused(rejections)),
            Err(reason) => {
                rejections.extend(reason);
                Ok(Done::refused(rejections))
            }
        }
    })
}
