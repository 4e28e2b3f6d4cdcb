//! Placing and releasing holds on orders.

use entity::sales::sales_order_hold;
use entity::vocab::{SalesOrderHoldId, SalesOrderHoldKind, SalesOrderId};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::locked;
use crate::sales::order::rules::Transition;
use crate::sales::order::store as orders;

/// A hold to be placed.
#[derive(Clone, Debug)]
pub struct PlaceHold {
    /// On which order.
    pub order: Reference<SalesOrderId>,
    /// What it is about.
    pub kind: SalesOrderHoldKind,
    /// Why, in words.
    pub reason: String,
}

/// Holds to be released.
#[derive(Clone, Debug)]
pub struct ReleaseHold {
    /// Of which order.
    pub order: Reference<SalesOrderId>,
    /// Which one; all that stand when left out.
    pub hold: Option<Option<SalesOrderHoldId>>,
}

/// Places a hold on an order.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn hold(app: &App, envelope: Envelope<PlaceHold>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle_hold).await
}

fn handle_hold<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<PlaceHold>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::Hold, today);
        let found = locked::lock_for(tx, (&command.order, None), step, &mut rejections).await?;
        let Some(found) = found.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let row = new_row(
            tx,
            call,
            found.order.id,
            (command.kind, command.reason.clone()),
        );
        let events = vec![placed(call, &row)];
        store::insert(tx.conn(), vec![row]).await?;
        orders::touch(tx.conn(), found.order.id, tx.now()).await?;
        Ok(Done::accepted(found.order.id.0, events))
    })
}

/// The row of a hold on an order that is locked or new; whoever checks orders writes it with
/// [`store::insert`], and tells of it with [`placed`].
#[must_use]
pub fn new_row(
    tx: &Tx,
    call: &Call,
    sales_order_id: SalesOrderId,
    (kind, reason): (SalesOrderHoldKind, String),
) -> sales_order_hold::Model {
    sales_order_hold::Model {
        id: SalesOrderHoldId::generate(),
        sales_order_id,
        kind,
        reason,
        placed_by: call.actor.caller_id(),
        placed_at: tx.now(),
        released_by: None,
        released_at: None,
    }
}

/// The event that tells of a new hold.
#[must_use]
pub fn placed(call: &Call, row: &sales_order_hold::Model) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "sales_order.held",
        schema_version: 1,
        subject_id: row.sales_order_id.0,
        facts: json!({ "kind": row.kind, "reason": row.reason }).to_string(),
    }
}

/// Releases one hold of an order, or all.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn release(app: &App, envelope: Envelope<ReleaseHold>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    command::run(app, envelope, handle_release).await
}

fn handle_release<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReleaseHold>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let today = app.company.day(tx.now());
        let step = (Transition::ReleaseHold, today);
        let found = locked::lock_for(tx, (&command.order, None), step, &mut rejections).await?;
        let Some(found) = found else {
            return Ok(Done::refused(rejections));
        };
        let ids = chosen(&found.holds, command.hold).map_err(|one| rejections.push(one));
        let of_credit = |id: &SalesOrderHoldId| {
            let mut holds = found.holds.iter();
            holds.any(|hold| hold.id == *id && hold.kind == SalesOrderHoldKind::Credit)
        };
        let is_credit = ids.as_ref().is_ok_and(|ids| ids.iter().any(of_credit));
        if is_credit && !call.actor.may(Scope::CreditWrite) {
            let problem = Problem::FieldForbidden(Scope::CreditWrite.as_str());
            rejections.push(Rejection::new(Path::input().at("hold"), problem));
        }
        let Some(ids) = ids.ok().filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let by = (call.actor.caller_id(), tx.now());
        store::release(tx.conn(), ids.clone(), by).await?;
        orders::touch(tx.conn(), found.order.id, tx.now()).await?;
        let event = NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.released",
            schema_version: 1,
            subject_id: found.order.id.0,
            facts: json!({ "holds": ids }).to_string(),
        };
        Ok(Done::accepted(found.order.id.0, vec![event]))
    })
}

/// The holds to be released, among those that stand.
fn chosen(
    holds: &[sales_order_hold::Model],
    wanted: Option<Option<SalesOrderHoldId>>,
) -> Result<Vec<SalesOrderHoldId>, Rejection> {
    let standing = || holds.iter().filter(|hold| hold.released_at.is_none());
    let Some(wanted) = wanted else {
        return Ok(standing().map(|hold| hold.id).collect());
    };
    // An id that was not readable was complained about already.
    let Some(id) = wanted else {
        return Ok(Vec::new());
    };
    let found = standing().find(|hold| hold.id == id);
    found.map(|hold| vec![hold.id]).ok_or_else(|| {
        let path = Path::input().at("hold");
        Rejection::new(path, Problem::NotFound("standing hold of this order"))
    })
}
