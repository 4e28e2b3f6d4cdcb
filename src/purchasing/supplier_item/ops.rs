//! Creating, changing and archiving supplier items.

use entity::purchasing::supplier_item;
use entity::vocab::{
    ProductVariantId, Quantity, RecordStatus, SupplierId, SupplierItemId, UnitPrice,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::rules::{self, References};
use super::store;
use crate::catalog::product::store as variants;
use crate::party::supplier::store as suppliers;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::metadata;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};

/// A price from a quantity on.
#[derive(Clone, Debug)]
pub struct Price {
    /// From how much on.
    pub minimum_quantity: Quantity,
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// Whether its quantity was complained about already.
    pub is_unread: bool,
}

/// An item to be made.
#[derive(Clone, Debug)]
pub struct CreateItem {
    /// Its id.
    pub id: SupplierItemId,
    /// Who offers.
    pub supplier: Reference<SupplierId>,
    /// What is offered.
    pub variant: Reference<ProductVariantId>,
    /// The supplier's own SKU.
    pub supplier_sku: Option<String>,
    /// The least that can be ordered.
    pub minimum_quantity: Quantity,
    /// What a quantity must be a multiple of.
    pub order_multiple: Option<Quantity>,
    /// Days to delivery.
    pub lead_time_days: Option<i32>,
    /// Whether the variant is bought here first.
    pub is_preferred: bool,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
    /// Its prices.
    pub prices: Vec<Price>,
}

/// Makes a supplier item.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<CreateItem>) -> Verdict {
    envelope.call.actor.require(Scope::SuppliersWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateItem>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = load_references(tx, command).await?;
        let mut rejections = call.complaints.clone();
        let (supplier_id, variant_id) = match rules::create(command, &found) {
            Ok(ids) if rejections.is_empty() => ids,
            outcome => {
                rejections.extend(outcome.err().into_iter().flatten());
                return Ok(Done::refused(rejections));
            }
        };
        if command.is_preferred {
            store::take_preference(tx.conn(), variant_id, tx.now()).await?;
        }
        let item = supplier_item::Model {
            id: command.id,
            supplier_id,
            variant_id,
            supplier_sku: command.supplier_sku.clone(),
            minimum_quantity: command.minimum_quantity,
            order_multiple: command.order_multiple,
            lead_time_days: command.lead_time_days,
            is_preferred: command.is_preferred,
            status: RecordStatus::Active,
            external_id: command.external_id.clone(),
            metadata: command.metadata.clone(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        let metadata_now = item.metadata.as_ref();
        metadata::write(tx.conn(), item.id.0, None, metadata_now).await?;
        let prices = rules::price_rows(command.id, &command.prices);
        store::insert(tx.conn(), item, prices).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

async fn load_references(tx: &Tx, command: &CreateItem) -> Result<References, TxError> {
    let suppliers = suppliers::find(tx.conn(), &[&command.supplier]).await?;
    let variants = variants::find_variants(tx.conn(), &[&command.variant]).await?;
    let path = Path::input();
    let supplier = reference::find(&suppliers, &command.supplier, &path).ok();
    let variant = reference::find(&variants, &command.variant, &path).ok();
    let pair = supplier
        .zip(variant)
        .map(|(supplier, variant)| (supplier.id, variant.variant.id));
    let rivals = store::rivals(tx.conn(), pair, command.external_id.as_deref()).await?;
    Ok(References {
        suppliers,
        variants,
        rivals,
    })
}

/// A change of an item; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateItem {
    /// Which one.
    pub item: Reference<SupplierItemId>,
    /// The version the caller has seen.
    pub expected_version: Option<i64>,
    /// The supplier's own SKU; an inner `None` removes it.
    pub supplier_sku: Option<Option<String>>,
    /// The least that can be ordered.
    pub minimum_quantity: Option<Quantity>,
    /// What a quantity must be a multiple of; an inner `None` removes it.
    pub order_multiple: Option<Option<Quantity>>,
    /// Days to delivery; an inner `None` removes them.
    pub lead_time_days: Option<Option<i32>>,
    /// Whether the variant is bought here first.
    pub is_preferred: Option<bool>,
    /// The id a partner's system knows it by; an inner `None` removes it.
    pub external_id: Option<Option<String>>,
    /// What partners keep beside it; an inner `None` removes it.
    pub metadata: Option<Option<Json>>,
    /// All of its prices.
    pub prices: Option<Vec<Price>>,
}

/// Changes a supplier item.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<UpdateItem>) -> Verdict {
    envelope.call.actor.require(Scope::SuppliersWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateItem>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (item, mut rejections) = lock(tx, call, &command.item).await?;
        let Some(item) = item else {
            return Ok(Done::refused(rejections));
        };
        let variant = Reference::Id(item.variant_id);
        let counted = variants::find_variants(tx.conn(), &[&variant]).await?;
        let external_id = command.external_id.as_ref().and_then(Option::as_deref);
        let rivals = store::rivals(tx.conn(), None, external_id).await?;
        let (was_preferred, before) = (item.is_preferred, item.metadata.clone());
        let mut item = match rules::update(item, command, (counted.first(), rivals.first())) {
            Ok(item) if rejections.is_empty() => item,
            outcome => {
                rejections.extend(outcome.err().into_iter().flatten());
                return Ok(Done::refused(rejections));
            }
        };
        if item.is_preferred && !was_preferred {
            store::take_preference(tx.conn(), item.variant_id, tx.now()).await?;
        }
        if item.metadata != before {
            let (before, after) = (before.as_ref(), item.metadata.as_ref());
            metadata::write(tx.conn(), item.id.0, before, after).await?;
        }
        item.updated_at = tx.now();
        item.version += 1;
        let id = item.id;
        let prices = command.prices.as_ref();
        let prices = prices.map(|prices| rules::price_rows(id, prices));
        store::save(tx.conn(), item, prices).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// An item to be archived.
#[derive(Clone, Debug)]
pub struct ArchiveItem {
    /// Which one.
    pub item: Reference<SupplierItemId>,
    /// The version the caller has seen.
    pub expected_version: Option<i64>,
}

/// Archives a supplier item: new orders no longer go by it.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn archive(app: &App, envelope: Envelope<ArchiveItem>) -> Verdict {
    envelope.call.actor.require(Scope::SuppliersWrite)?;
    command::run(app, envelope, handle_archive).await
}

fn handle_archive<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ArchiveItem>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (item, mut rejections) = lock(tx, call, &command.item).await?;
        let Some(mut item) = item else {
            return Ok(Done::refused(rejections));
        };
        rejections.extend(rules::check_active(&item).err());
        rejections.extend(check_version(command.expected_version, item.version).err());
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        item.status = RecordStatus::Archived;
        item.is_preferred = false;
        item.updated_at = tx.now();
        item.version += 1;
        let id = item.id;
        store::save(tx.conn(), item, None).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// Locks an item; and everything that is wrong so far.
async fn lock(
    tx: &Tx,
    call: &Call,
    reference: &Reference<SupplierItemId>,
) -> Result<(Option<supplier_item::Model>, Vec<Rejection>), TxError> {
    let mut rejections = call.complaints.clone();
    let item = store::find_and_lock(tx.conn(), reference).await?;
    if item.is_none() && *reference != Reference::Unusable {
        let path = Path::input().at("supplierItem");
        rejections.push(Rejection::new(path, Problem::NotFound("supplier item")));
    }
    Ok((item, rejections))
}
