//! Asking for a return.

use chrono::NaiveDate;
use entity::sales::{customer_return, sales_order};
use entity::vocab::{
    CustomerReturnId, CustomerReturnStatus, NumberKind, SalesOrderId, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::claim::{self, AskedLine, Shipped};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::master;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::invoice::store as invoices;
use crate::stock::warehouse::store as warehouses;

/// What is to come back.
#[derive(Clone, Debug)]
pub struct RequestReturn {
    /// Its id.
    pub id: CustomerReturnId,
    /// The order that it was shipped for.
    pub order: Reference<SalesOrderId>,
    /// Where it comes in; where it left when none.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// The lines.
    pub lines: Vec<AskedLine>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
}

/// Asks for a return.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn request(app: &App, envelope: Envelope<RequestReturn>) -> Verdict {
    envelope.call.actor.require(Scope::ReturnsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<RequestReturn>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let path = Path::input();
        // Everybody who claims goods of an order locks it first.
        let order = find_and_lock::<sales_order::Entity>(tx.conn(), &command.order).await?;
        if order.is_none() && command.order != Reference::Unusable {
            let problem = Problem::NotFound("sales order");
            rejections.push(Rejection::new(path.at("salesOrder"), problem));
        }
        rejections.extend(taken(tx, command).await?);
        let Some(order) = order else {
            rejections.extend(
                warehouse(tx, command, None)
                    .await?
                    .err()
                    .into_iter()
                    .flatten(),
            );
            return Ok(Done::refused(rejections));
        };
        let (fulfilments, shipped) = invoices::shipped(tx.conn(), order.id).await?;
        let first = fulfilments.first().map(|one| one.warehouse_id);
        let place = warehouse(tx, command, first).await?;
        let place = place.map_err(|more| rejections.extend(more)).ok().flatten();
        if shipped.is_empty() {
            rejections.push(unshipped(&order));
            return Ok(Done::refused(rejections));
        }
        let sold: Vec<_> = shipped
            .iter()
            .map(|line| Reference::Id(line.variant_id))
            .collect();
        let sold: Vec<_> = sold.iter().collect();
        let found = Shipped {
            lines: &shipped,
            claimed: &store::claims(tx.conn(), &shipped).await?,
            variants: &variants::find_variants(tx.conn(), &sold).await?,
        };
        let lines = claim::lines(command.id, &command.lines, &found);
        let lines = lines.map_err(|more| rejections.extend(more)).ok();
        let (Some(lines), Some(place), true) = (lines, place, rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let numbers = numbering::take(tx, NumberKind::CustomerReturn, &[command.date]).await?;
        let row = row(tx, call, command, (&order, place), numbers.concat());
        let event = event(call, &row);
        metadata::write(tx.conn(), row.id.0, None, row.metadata.as_ref()).await?;
        store::insert(tx.conn(), row, lines).await?;
        Ok(Done::accepted(command.id.0, vec![event]))
    })
}

fn unshipped(order: &sales_order::Model) -> Rejection {
    let problem = Problem::InvalidState {
        state: order.status.as_str(),
        allowed: &["fulfilmentShip"],
        message: "Nothing of this order has left, so nothing can come back.".to_owned(),
    };
    Rejection::new(Path::input().at("salesOrder"), problem)
}

/// Where the goods come in: as said, else where they left.
async fn warehouse(
    tx: &Tx,
    command: &RequestReturn,
    shipped_from: Option<WarehouseId>,
) -> Result<Result<Option<WarehouseId>, Vec<Rejection>>, TxError> {
    let wanted = command
        .warehouse
        .clone()
        .or(shipped_from.map(Reference::Id));
    let Some(wanted) = wanted else {
        return Ok(Ok(None));
    };
    let found = warehouses::find_and_hold(tx.conn(), &[&wanted]).await?;
    let usable = master::usable(&found, &wanted, &Path::input().at("warehouse"));
    Ok(usable
        .map(|row| Some(row.id))
        .map_err(|reason| reason.into_iter().collect()))
}

async fn taken(tx: &Tx, command: &RequestReturn) -> Result<Option<Rejection>, TxError> {
    let Some(id) = &command.external_id else {
        return Ok(None);
    };
    let by = Reference::ExternalId(id.clone());
    let rival = find_one::<customer_return::Entity>(tx.conn(), &by).await?;
    Ok(rival.map(|rival| {
        let problem = Problem::Duplicate {
            field: "external id",
            existing: rival.id.to_string(),
        };
        Rejection::new(Path::input().at("externalId"), problem)
    }))
}

fn row(
    tx: &Tx,
    call: &Call,
    command: &RequestReturn,
    (order, warehouse_id): (&sales_order::Model, WarehouseId),
    number: String,
) -> customer_return::Model {
    customer_return::Model {
        id: command.id,
        number,
        status: CustomerReturnStatus::Requested,
        date: command.date,
        sales_order_id: order.id,
        customer_id: order.customer_id,
        warehouse_id,
        note: command.note.clone(),
        refusal: None,
        settlement: None,
        replacement_id: None,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    }
}

fn event(call: &Call, row: &customer_return::Model) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "customer_return.requested",
        schema_version: 1,
        subject_id: row.id.0,
        facts: json!({ "number": row.number, "salesOrderId": row.sales_order_id }).to_string(),
    }
}
