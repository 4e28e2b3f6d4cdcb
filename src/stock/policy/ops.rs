//! Setting policies.

use std::collections::BTreeSet;

use entity::vocab::{ProductVariantId, WarehouseId};
use futures_util::future::BoxFuture;

use super::rules::{self, Policy};
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger::{self, LevelKey, Posting};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// The policy of one variant.
#[derive(Clone, Debug)]
pub struct PolicyLine {
    /// Of what.
    pub variant: Reference<ProductVariantId>,
    /// The version its policy must have.
    pub expected_version: Option<i64>,
    /// What it is to be, in place of all before.
    pub policy: Policy,
}

/// Policies to be set.
#[derive(Clone, Debug)]
pub struct SetPolicies {
    /// Where.
    pub warehouse: Reference<WarehouseId>,
    /// Which.
    pub lines: Vec<PolicyLine>,
    /// The company's day, under which alerts are raised.
    pub today: chrono::NaiveDate,
}

/// Sets policies of a warehouse, all or none. What follows from them is raised and cleared at once.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn set(app: &App, envelope: Envelope<SetPolicies>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<SetPolicies>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let resolved = resolve(tx, command, &mut rejections).await?;
        let Some((ids, warehouse)) = resolved.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let keys: BTreeSet<LevelKey> = ids.iter().map(|id| (*id, warehouse)).collect();
        let mut book = ledger::load_as_stored(tx, &keys).await?;
        if let Err(stale) = rules::check_versions(&command.lines, (&ids, warehouse), &book) {
            return Ok(Done::refused(stale));
        }
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.today,
            now: tx.now(),
        };
        for (line, id) in command.lines.iter().zip(&ids) {
            book.set_policy(posting, (*id, warehouse), line.policy);
        }
        ledger::record(tx, &book).await?;
        Ok(Done::accepted(warehouse.0, book.take_events()))
    })
}

async fn resolve(
    tx: &Tx,
    command: &SetPolicies,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<(Vec<ProductVariantId>, WarehouseId)>, TxError> {
    let named: Vec<_> = command.lines.iter().map(|line| &line.variant).collect();
    let found = variants::find_variants(tx.conn(), &named).await?;
    let places = warehouses::find_and_hold(tx.conn(), &[&command.warehouse]).await?;
    let path = Path::input().at("warehouse");
    let place = warehouse_rules::usable(&places, &command.warehouse, &path);
    let place = place
        .map_err(|reason| rejections.extend(reason))
        .ok()
        .map(|place| place.id);
    match rules::resolve(&command.lines, &found) {
        Ok(ids) => Ok(place.map(|place| (ids, place))),
        Err(more) => {
            rejections.extend(more);
            Ok(None)
        }
    }
}
