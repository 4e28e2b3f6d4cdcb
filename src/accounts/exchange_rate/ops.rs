//! Setting what a currency is worth.

use chrono::NaiveDate;
use entity::accounts::exchange_rate;
use entity::vocab::{CurrencyCode, ExchangeRate, ExchangeRateId};
use futures_util::future::BoxFuture;

use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::rejection::{Path, Rejection};

/// What a currency is worth from a day on.
#[derive(Clone, Debug)]
pub struct SetRate {
    /// Its id, when there is none for that day.
    pub id: ExchangeRateId,
    /// The currency; none when it was not readable.
    pub currency: Option<CurrencyCode>,
    /// From which day on.
    pub valid_from: NaiveDate,
    /// What one unit is worth in the base currency.
    pub rate: ExchangeRate,
}

/// Sets a rate. Documents that were posted keep theirs.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn set(app: &App, envelope: Envelope<SetRate>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<SetRate>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        if command.currency == Some(app.company.base_currency) {
            let message = "Is the company's own currency, which is worth 1 of itself.";
            rejections.push(Rejection::invalid(Path::input().at("currency"), message));
        }
        let Some(currency) = command.currency.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let row = exchange_rate::Model {
            id: command.id,
            currency: currency.code().to_owned(),
            valid_from: command.valid_from,
            rate: command.rate,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        let row = store::set(tx.conn(), row).await?;
        Ok(Done::accepted(row.id.0, Vec::new()))
    })
}
