//! Creating drafts, and throwing them away.

use std::sync::Arc;

use entity::vocab::{NumberKind, SalesOrderId, SalesOrderStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::reprice;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict, Written};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::numbering;
use crate::platform::reference::Reference;
use crate::sales::order::document::{self, NewOrder};
use crate::sales::order::places::Purpose;
use crate::sales::order::pricing;
use crate::sales::order::rules::Transition;
use crate::sales::order::{load, locked, store};

/// Creates a draft.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<NewOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<NewOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let base = app.company.base_currency;
        let found = load::find_references(tx.conn(), &[command], base).await?;
        let priced = pricing::price(command, &found, base, Purpose::Offer);
        rejections.extend(reprice::check_validity(
            command.details.valid_until,
            command.date,
        ));
        let priced = priced.map_err(|more| rejections.extend(more));
        let Some(priced) = priced.ok().filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let numbers = numbering::take(tx, NumberKind::SalesOrder, &[command.date]).await?;
        let number = numbers.into_iter().next().expect("one date, one number");
        let state = (number, SalesOrderStatus::Draft);
        let order = document::order_row(tx, call, (command, &priced), state);
        let lines = document::line_rows(command.id, (&command.lines, &priced.lines), 0);
        let event = NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.created",
            schema_version: 1,
            subject_id: order.id.0,
            facts: json!({ "customerId": order.customer_id, "net": order.net }).to_string(),
        };
        store::insert(tx, vec![order], lines).await?;
        Ok(Done::accepted(command.id.0, vec![event]))
    })
}

/// A draft to be thrown away.
#[derive(Clone, Debug)]
pub struct DeleteOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
}

/// Deletes a draft; its number stays unused.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn delete(app: &App, envelope: Envelope<DeleteOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle_delete).await
}

fn handle_delete<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<DeleteOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let step = (Transition::Delete, app.company.day(tx.now()));
        let found = locked::lock_for(tx, (&command.order, None), step, &mut rejections).await?;
        let Some(found) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        store::delete(tx.conn(), found.order.id).await?;
        let id = found.order.id.0;
        let mut done = Done::accepted(id, vec![deleted(call, id, &found.order.number)]);
        done.written.push((id, Arc::new(found.order) as Written));
        Ok(done)
    })
}

fn deleted(call: &Call, id: uuid::Uuid, number: &str) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "sales_order.deleted",
        schema_version: 1,
        subject_id: id,
        facts: json!({ "number": number }).to_string(),
    }
}
