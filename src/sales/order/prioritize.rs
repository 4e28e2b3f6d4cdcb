//! Giving an order another priority: whose turn it is when stock comes.

use entity::vocab::SalesOrderId;
use futures_util::future::BoxFuture;
use serde_json::json;

use super::locked;
use super::rules::Transition;
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::stock::ledger::{self, Needs, Plan, StockCause};

/// An order that is to have another priority.
#[derive(Clone, Debug)]
pub struct PrioritizeOrder {
    /// Which one.
    pub order: Reference<SalesOrderId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// From 0 to 9; the highest is served first.
    pub priority: i32,
}

/// Gives an order another priority. What others hold already stays theirs.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn prioritize(app: &App, envelope: Envelope<PrioritizeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<PrioritizeOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::Prioritize, today);
        let wanted = (&command.order, command.expected_version);
        let found = locked::lock_for(tx, wanted, step, &mut rejections).await?;
        let Some(found) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let posting = locked::posting(tx, call, today);
        // Under the locks of the levels: whoever brings stock to one of them shares it out by the
        // priorities of before or by those of now.
        let plan = Plan::of_demands(tx, found.demands(), Needs::Levels).await?;
        let mut book = ledger::load(tx, &plan, posting).await?;
        for demand in &plan.demands {
            for id in book.active_of(*demand) {
                book.prioritize(id, command.priority, tx.now());
            }
        }
        let mut order = found.order;
        book.end_command(posting, StockCause::SalesOrder(order.id));
        order.priority = command.priority;
        store::save(tx.conn(), order.clone(), Vec::new(), tx.now()).await?;
        ledger::record(tx, &book).await?;
        let events = vec![NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.prioritized",
            schema_version: 1,
            subject_id: order.id.0,
            facts: json!({ "number": order.number, "priority": order.priority }).to_string(),
        }];
        Ok(ledger::done(call, order.id.0, events, book))
    })
}
