//! What can be done with customer groups: create, update.

use entity::catalog::price_list;
use entity::party::customer_group::{Entity, Model};
use entity::party::payment_terms;
use entity::vocab::{CustomerGroupId, Instant, PaymentTermsId, PriceListId, RecordStatus};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::master;
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;
use crate::platform::text_key::text_key;

/// The input field that names what is changed.
pub const FIELD: &str = "customerGroup";

/// What is to be different; `None` where a field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The short code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The payment terms of its customers who have none of their own.
    pub payment_terms: Option<Option<Reference<PaymentTermsId>>>,
    /// The price list.
    pub price_list: Option<Option<Reference<PriceListId>>>,
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
        if let Some(external_id) = &self.external_id {
            row.external_id.clone_from(external_id);
        }
        if let Some(metadata) = &self.metadata {
            row.metadata.clone_from(metadata);
        }
    }
}

/// A customer group to be made or changed.
#[derive(Clone, Debug)]
pub struct Save {
    /// The one to be changed, or the id of a new one.
    pub target: master::Target<CustomerGroupId>,
    /// What is to be different.
    pub changes: Changes,
}

fn fresh(id: CustomerGroupId, now: Instant) -> Model {
    Model {
        id,
        code: String::new(),
        code_key: String::new(),
        name: String::new(),
        price_list_id: None,
        payment_terms_id: None,
        status: RecordStatus::Active,
        external_id: None,
        metadata: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// Makes or changes a customer group.
///
/// # Errors
/// [`command::Refusal`].
pub async fn save(app: &App, envelope: Envelope<Save>) -> Verdict {
    envelope.call.actor.require(Scope::CustomersWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<Save>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
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
        let path = Path::input().at("paymentTerms");
        let terms = command.changes.payment_terms.as_ref();
        let terms = master::change::<payment_terms::Entity>(tx, terms, &path).await?;
        match terms {
            Ok(Some(terms)) => row.payment_terms_id = terms,
            Ok(None) => {}
            Err(reason) => rejections.extend(reason),
        }
        let path = Path::input().at("priceList");
        let list = command.changes.price_list.as_ref();
        match master::change::<price_list::Entity>(tx, list, &path).await? {
            Ok(Some(list)) => row.price_list_id = list,
            Ok(None) => {}
            Err(reason) => rejections.extend(reason),
        }
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
