//! What can be done with categories: create, update.

use entity::catalog::category::{Entity, Model};
use entity::vocab::{CategoryId, Instant};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::master;
use crate::platform::metadata;
use crate::platform::reference::{self, Reference, find_and_lock};
use crate::platform::rejection::{Path, Rejection};
use crate::platform::text_key::text_key;

/// The input field that names what is changed.
pub const FIELD: &str = "category";

/// What is to be different; `None` where a field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The branch it grows from.
    pub parent: Option<Option<Reference<CategoryId>>>,
    /// The short code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Its place among its siblings.
    pub position: Option<i32>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What a partner keeps beside it.
    pub metadata: Option<Option<Json>>,
}

/// A category to be made or changed.
#[derive(Clone, Debug)]
pub struct Save {
    /// The one to be changed, or the id of a new one.
    pub target: master::Target<CategoryId>,
    /// What is to be different.
    pub changes: Changes,
}

fn fresh(id: CategoryId, now: Instant) -> Model {
    Model {
        id,
        parent_id: None,
        code: String::new(),
        code_key: String::new(),
        name: String::new(),
        position: 0,
        external_id: None,
        metadata: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// Makes or changes a category.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn save(app: &App, envelope: Envelope<Save>) -> Verdict {
    envelope.call.actor.require(Scope::ProductsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<Save>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let tree = match &command.changes.parent {
            Some(_) => store::lock_tree(tx.conn()).await?,
            None => Vec::new(),
        };
        let Some(before) = begin(tx, &command.target, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut row = before.clone();
        apply(&command.changes, &mut row);
        if let Some(parent) = &command.changes.parent {
            match found_parent(parent.as_ref(), &tree) {
                Ok(parent) => {
                    rejections.extend(rules::check_parent(row.id, parent, &tree).err());
                    row.parent_id = parent;
                }
                Err(reason) => rejections.extend(reason),
            }
        }
        let claims = master::claims(&row.code_key, row.external_id.as_deref());
        let rivals = store::find(tx.conn(), &claims.iter().collect::<Vec<_>>()).await?;
        rejections.extend(rules::check_taken(&row, &rivals));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        row.updated_at = tx.now();
        row.version += 1;
        let id = row.id.0;
        if let Some(metadata) = &command.changes.metadata {
            let before = std::mem::replace(&mut row.metadata, metadata.clone());
            metadata::write(tx.conn(), id, before.as_ref(), metadata.as_ref()).await?;
        }
        let done = changes::done(id, &before, &row, before.version == 0);
        store::write(tx.conn(), row).await?;
        Ok(done)
    })
}

async fn begin(
    tx: &Tx,
    target: &master::Target<CategoryId>,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Model>, TxError> {
    let (record, expected) = match target {
        master::Target::New(id) => return Ok(Some(fresh(*id, tx.now()))),
        master::Target::Existing {
            record,
            expected_version,
        } => (record, *expected_version),
    };
    let found = find_and_lock::<Entity>(tx.conn(), record).await?;
    let found: Vec<Model> = found.into_iter().collect();
    match reference::find(&found, record, &Path::input().at(FIELD)) {
        Ok(row) => {
            rejections.extend(check_version(expected, row.version).err());
            Ok(Some(row.clone()))
        }
        Err(reason) => {
            rejections.extend(reason);
            Ok(None)
        }
    }
}

fn apply(changes: &Changes, row: &mut Model) {
    if let Some(code) = &changes.code {
        row.code.clone_from(code);
        row.code_key = text_key(code);
    }
    if let Some(name) = &changes.name {
        row.name.clone_from(name);
    }
    row.position = changes.position.unwrap_or(row.position);
    if let Some(external_id) = &changes.external_id {
        row.external_id.clone_from(external_id);
    }
}

fn found_parent(
    wanted: Option<&Reference<CategoryId>>,
    tree: &[Model],
) -> Result<Option<CategoryId>, Option<Rejection>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let path = Path::input().at("parent");
    reference::find(tree, wanted, &path).map(|row| Some(row.id))
}
