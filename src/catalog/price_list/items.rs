//! Setting prices of a list.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::catalog::price_list_item::Model;
use entity::vocab::{PriceListId, PriceListItemId, ProductVariantId, Quantity, UnitPrice};
use futures_util::future::BoxFuture;

use super::rules::{self, KnownChange, StepKey};
use super::{ops, store};
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;

/// A price of a list, from a quantity and a day on.
#[derive(Clone, Debug)]
pub struct ItemChange {
    /// Of what.
    pub variant: Reference<ProductVariantId>,
    /// From which quantity on.
    pub minimum_quantity: Quantity,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The last day; none for ever.
    pub valid_until: Option<NaiveDate>,
    /// Price of one base unit; none takes the step off the list.
    pub unit_price: Option<UnitPrice>,
}

/// Prices to be set.
#[derive(Clone, Debug)]
pub struct SetItems {
    /// Of which list.
    pub list: Reference<PriceListId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Which.
    pub items: Vec<ItemChange>,
}

/// Sets prices of a list, all or none.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn set(app: &App, envelope: Envelope<SetItems>) -> Verdict {
    envelope.call.actor.require(Scope::PricesWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<SetItems>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let expected = (&command.list, command.expected_version);
        let list = ops::lock(tx, expected, &mut rejections).await?;
        let named: Vec<_> = command.items.iter().map(|item| &item.variant).collect();
        let found = variants::find_variants(tx.conn(), &named).await?;
        let existing = match &list {
            Some(list) => {
                let ids = found.iter().map(|row| row.variant.id).collect();
                store::items(tx.conn(), list.id, ids).await?
            }
            None => Vec::new(),
        };
        let changes = rules::set_items(command, &found, &existing);
        let changes = changes.map_err(|more| rejections.extend(more)).ok();
        let (Some(list), Some(changes)) = (list, changes.filter(|_| rejections.is_empty())) else {
            return Ok(Done::refused(rejections));
        };
        let (written, removed) = difference(tx, list.id, changes, existing);
        store::set_items(tx.conn(), written, removed).await?;
        store::update(tx.conn(), list.id, Default::default(), tx.now()).await?;
        Ok(Done::accepted(list.id.0, Vec::new()))
    })
}

/// Items to be written, and ids of those that go.
fn difference(
    tx: &Tx,
    list: PriceListId,
    changes: Vec<KnownChange>,
    existing: Vec<Model>,
) -> (Vec<Model>, Vec<PriceListItemId>) {
    let by_key = existing.into_iter().map(|row| (rules::key_of(&row), row));
    let mut existing: HashMap<StepKey, Model> = by_key.collect();
    let (mut written, mut removed) = (Vec::new(), Vec::new());
    for change in changes {
        let old = existing.remove(&change.key);
        let Some(unit_price) = change.unit_price else {
            removed.extend(old.map(|row| row.id));
            continue;
        };
        let (variant_id, minimum_quantity, valid_from) = change.key;
        written.push(Model {
            id: old
                .as_ref()
                .map_or_else(PriceListItemId::generate, |row| row.id),
            price_list_id: list,
            variant_id,
            minimum_quantity,
            valid_from,
            valid_until: change.valid_until,
            unit_price,
            created_at: old.as_ref().map_or(tx.now(), |row| row.created_at),
            updated_at: tx.now(),
            version: old.as_ref().map_or(1, |row| row.version + 1),
        });
    }
    (written, removed)
}
