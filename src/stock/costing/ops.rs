//! Changing the method of costing of a variant.

use entity::catalog::product_variant;
use entity::vocab::{CostingMethod, ProductVariantId};
use futures_util::future::BoxFuture;

use super::rules;
use crate::catalog::product::{rules as products, store as variants};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger;

/// A variant whose goods are to leave at another cost.
#[derive(Clone, Debug)]
pub struct ChangeCosting {
    /// Which one.
    pub variant: Reference<ProductVariantId>,
    /// At which cost.
    pub method: CostingMethod,
    /// The version it must have.
    pub expected_version: Option<i64>,
}

/// Changes at which cost goods of a variant leave.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn change(app: &App, envelope: Envelope<ChangeCosting>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ChangeCosting>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let before = match lock(tx, &command.variant).await? {
            Ok(before) => before,
            Err(reason) => {
                rejections.extend(reason);
                return Ok(Done::refused(rejections));
            }
        };
        rejections.extend(check_version(command.expected_version, before.version).err());
        if command.method != before.costing_method {
            // Again, for levels may have been made before the variant was locked.
            let levels = ledger::lock_levels_of(tx, before.id).await?;
            let on_its_way = ledger::is_in_transit(tx, before.id).await?;
            rejections.extend(rules::check_nothing_there(&levels, on_its_way).err());
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let mut row = before.clone();
        row.costing_method = command.method;
        row.updated_at = tx.now();
        row.version += 1;
        let done = changes::done(row.id.0, &before, &row, false);
        ledger::set_costing(tx, row.id, command.method).await?;
        variants::save_variant(tx.conn(), row).await?;
        Ok(done)
    })
}

/// Locks the levels of a variant, and then the variant itself, as everybody does who makes a level
/// of it.
async fn lock(
    tx: &Tx,
    wanted: &Reference<ProductVariantId>,
) -> Result<Result<product_variant::Model, Option<Rejection>>, TxError> {
    let path = Path::input().at("variant");
    let found = variants::find_variants(tx.conn(), &[wanted]).await?;
    let id = match products::known(&found, wanted, &path) {
        Ok(found) => found.variant.id,
        Err(reason) => return Ok(Err(reason)),
    };
    ledger::lock_levels_of(tx, id).await?;
    let row = variants::lock_variant(tx.conn(), &Reference::Id(id)).await?;
    row.map(Ok)
        .ok_or_else(|| TxError::internal("a variant that is gone"))
}
