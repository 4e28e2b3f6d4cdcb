//! What can be done with payment terms: create, update. Documents keep the due dates they were
//! posted with, so a change concerns later ones only.

use entity::party::payment_terms::{Entity, Model};
use entity::vocab::{Instant, PaymentTermsId, Rate, RecordStatus};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::changes;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::master;
use crate::platform::text_key::text_key;

/// The input field that names what is changed.
pub const FIELD: &str = "paymentTerms";

/// A part of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instalment {
    /// Which share of it, above 0 and at most 1.
    pub share: Rate,
    /// Days after the document's date.
    pub days: i32,
    /// Whether it is due at the end of the month that day lies in.
    pub is_end_of_month: bool,
}

/// What is to be different; `None` where a field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The short code.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// All instalments.
    pub instalments: Option<Vec<Instalment>>,
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

/// Payment terms to be made or changed.
#[derive(Clone, Debug)]
pub struct Save {
    /// Those to be changed, or the id of new ones.
    pub target: master::Target<PaymentTermsId>,
    /// What is to be different.
    pub changes: Changes,
}

fn fresh(id: PaymentTermsId, now: Instant) -> Model {
    Model {
        id,
        code: String::new(),
        code_key: String::new(),
        name: String::new(),
        status: RecordStatus::Active,
        external_id: None,
        metadata: None,
        created_at: now,
        updated_at: now,
        version: 0,
    }
}

/// Makes or changes payment terms.
///
/// # Errors
/// [`command::Refusal`].
pub async fn save(app: &App, envelope: Envelope<Save>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
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
        row.updated_at = tx.now();
        row.version += 1;
        rejections.extend(master::check_claims::<Entity>(tx, &row).await?);
        let instalments = command.changes.instalments.as_deref();
        rejections.extend(instalments.and_then(rules::check));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let id = row.id;
        let done = changes::done(id.0, &before, &row, before.version == 0);
        let metadata = (before.metadata.as_ref(), row.metadata.clone());
        master::write::<Entity>(tx, (metadata.0, metadata.1.as_ref()), row).await?;
        if let Some(instalments) = instalments {
            store::replace_instalments(tx.conn(), id, instalments).await?;
        }
        Ok(done)
    })
}
