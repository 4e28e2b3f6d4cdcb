//! What can be done with warehouses: create, update, archive.

use entity::stock::warehouse::{Entity, Model};
use entity::vocab::{Instant, RecordStatus, WarehouseId};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::master;
use crate::platform::reference::Reference;
use crate::platform::text_key::text_key;

/// The input field that names what is changed.
pub const FIELD: &str = "warehouse";
/// The priority of a warehouse that got no other; the lowest number has its turn first.
pub const PRIORITY_DEFAULT: i32 = 100;
/// The highest number of a priority; the lowest is 0.
pub const PRIORITY_MAX: i32 = 9_999;

/// What is to be different; `None` where a field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The short code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Its turn when warehouses are chosen.
    pub priority: Option<i32>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What partners keep beside it.
    pub metadata: Option<Option<Json>>,
}

impl Changes {
    fn apply(&self, row: &mut Model) {
        if let Some(code) = &self.code {
            row.code.clone_from(code);
            row.code_key = text_key(code);
        }
        if let Some(name) = &self.name {
            row.name.clone_from(name);
        }
        row.priority = self.priority.unwrap_or(row.priority);
        if let Some(external_id) = &self.external_id {
            row.external_id.clone_from(external_id);
        }
        if let Some(metadata) = &self.metadata {
            row.metadata.clone_from(metadata);
        }
    }
}

/// A warehouse to be made or changed.
#[derive(Clone, Debug)]
pub struct Save {
    /// The one to be changed, or the id of a new one.
    pub target: master::Target<WarehouseId>,
    /// What is to be different.
    pub changes: Changes,
}

fn fresh(id: WarehouseId, now: Instant) -> Model {
    Model {
        id,
        code: String::new(),
        code_key: String::new(),
        name: String::new(),
        status: RecordStatus::Active,
        priority: PRIORITY_DEFAULT,
        external_id: None,
        metadata: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// Makes or changes a warehouse.
///
/// # Errors
/// [`command::Refusal`].
pub async fn save(app: &App, envelope: Envelope<Save>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_save).await
}

fn handle_save<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Save>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let begun = (FIELD, &mut rejections);
        let fresh = |id| fresh(id, tx.now());
        let Some(before) = master::begin::<Entity>(tx, &command.target, begun, fresh).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut row = before.clone();
        command.changes.apply(&mut row);
        row.updated_at = tx.now();
        row.version += 1;
        rejections.extend(master::check_claims::<Entity>(tx, &row).await?);
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let done = changes::done(row.id.0, &before, &row, before.version == 0);
        let metadata = (before.metadata.as_ref(), row.metadata.clone());
        master::write::<Entity>(tx, (metadata.0, metadata.1.as_ref()), row).await?;
        Ok(done)
    })
}

/// A warehouse to be archived.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Which one.
    pub warehouse: Reference<WarehouseId>,
}

/// Archives a warehouse: kept for history, refused in new documents.
///
/// # Errors
/// [`command::Refusal`].
pub async fn archive(app: &App, envelope: Envelope<Archive>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_archive).await
}

fn handle_archive<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Archive>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = store::find_to_archive(tx.conn(), &command.warehouse).await?;
        let ids: Vec<_> = found.iter().map(|row| row.id).collect();
        let is_empty = store::holds_nothing(tx.conn(), ids).await?;
        let mut rejections = call.complaints.clone();
        match rules::archive(&found, &command.warehouse, is_empty) {
            Ok(id) if rejections.is_empty() => {
                master::set_archived::<Entity>(tx.conn(), id, tx.now()).await?;
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
