//! What can be done with suppliers: create, update.

use entity::party::payment_terms;
use entity::party::supplier::{Entity, Model};
use entity::vocab::{CurrencyCode, Instant, PaymentTermsId, RecordStatus, SearchKind, SupplierId};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::party::details::store::{self as details, Details, Party};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::platform::text_key::text_key;
use crate::platform::{master, search};

/// The input field that names what is changed.
pub const FIELD: &str = "supplier";

/// What is to be different; `None` where a field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The short code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The currency of its documents.
    pub currency: Option<CurrencyCode>,
    /// When it is paid.
    pub payment_terms: Option<Option<Reference<PaymentTermsId>>>,
    /// Days from an order to its goods.
    pub lead_time_days: Option<Option<i32>>,
    /// The number it is taxed under.
    pub tax_id: Option<Option<String>>,
    /// A remark.
    pub note: Option<Option<String>>,
    /// Contacts and addresses.
    pub details: Details,
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
            row.name_key = text_key(name);
        }
        if let Some(currency) = self.currency {
            currency.code().clone_into(&mut row.currency);
        }
        if let Some(days) = self.lead_time_days {
            row.lead_time_days = days;
        }
        if let Some(tax_id) = &self.tax_id {
            row.tax_id.clone_from(tax_id);
        }
        if let Some(note) = &self.note {
            row.note.clone_from(note);
        }
        if let Some(external_id) = &self.external_id {
            row.external_id.clone_from(external_id);
        }
        if let Some(metadata) = &self.metadata {
            row.metadata.clone_from(metadata);
        }
    }
}

/// A supplier to be made or changed.
#[derive(Clone, Debug)]
pub struct Save {
    /// The one to be changed, or the id of a new one.
    pub target: master::Target<SupplierId>,
    /// What is to be different.
    pub changes: Changes,
}

fn fresh(id: SupplierId, currency: CurrencyCode, now: Instant) -> Model {
    Model {
        id,
        code: String::new(),
        code_key: String::new(),
        name: String::new(),
        name_key: String::new(),
        currency: currency.code().to_owned(),
        payment_terms_id: None,
        lead_time_days: None,
        tax_id: None,
        note: None,
        status: RecordStatus::Active,
        external_id: None,
        metadata: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// Makes or changes a supplier.
///
/// # Errors
/// [`command::Refusal`].
pub async fn save(app: &App, envelope: Envelope<Save>) -> Verdict {
    envelope.call.actor.require(Scope::SuppliersWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<Save>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let begun = (FIELD, &mut rejections);
        let fresh = |id| fresh(id, app.company.base_currency, tx.now());
        let Some(before) = master::begin::<Entity>(tx, &command.target, begun, fresh).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut row = before.clone();
        command.changes.apply(&mut row);
        rejections.extend(refer(tx, &command.changes, &mut row).await?);
        row.updated_at = tx.now();
        row.version += 1;
        rejections.extend(master::check_claims::<Entity>(tx, &row).await?);
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        write(tx, &before, row.clone(), &command.changes).await?;
        Ok(changes::done(row.id.0, &before, &row, before.version == 0))
    })
}

/// Resolves what it refers to.
async fn refer(tx: &Tx, changes: &Changes, row: &mut Model) -> Result<Vec<Rejection>, TxError> {
    let mut rejections = Vec::new();
    let path = Path::input().at("paymentTerms");
    let wanted = changes.payment_terms.as_ref();
    match master::change::<payment_terms::Entity>(tx, wanted, &path).await? {
        Ok(Some(terms)) => row.payment_terms_id = terms,
        Ok(None) => {}
        Err(reason) => rejections.extend(reason),
    }
    Ok(rejections)
}

async fn write(tx: &Tx, before: &Model, row: Model, changes: &Changes) -> Result<(), TxError> {
    let (party, is_new) = (Party::Supplier(row.id), row.version == 1);
    let (id, names) = (row.id.0, [row.code.clone(), row.name.clone()]);
    let metadata = (before.metadata.as_ref(), row.metadata.clone());
    master::write::<Entity>(tx, (metadata.0, metadata.1.as_ref()), row).await?;
    details::replace(tx.conn(), party, &changes.details, is_new).await?;
    let mut texts = details::texts(tx.conn(), party).await?;
    texts.extend(names);
    let texts = texts.iter().map(String::as_str);
    search::index(tx.conn(), SearchKind::Supplier, [(id, texts)]).await?;
    Ok(())
}
