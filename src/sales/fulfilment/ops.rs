//! Shipping: what was reserved leaves the warehouse, at its cost.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::sales::{fulfilment, fulfilment_line, sales_order, sales_order_line};
use entity::vocab::{
    FulfilmentId, FulfilmentLineId, FulfilmentStatus, NumberKind, Quantity, SalesOrderId,
    SalesOrderLineId, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::rules::{self, Loaded, Pick};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::numbering;
use crate::platform::reference::{self, Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::{rules as orders_rules, store as orders};
use crate::stock::ledger::{
    self, Book, Demand, MovementCause, Needs, Place, Plan, Posting, StockCause,
};
use crate::stock::warehouse::store as warehouses;

/// How much of a line is to be shipped.
#[derive(Clone, Copy, Debug)]
pub struct ShipLine {
    /// The order line; none when its id was not readable.
    pub line_id: Option<SalesOrderLineId>,
    /// How much.
    pub quantity: Quantity,
}

/// What is to be shipped.
#[derive(Clone, Debug)]
pub struct Ship {
    /// Of which order.
    pub order: Reference<SalesOrderId>,
    /// From which warehouse; from all where it has reservations when left out.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// Which lines and how much; everything that is reserved when left out.
    pub lines: Option<Vec<ShipLine>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// Who carries the goods.
    pub carrier: Option<String>,
    /// The carrier's number for them.
    pub tracking_number: Option<String>,
}

/// Ships what an order has reserved.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn ship(app: &App, envelope: Envelope<Ship>) -> Verdict {
    envelope.call.actor.require(Scope::FulfilmentsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<Ship>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let order = find_order(tx, command, &mut rejections).await?;
        let warehouse = find_warehouse(tx, command, &mut rejections).await?;
        let Some(order) = order else {
            return Ok(Done::refused(rejections));
        };
        let mut lines = orders::lines(tx.conn(), order.id).await?;
        let posting = posting(tx, call, command);
        let demands: Vec<Demand> = lines
            .iter()
            .map(|line| Demand::OrderLine(line.id))
            .collect();
        let plan = Plan::of_demands(tx, demands, Needs::Levels).await?;
        let mut book = ledger::load(tx, &plan, posting).await?;
        let named: Vec<_> = lines
            .iter()
            .map(|line| Reference::Id(line.variant_id))
            .collect();
        let named: Vec<_> = named.iter().collect();
        let loaded = Loaded {
            order: &order,
            lines: &lines,
            variants: &variants::find_variants(tx.conn(), &named).await?,
            reservations: active(&book, &plan.demands, warehouse),
        };
        let picks = match rules::pick(&loaded, command.lines.as_deref()) {
            Ok(picks) if rejections.is_empty() => picks,
            Ok(_) => return Ok(Done::refused(rejections)),
            Err(more) => {
                rejections.extend(more);
                return Ok(Done::refused(rejections));
            }
        };
        for pick in &picks {
            let line = lines.iter_mut().find(|line| line.id == pick.line_id);
            line.expect("picks name lines of this order").shipped.0 += pick.quantity.0;
        }
        let shipments = post(posting, &picks, &lines, &mut book);
        record(tx, batch[0], (&order, lines), &shipments).await?;
        ledger::record(tx, &book).await?;
        let mut events: Vec<NewEvent> = shipments
            .iter()
            .map(|one| one.event(call, &order))
            .collect();
        events.extend(book.take_events());
        Ok(Done::accepted(order.id.0, events))
    })
}

async fn find_order(
    tx: &Tx,
    command: &Ship,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<sales_order::Model>, TxError> {
    let order = find_and_lock::<sales_order::Entity>(tx.conn(), &command.order).await?;
    match &order {
        Some(found) => {
            if let Err(reason) = rules::check_state(found) {
                rejections.push(reason);
                return Ok(None);
            }
        }
        None if command.order == Reference::Unusable => {}
        None => {
            let path = Path::input().at("salesOrder");
            rejections.push(Rejection::new(path, Problem::NotFound("sales order")));
        }
    }
    Ok(order)
}

async fn find_warehouse(
    tx: &Tx,
    command: &Ship,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<WarehouseId>, TxError> {
    let Some(named) = &command.warehouse else {
        return Ok(None);
    };
    let found = warehouses::find(tx.conn(), &[named]).await?;
    match reference::find(&found, named, &Path::input().at("warehouse")) {
        Ok(warehouse) => Ok(Some(warehouse.id)),
        Err(reason) => {
            rejections.extend(reason);
            Ok(None)
        }
    }
}

fn posting(tx: &Tx, call: &Call, command: &Ship) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: command.date,
        now: tx.now(),
    }
}

