//! What can be done with price lists: create, update, archive.

use entity::catalog::price_list::{ActiveModel, Entity, Model};
use entity::vocab::{CurrencyCode, Instant, PriceListId, RecordStatus};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::metadata;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// A price list to be made.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its id.
    pub id: PriceListId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: CurrencyCode,
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
            currency: self.currency.code().to_owned(),
            status: RecordStatus::Active,
            external_id: self.external_id.clone(),
            metadata: self.metadata.clone(),
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// Makes a price list.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<Create>) -> Verdict {
    envelope.call.actor.require(Scope::PricesWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Create>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let claims = rules::claims(command);
        let rivals = store::find(tx.conn(), &claims.iter().collect::<Vec<_>>()).await?;
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_unique(command, &rivals));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let kept = [(command.id.0, command.metadata.as_ref())];
        metadata::insert(tx.conn(), kept).await?;
        store::insert(tx.conn(), command.row(tx.now())).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

/// A price list that is to change; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct Update {
    /// Which one.
    pub list: Reference<PriceListId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// Its name.
    pub name: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<Option<String>>,
    /// What a partner keeps beside it.
    pub metadata: Option<Option<Json>>,
    /// Whether it no longer applies.
    pub archive: bool,
}

/// Changes a price list, or archives it.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<Update>) -> Verdict {
    envelope.call.actor.require(Scope::PricesWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Update>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let expected = (&command.list, command.expected_version);
        let Some(list) = lock(tx, expected, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        if let Some(Some(id)) = &command.external_id {
            let claim = Reference::ExternalId(id.clone());
            let rivals = store::find(tx.conn(), &[&claim]).await?;
            rejections.extend(taken(&rivals, &list));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let mut changed = ActiveModel::default();
        if let Some(name) = &command.name {
            changed.name = store::to(name.clone());
        }
        if let Some(id) = &command.external_id {
            changed.external_id = store::to(id.clone());
        }
        if let Some(after) = &command.metadata {
            let before = list.metadata.as_ref();
            metadata::write(tx.conn(), list.id.0, before, after.as_ref()).await?;
            changed.metadata = store::to(after.clone());
        }
        if command.archive {
            changed.status = store::to(RecordStatus::Archived);
        }
        store::update(tx.conn(), list.id, changed, tx.now()).await?;
        Ok(Done::accepted(list.id.0, Vec::new()))
    })
}

fn taken(rivals: &[Model], own: &Model) -> Option<Rejection> {
    let rival = rivals.iter().find(|rival| rival.id != own.id)?;
    let existing = rival.id.to_string();
    let field = "external id";
    let problem = Problem::Duplicate { field, existing };
    Some(Rejection::new(Path::input().at("externalId"), problem))
}

/// Locks the active list that a reference names, at the version the caller expects.
///
/// # Errors
/// The database's.
pub(super) async fn lock(
    tx: &Tx,
    (reference, expected_version): (&Reference<PriceListId>, Option<i64>),
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Model>, TxError> {
    let path = Path::input().at("priceList");
    let Some(list) = find_and_lock::<Entity>(tx.conn(), reference).await? else {
        if *reference != Reference::Unusable {
            rejections.push(Rejection::new(path, Problem::NotFound("price list")));
        }
        return Ok(None);
    };
    rejections.extend(rules::check_active(&list, &path).err());
    rejections.extend(check_version(expected_version, list.version).err());
    Ok(Some(list))
}
