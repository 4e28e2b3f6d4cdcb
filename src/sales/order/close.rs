//! Closing an order by hand: what is still open is given up, and serves who waits.

use entity::sales::sales_order_line;
use entity::vocab::{ReservationState, SalesOrderId, SalesOrderStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::locked::{self, Locked};
use super::rules::{self, Transition};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::stock::ledger::{self, Book, Needs, Plan, Posting, StockCause};

/// An order to be closed.
#[derive(Clone, Debug)]
pub struct CloseOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
}

/// Closes an order; nobody waits for the rest of it any longer.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn close(app: &App, envelope: Envelope<CloseOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CloseOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::Close, today);
        let found = locked::lock_for(tx, (&command.order, None), step, &mut rejections).await?;
        let Some(mut found) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = locked::posting(tx, call, today);
        let book = release_all(tx, posting, &found).await?;
        for line in &mut found.lines {
            line.closed.0 += rules::open_quantity(line).0;
        }
        let order = &mut found.order;
        order.status = SalesOrderStatus::Closed;
        store::save(tx.conn(), order.clone(), found.lines.clone(), tx.now()).await?;
        ledger::record(tx, &book).await?;
        let events = vec![event(call, &found, &found.lines)];
        Ok(ledger::done(call, found.order.id.0, events, book))
    })
}

/// Gives up everything that an order holds and waits for.
///
/// # Errors
/// The database's.
pub(super) async fn release_all(
    tx: &Tx,
    posting: Posting,
    found: &Locked,
) -> Result<Book, TxError> {
    let plan = Plan::of_demands(tx, found.demands(), Needs::Waiting).await?;
    let mut book = ledger::load(tx, &plan, posting).await?;
    for demand in &plan.demands {
        for id in book.active_of(*demand) {
            book.release(posting, id, ReservationState::Released);
        }
    }
    book.end_command(posting, StockCause::SalesOrder(found.order.id));
    Ok(book)
}

fn event(call: &Call, found: &Locked, lines: &[sales_order_line::Model]) -> NewEvent {
    let given_up = lines.iter().any(|line| line.closed.is_positive());
    NewEvent {
        operation_id: call.operation_id,
        kind: "sales_order.closed",
        schema_version: 1,
        subject_id: found.order.id.0,
        facts: json!({ "number": found.order.number, "shortClosed": given_up }).to_string(),
    }
}
