//! What can be done with products and variants: create, archive.

use entity::catalog::{product, product_variant};
use entity::vocab::{
    CategoryId, CostingMethod, Instant, ProductId, ProductVariantId, RecordStatus, TaxClassId,
    UnitPrice,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store, words};
use crate::catalog::barcode::rules::{self as barcode_rules, Code};
use crate::catalog::barcode::{ops as barcodes, store as barcode_store};
use crate::catalog::category::store as categories;
use crate::catalog::tax::store as taxes;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::metadata;
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
    /// What a scanner reads on it.
    pub barcodes: Vec<Code>,
    /// Whether it is kept in stock.
    pub is_stock_tracked: bool,
    /// At which cost its goods leave.
    pub costing_method: CostingMethod,
    /// What it is taxed with.
    pub tax_class: Option<Reference<TaxClassId>>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

/// A product to be made.
#[derive(Clone, Debug)]
pub struct CreateProduct {
    /// Its id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// The category it is in.
    pub category: Option<Reference<CategoryId>>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
    /// At least one.
    pub variants: Vec<CreateVariant>,
}

impl CreateProduct {
    fn row(&self, category_id: Option<CategoryId>, now: Instant) -> product::Model {
        product::Model {
            id: self.id,
            name: self.name.clone(),
            name_key: text_key(&self.name),
            category_id,
            external_id: self.external_id.clone(),
            metadata: self.metadata.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// Everything that must not be taken yet.
    fn claims(&self) -> Vec<Reference<ProductVariantId>> {
        self.variants
            .iter()
            .flat_map(CreateVariant::claims)
            .collect()
    }
}

impl CreateVariant {
    /// Its row.
    pub(super) fn row(
        &self,
        product_id: ProductId,
        tax_class_id: Option<TaxClassId>,
        now: Instant,
    ) -> product_variant::Model {
        product_variant::Model {
            id: self.id,
            product_id,
            sku: self.sku.clone(),
            sku_key: text_key(&self.sku),
            name: self.name.clone(),
            unit_code: self.unit_code.clone(),
            price: self.price,
            is_stock_tracked: self.is_stock_tracked,
            costing_method: self.costing_method,
            tax_class_id,
            status: RecordStatus::Active,
            external_id: self.external_id.clone(),
            metadata: self.metadata.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }

    /// What of it must not be taken yet.
    pub(super) fn claims(&self) -> Vec<Reference<ProductVariantId>> {
        let sku = Reference::Key(text_key(&self.sku));
        let external_id = self.external_id.clone().map(Reference::ExternalId);
        std::iter::once(sku).chain(external_id).collect()
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
        let named: Vec<_> = command
            .variants
            .iter()
            .filter_map(|variant| variant.tax_class.as_ref())
            .collect();
        let classes = taxes::find(tx.conn(), &named).await?;
        let named: Vec<_> = command.category.iter().collect();
        let found = categories::find(tx.conn(), &named).await?;
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_new(command, &loaded));
        let codes = command.variants.iter().flat_map(|one| &one.barcodes);
        let codes: Vec<&Code> = codes.collect();
        rejections.extend(barcodes::check(tx, &codes, None).await?);
        let refers = rules::refer(command, &found, &classes);
        let refers = refers.map_err(|more| rejections.extend(more));
        let Some((category, of_lines)) = refers.ok().filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let product = command.row(category, tx.now());
        let variants = command.variants.iter().zip(of_lines);
        let variants = variants.map(|(one, class)| one.row(command.id, class, tx.now()));
        let variants: Vec<_> = variants.collect();
        let codes = command.variants.iter();
        let codes = codes.flat_map(|one| barcode_rules::rows(&one.barcodes, one.id));
        let codes: Vec<_> = codes.collect();
        words::index(tx, &product, &variants, &codes).await?;
        let own = std::iter::once((product.id.0, product.metadata.as_ref()));
        let theirs = variants.iter().map(|row| (row.id.0, row.metadata.as_ref()));
        metadata::insert(tx.conn(), own.chain(theirs)).await?;
        store::insert(tx.conn(), product, variants).await?;
        barcode_store::insert(tx.conn(), codes).await?;
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
