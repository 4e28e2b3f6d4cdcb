//! What can be done with tax classes: create, set a rate, archive.

use chrono::NaiveDate;
use entity::catalog::{tax_class, tax_rate};
use entity::vocab::{Rate, RecordStatus, TaxClassId};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::metadata;
use crate::platform::reference::Reference;
use crate::platform::text_key::text_key;

/// A tax class to be made.
#[derive(Clone, Debug)]
pub struct CreateTaxClass {
    /// Its id.
    pub id: TaxClassId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is taxed with.
    pub rate: Rate,
    /// From which day on.
    pub valid_from: NaiveDate,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

/// What a class is taxed with from a day on.
#[derive(Clone, Debug)]
pub struct SetTaxRate {
    /// The class.
    pub tax_class: Reference<TaxClassId>,
    /// From which day on.
    pub valid_from: NaiveDate,
    /// What it is taxed with.
    pub rate: Rate,
}

/// Which class is to be archived.
#[derive(Clone, Debug)]
pub struct ArchiveTaxClass {
    /// The class.
    pub tax_class: Reference<TaxClassId>,
}

/// Makes a tax class with its first rate.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<CreateTaxClass>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle_create).await
}

/// Sets a rate. Documents that were posted keep theirs.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn set_rate(app: &App, envelope: Envelope<SetTaxRate>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle_set_rate).await
}

/// Archives a tax class.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn archive(app: &App, envelope: Envelope<ArchiveTaxClass>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle_archive).await
}

type Handled<'t> = BoxFuture<'t, Result<Done, TxError>>;

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateTaxClass>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let code = Reference::Key(text_key(&command.code));
        let external_id = command.external_id.clone().map(Reference::ExternalId);
        let taken_by: Vec<_> = std::iter::once(&code).chain(&external_id).collect();
        let rivals = store::find(tx.conn(), &taken_by).await?;
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_unique(command, &rivals));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let row = tax_class::Model {
            id: command.id,
            code: command.code.clone(),
            code_key: text_key(&command.code),
            name: command.name.clone(),
            status: RecordStatus::Active,
            external_id: command.external_id.clone(),
            metadata: command.metadata.clone(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        metadata::insert(tx.conn(), [(row.id.0, row.metadata.as_ref())]).await?;
        store::insert(tx.conn(), row).await?;
        let rate = tax_rate::Model {
            tax_class_id: command.id,
            valid_from: command.valid_from,
            rate: command.rate,
        };
        store::set_rate(tx.conn(), rate).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

fn handle_set_rate<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<SetTaxRate>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let found = store::find(tx.conn(), &[&command.tax_class]).await?;
        let class = rules::in_use(&found, &command.tax_class);
        let class = class.map_err(|reasons| rejections.extend(reasons)).ok();
        let Some(class) = class.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let row = tax_rate::Model {
            tax_class_id: class.id,
            valid_from: command.valid_from,
            rate: command.rate,
        };
        store::touch(tx.conn(), class.id, class.status, tx.now()).await?;
        store::set_rate(tx.conn(), row).await?;
        Ok(Done::accepted(class.id.0, Vec::new()))
    })
}

fn handle_archive<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ArchiveTaxClass>],
) -> Handled<'t> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let found = store::find(tx.conn(), &[&command.tax_class]).await?;
        let class = rules::in_use(&found, &command.tax_class);
        let class = class.map_err(|reasons| rejections.extend(reasons)).ok();
        let Some(class) = class.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        store::touch(tx.conn(), class.id, RecordStatus::Archived, tx.now()).await?;
        Ok(Done::accepted(class.id.0, Vec::new()))
    })
}
