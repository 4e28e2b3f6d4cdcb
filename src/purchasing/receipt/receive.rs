//! Receiving goods of a purchase order.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::purchasing::{goods_receipt, goods_receipt_line, purchase_order, purchase_order_line};
use entity::vocab::{
    Amount, GoodsReceiptId, GoodsReceiptStatus, NumberKind, PurchaseOrderId, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::{Value as Json, json};

use super::arrival::{self, Arrival, ArrivingLine};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::{Reference, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::{metadata, numbering};
use crate::purchasing::order::transitions::Step;
use crate::purchasing::order::{ops as orders, send, store as order_store};
use crate::purchasing::settings::store as settings;
use crate::stock::ledger::{self, Book, MovementCause, Needs, Place, Plan, Posting, StockCause};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// Goods of an order that came in.
#[derive(Clone, Debug)]
pub struct ReceiveOrder {
    /// The id of the receipt.
    pub id: GoodsReceiptId,
    /// Of which order.
    pub order: Reference<PurchaseOrderId>,
    /// Where they came in; where the order says when left out.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// The supplier's delivery note.
    pub delivery_note: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
    /// What came in.
    pub lines: Vec<ArrivingLine>,
}

/// Receives goods of an order: they are in stock, and serve who waits for them.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn receive(app: &App, envelope: Envelope<ReceiveOrder>) -> Verdict {
    envelope.call.actor.require(Scope::GoodsReceiptsWrite)?;
    command::run(app, envelope, handle).await
}

/// The order, its lines as they were, where the goods come in, and what comes.
struct Receiving {
    order: purchase_order::Model,
    lines: Vec<purchase_order_line::Model>,
    warehouse: WarehouseId,
    arrivals: Vec<Arrival>,
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReceiveOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let receiving = match decide(tx, call, command).await? {
            Ok(receiving) => receiving,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.date,
            now: tx.now(),
        };
        let mut book = ledger::load(tx, &receiving.plan(), posting).await?;
        let Receiving {
            order,
            mut lines,
            warehouse,
            arrivals,
        } = receiving;
        let crowded = arrival::crowded(&lines, &arrivals, warehouse, &book);
        if !crowded.is_empty() {
            return Ok(Done::refused(crowded));
        }
        for one in &arrivals {
            // Before goods arrive: what was announced is no longer on its way.
            let line = &mut lines[one.index];
            let arrived = arrival::receive(line, one);
            send::expect(&mut book, posting, &order, (line, -arrived));
            bring_in(&mut book, posting, warehouse, (line, one));
        }
        book.end_command(posting, StockCause::GoodsReceipt(command.id));
        let changed = arrivals.iter().map(|one| lines[one.index].clone());
        order_store::save_lines(tx.conn(), changed.collect()).await?;
        let order = orders::save(tx, order, &lines).await?;
        record(tx, batch[0], (&order, warehouse), (&lines, &arrivals)).await?;
        ledger::record(tx, &book).await?;
        let mut events = vec![
            NewEvent {
                operation_id: call.operation_id,
                kind: "goods_receipt.posted",
                schema_version: 1,
                subject_id: command.id.0,
                facts: json!({ "warehouseId": warehouse, "purchaseOrderId": order.id }).to_string(),
            },
            orders::changed(call, &order, "received"),
        ];
        events.extend(book.take_events());
        let lines = book.lines_of(call.operation_id);
        Ok(Done::accepted(command.id.0, events).posting(call.operation_id, lines))
    })
}

impl Receiving {
    /// The levels where goods are expected and where they come in.
    fn plan(&self) -> Plan {
        let variants = self
            .arrivals
            .iter()
            .map(|one| self.lines[one.index].variant_id);
        let mut keys = BTreeSet::new();
        for variant in variants {
            keys.insert((variant, self.warehouse));
            keys.insert((variant, self.order.warehouse_id));
        }
        Plan {
            keys,
            optional: BTreeSet::new(),
            needs: Needs::Waiting,
            demands: Vec::new(),
        }
    }
}

