//! What can be done with warehouses: create, archive.

use entity::stock::warehouse::{Entity, Model};
use entity::vocab::{Instant, RecordStatus, WarehouseId};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::master;
use crate::platform::metadata;
use crate::platform::reference::Reference;
use crate::platform::text_key::text_key;

/// A warehouse to be made.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its id.
    pub id: WarehouseId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

impl Create {
    fn row(&self, now: Instant) -> Model {
        Model {
            id: self.id,
            code: self.code.clone(),
            code_key: text_key(&self.code),
            name: self.name.clone(),
            status: RecordStatus::Active,
            external_id: self.external_id.clone(),
            metadata: self.metadata.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// Makes a warehouse.
///
/// # Errors
/// [`command::Refusal`].
pub async fn create(app: &App, envelope: Envelope<Create>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Create>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let row = command.row(tx.now());
        let mut rejections = call.complaints.clone();
        rejections.extend(master::check_claims::<Entity>(tx, &row).await?);
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        metadata::insert(tx.conn(), [(row.id.0, row.metadata.as_ref())]).await?;
        master::insert::<Entity>(tx.conn(), row).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
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
