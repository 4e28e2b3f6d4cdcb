//! What the use cases of purchase orders share: locking one in a state, saving it, telling of it.

use entity::purchasing::{purchase_order, purchase_order_line};
use entity::vocab::PurchaseOrderId;
use serde_json::json;

use super::rules;
use super::store;
use super::transitions::{self, Step};
use crate::platform::app::App;
use crate::platform::command::Call;
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::Posting;

/// An order that is to take a step.
#[derive(Clone, Debug)]
pub struct ChangeOrder {
    /// Which one.
    pub order: Reference<PurchaseOrderId>,
    /// Why, where that is asked for.
    pub reason: Option<String>,
    /// Whether quantities may be other than the supplier sells.
    pub ignore_minimums: bool,
}

/// Locks an order when its state allows the step; and everything that is wrong so far.
pub(in crate::purchasing) async fn lock(
    tx: &Tx,
    call: &Call,
    reference: &Reference<PurchaseOrderId>,
    step: Step,
) -> Result<(Option<purchase_order::Model>, Vec<Rejection>), TxError> {
    let mut rejections = call.complaints.clone();
    let order = find_and_lock::<purchase_order::Entity>(tx.conn(), reference).await?;
    if order.is_none() && *reference != Reference::Unusable {
        let path = Path::input().at("purchaseOrder");
        rejections.push(Rejection::new(path, Problem::NotFound("purchase order")));
    }
    let order = order.and_then(|order| {
        let checked = transitions::check(&order, step);
        let order = checked.is_ok().then_some(order);
        rejections.extend(checked.err());
        order
    });
    Ok((order, rejections))
}

/// Under whose name and when something is posted, for today.
pub(super) fn posting(app: &App, tx: &Tx, call: &Call) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: app.company.day(tx.now()),
        now: tx.now(),
    }
}

/// Writes a changed order, with what follows from its lines.
pub(in crate::purchasing) async fn save(
    tx: &Tx,
    mut order: purchase_order::Model,
    lines: &[purchase_order_line::Model],
) -> Result<purchase_order::Model, TxError> {
    order.receiving = rules::receiving(lines);
    order.due_on = rules::due_on(order.status, lines);
    order.updated_at = tx.now();
    order.version += 1;
    store::save(tx.conn(), order.clone()).await?;
    Ok(order)
}

/// The event that tells what happened to an order.
pub(in crate::purchasing) fn changed(
    call: &Call,
    order: &purchase_order::Model,
    step: &str,
) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "purchase_order.changed",
        schema_version: 1,
        subject_id: order.id.0,
        facts: json!({
            "number": order.number,
            "step": step,
            "status": order.status,
            "receiving": order.receiving,
            "billing": order.billing,
        })
        .to_string(),
    }
}