fn active(
    book: &Book,
    demands: &[Demand],
    warehouse: Option<WarehouseId>,
) -> Vec<entity::stock::reservation::Model> {
    let ids = demands.iter().flat_map(|demand| book.active_of(*demand));
    ids.filter_map(|id| book.reservation(id))
        .filter(|row| warehouse.is_none_or(|id| row.warehouse_id == id))
        .cloned()
        .collect()
}

/// One fulfilment that is about to be written.
struct Shipment {
    id: FulfilmentId,
    warehouse_id: WarehouseId,
    lines: Vec<fulfilment_line::Model>,
}

impl Shipment {
    fn event(&self, call: &Call, order: &sales_order::Model) -> NewEvent {
        NewEvent {
            operation_id: call.operation_id,
            kind: "fulfilment.shipped",
            schema_version: 1,
            subject_id: self.id.0,
            facts: json!({ "salesOrderId": order.id, "warehouseId": self.warehouse_id }),
        }
    }
}

/// Takes the picked goods out of the book, one fulfilment per warehouse.
fn post(
    posting: Posting,
    picks: &[Pick],
    lines: &[sales_order_line::Model],
    book: &mut Book,
) -> Vec<Shipment> {
    let mut by_place: BTreeMap<WarehouseId, Vec<&Pick>> = BTreeMap::new();
    for pick in picks {
        by_place.entry(pick.warehouse_id).or_default().push(pick);
    }
    let mut shipments = Vec::new();
    for (warehouse_id, picks) in by_place {
        let id = FulfilmentId::generate();
        let rows = picks.into_iter().enumerate().map(|(index, pick)| {
            let line_id = FulfilmentLineId::generate();
            let target = (Place::Outside, MovementCause::Fulfilment(line_id));
            let cost = book.consume(posting, pick.reservation_id, pick.quantity, target);
            let line = lines.iter().find(|line| line.id == pick.line_id);
            fulfilment_line::Model {
                id: line_id,
                fulfilment_id: id,
                position: i32::try_from(index + 1).expect("a document has few lines"),
                sales_order_line_id: pick.line_id,
                variant_id: line.expect("picks name lines of this order").variant_id,
                quantity: pick.quantity,
                cost,
            }
        });
        let lines = rows.collect();
        book.end_command(posting, StockCause::Fulfilment(id));
        shipments.push(Shipment {
            id,
            warehouse_id,
            lines,
        });
    }
    shipments
}

async fn record(
    tx: &Tx,
    envelope: &Envelope<Ship>,
    (order, lines): (&sales_order::Model, Vec<sales_order_line::Model>),
    shipments: &[Shipment],
) -> Result<(), TxError> {
    let (call, command) = (&envelope.call, &envelope.command);
    let dates = vec![command.date; shipments.len()];
    let numbers = numbering::take(tx, NumberKind::Fulfilment, &dates).await?;
    let rows = shipments
        .iter()
        .zip(numbers)
        .map(|(shipment, number)| fulfilment::Model {
            id: shipment.id,
            sales_order_id: order.id,
            warehouse_id: shipment.warehouse_id,
            carrier: command.carrier.clone(),
            tracking_number: command.tracking_number.clone(),
            number,
            status: FulfilmentStatus::Shipped,
            date: command.date,
            external_id: None,
            metadata: None,
            operation_id: call.operation_id,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        });
    let line_rows = shipments
        .iter()
        .flat_map(|shipment| shipment.lines.clone())
        .collect();
    store::insert(tx.conn(), rows.collect(), line_rows).await?;
    let progress = orders_rules::progress(&lines);
    orders::set_shipped(tx.conn(), (order.id, progress), lines, tx.now()).await?;
    Ok(())
}
