//! Cancelling an order: what it held becomes free, and serves who waits.

use entity::vocab::{SalesOrderId, SalesOrderStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::rules::Transition;
use super::{close, locked, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::stock::ledger;

/// An order to be cancelled.
#[derive(Clone, Debug)]
pub struct CancelOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
}

/// Cancels an order of which nothing was shipped.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn cancel(app: &App, envelope: Envelope<CancelOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CancelOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::Cancel, today);
        let found = locked::lock_for(tx, (&command.order, None), step, &mut rejections).await?;
        let Some(found) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = locked::posting(tx, call, today);
        let book = close::release_all(tx, posting, &found).await?;
        let mut order = found.order;
        order.status = SalesOrderStatus::Cancelled;
        store::save(tx.conn(), order.clone(), Vec::new(), tx.now()).await?;
        ledger::record(tx, &book).await?;
        let events = vec![NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.cancelled",
            schema_version: 1,
            subject_id: order.id.0,
            facts: json!({ "number": order.number }).to_string(),
        }];
        Ok(ledger::done(call, order.id.0, events, book))
    })
}
