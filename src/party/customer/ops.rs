//! What can be done with customers: create, archive.

use entity::party::customer::Model;
use entity::vocab::{CurrencyCode, CustomerId, Instant, RecordStatus};
use futures_util::future::BoxFuture;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::text_key::text_key;

/// A customer to be made.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its id.
    pub id: CustomerId,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
}

impl Create {
    fn row(&self, now: Instant, currency: CurrencyCode) -> Model {
        Model {
            id: self.id,
            code: self.code.clone(),
            code_key: text_key(&self.code),
            name: self.name.clone(),
            name_key: text_key(&self.name),
            group_id: None,
            price_list_id: None,
            payment_terms_id: None,
            currency: currency.code().to_owned(),
            credit_limit: None,
            tax_id: None,
            is_tax_exempt: false,
            note: None,
            status: RecordStatus::Active,
            external_id: self.external_id.clone(),
            metadata: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// Makes a customer.
///
/// # Errors
/// [`command::Refusal`].
pub async fn create(app: &App, envelope: Envelope<Create>) -> Verdict {
    envelope.call.actor.require(Scope::CustomersWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Create>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let code = Reference::Key(text_key(&command.code));
        let external_id = command.external_id.clone().map(Reference::ExternalId);
        let taken_by: Vec<&Reference<CustomerId>> =
            std::iter::once(&code).chain(&external_id).collect();
        let rivals = store::find(tx.conn(), &taken_by).await?;
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_unique(command, &rivals));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        store::insert(tx.conn(), command.row(tx.now(), app.company.base_currency)).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

/// A customer to be archived.
#[derive(Clone, Debug)]
pub struct Archive {
    /// Which one.
    pub customer: Reference<CustomerId>,
}

/// Archives a customer: kept for history, refused in new documents.
///
/// # Errors
/// [`command::Refusal`].
pub async fn archive(app: &App, envelope: Envelope<Archive>) -> Verdict {
    envelope.call.actor.require(Scope::CustomersWrite)?;
    command::run(app, envelope, handle_archive).await
}

fn handle_archive<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Archive>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = store::find(tx.conn(), &[&command.customer]).await?;
        let mut rejections = call.complaints.clone();
        match rules::archive(&found, &command.customer) {
            Ok(id) if rejections.is_empty() => {
                store::archive(tx.conn(), id, tx.now()).await?;
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