fn bring_in(
    book: &mut Book,
    posting: Posting,
    warehouse: WarehouseId,
    (line, one): (&purchase_order_line::Model, &Arrival),
) {
    let cause = MovementCause::GoodsReceipt(one.said.id);
    let rejected_value = one.rejected_value();
    let accepted_value = Amount(one.value.0 - rejected_value.0);
    let parts = [
        (
            Place::Sellable(warehouse),
            one.said.accepted,
            accepted_value,
        ),
        (
            Place::Quarantine(warehouse),
            one.said.rejected,
            rejected_value,
        ),
    ];
    for (place, quantity, value) in parts {
        if quantity.is_positive() {
            let places = (line.variant_id, Place::Outside, place);
            book.bring_in(posting, places, (quantity, value), cause);
        }
    }
}

/// Locks the order, and decides what comes in.
async fn decide(
    tx: &Tx,
    call: &Call,
    command: &ReceiveOrder,
) -> Result<Result<Receiving, Vec<Rejection>>, TxError> {
    let (order, mut rejections) = orders::lock(tx, call, &command.order, Step::Receive).await?;
    if let Some(id) = &command.external_id {
        let theirs = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<goods_receipt::Entity>(tx.conn(), &theirs).await? {
            let existing = rival.id.to_string();
            let field = "external id";
            let problem = Problem::Duplicate { field, existing };
            rejections.push(Rejection::new(Path::input().at("externalId"), problem));
        }
    }
    let ordered = order
        .as_ref()
        .map(|order| Reference::Id(order.warehouse_id));
    let place = command.warehouse.clone().or(ordered);
    let warehouse = match &place {
        Some(place) => {
            let places = warehouses::find_and_hold(tx.conn(), &[place]).await?;
            let path = Path::input().at("warehouse");
            let usable = warehouse_rules::usable(&places, place, &path);
            let usable = usable.map_err(|reason| rejections.extend(reason));
            usable.ok().map(|row| row.id)
        }
        None => None,
    };
    let Some(order) = order else {
        return Ok(Err(rejections));
    };
    let lines = order_store::lines(tx.conn(), order.id).await?;
    let named: Vec<_> = lines
        .iter()
        .map(|line| Reference::Id(line.variant_id))
        .collect();
    let counted = variants::find_variants(tx.conn(), &named.iter().collect::<Vec<_>>()).await?;
    let tolerance = settings::settings(tx.conn()).await?.over_receipt_tolerance;
    let arrivals = arrival::arrivals(&order, &lines, &command.lines, (&counted, tolerance));
    Ok(match (arrivals, warehouse) {
        (Ok(arrivals), Some(warehouse)) if rejections.is_empty() => Ok(Receiving {
            order,
            lines,
            warehouse,
            arrivals,
        }),
        (arrivals, _) => {
            rejections.extend(arrivals.err().into_iter().flatten());
            Err(rejections)
        }
    })
}

async fn record(
    tx: &Tx,
    envelope: &Envelope<ReceiveOrder>,
    (order, warehouse_id): (&purchase_order::Model, WarehouseId),
    (lines, arrivals): (&[purchase_order_line::Model], &[Arrival]),
) -> Result<(), TxError> {
    let (call, command) = (&envelope.call, &envelope.command);
    let numbers = numbering::take(tx, NumberKind::GoodsReceipt, &[command.date]).await?;
    let receipt = goods_receipt::Model {
        id: command.id,
        number: numbers.concat(),
        status: GoodsReceiptStatus::Posted,
        date: command.date,
        warehouse_id,
        purchase_order_id: Some(order.id),
        supplier_id: Some(order.supplier_id),
        delivery_note: command.delivery_note.clone(),
        note: command.note.clone(),
        reversed_by: None,
        reversed_at: None,
        reversed_on: None,
        reversed_reason: None,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    metadata::write(tx.conn(), receipt.id.0, None, receipt.metadata.as_ref()).await?;
    let row = |(index, one): (usize, &Arrival)| goods_receipt_line::Model {
        id: one.said.id,
        goods_receipt_id: command.id,
        position: i32::try_from(index + 1).expect("a document has few lines"),
        variant_id: lines[one.index].variant_id,
        purchase_order_line_id: Some(lines[one.index].id),
        quantity: one.quantity(),
        accepted: one.said.accepted,
        rejected: one.said.rejected,
        rejection_reason: one.said.rejection_reason.clone(),
        short: one.said.short,
        unit_cost: one.unit_cost,
        value: one.value,
        reversed_value: Amount::ZERO,
    };
    let rows = arrivals.iter().enumerate().map(row).collect();
    store::insert(tx.conn(), receipt, rows).await?;
    Ok(())
}
