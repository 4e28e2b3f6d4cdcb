//! Cancelling an order: what it held becomes free, and serves who waits.

use entity::sales::sales_order;
use entity::vocab::{ReservationState, SalesOrderId, SalesOrderStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{self, Demand, Needs, Plan, Posting, StockCause};

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
        let path = Path::input().at("salesOrder");
        let mut rejections = call.complaints.clone();
        let order = find_and_lock::<sales_order::Entity>(tx.conn(), &command.order).await?;
        let Some(order) = order else {
            if command.order != Reference::Unusable {
                rejections.push(Rejection::new(path, Problem::NotFound("sales order")));
            }
            return Ok(Done::refused(rejections));
        };
        rejections.extend(rules::cancel(&order, &path).err());
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: app.company.day(tx.now()),
            now: tx.now(),
        };
        let lines = store::lines(tx.conn(), order.id).await?;
        let demands: Vec<Demand> = lines
            .iter()
            .map(|line| Demand::OrderLine(line.id))
            .collect();
        let plan = Plan::of_demands(tx, demands, Needs::Waiting).await?;
        let mut book = ledger::load(tx, &plan, posting).await?;
        for demand in &plan.demands {
            for id in book.active_of(*demand) {
                book.release(posting, id, ReservationState::Released);
            }
        }
        book.end_command(posting, StockCause::SalesOrder(order.id));
        let status = SalesOrderStatus::Cancelled;
        store::set_status(tx.conn(), order.id, status, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let mut events = vec![NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.cancelled",
            schema_version: 1,
            subject_id: order.id.0,
            facts: json!({ "number": order.number }),
        }];
        events.extend(book.take_events());
        Ok(Done::accepted(order.id.0, events))
    })
}
