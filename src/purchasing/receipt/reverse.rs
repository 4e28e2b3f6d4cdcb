//! Taking a receipt back.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::purchasing::{goods_receipt, goods_receipt_line, purchase_order, purchase_order_line};
use entity::vocab::{GoodsReceiptId, GoodsReceiptStatus, StockPlace};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::reversal;
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::purchasing::order::{ops as orders, send, store as order_store};
use crate::stock::ledger::{self, Book, MovementCause, Needs, Place, Plan, Posting, StockCause};
use crate::stock::reversal::{self as taking_back, TakenBack};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// A receipt to be taken back.
#[derive(Clone, Debug)]
pub struct ReverseReceipt {
    /// Which one.
    pub receipt: Reference<GoodsReceiptId>,
    /// Why.
    pub reason: String,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Takes a receipt back: its goods leave from where they went.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn reverse(app: &App, envelope: Envelope<ReverseReceipt>) -> Verdict {
    envelope.call.actor.require(Scope::GoodsReceiptsWrite)?;
    command::run(app, envelope, handle).await
}

/// The order that is given back what it had received.
type OrderAndLines = (purchase_order::Model, Vec<purchase_order_line::Model>);

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ReverseReceipt>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut receipt = match lock(tx, call, command).await? {
            Ok(receipt) => receipt,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let mut order = match lock_order(tx, &receipt).await? {
            Ok(order) => order,
            Err(rejection) => return Ok(Done::refused(vec![rejection])),
        };
        let mut lines = store::lines(tx.conn(), receipt.id).await?;
        let ids = lines.iter().map(|line| line.id).collect();
        let movements = store::movements(tx.conn(), ids).await?;
        let posting = Posting {
            operation_id: call.operation_id,
            actor: call.actor.caller_id(),
            date: command.date,
            now: tx.now(),
        };
        let plan = plan(&receipt, &lines, order.as_ref());
        let mut book = ledger::load(tx, &plan, posting).await?;
        let taken = match taking_back::values(&movements, &book, &field()) {
            Ok(taken) => taken,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        for one in &taken {
            take_back(&mut book, posting, one, &command.reason);
            let of = one.movement.goods_receipt_line_id;
            let line = lines.iter_mut().find(|line| Some(line.id) == of);
            let line = line.expect("movements of these lines were loaded");
            line.reversed_value.0 += one.value.0;
        }
        let mut events = vec![reversed(call, &receipt)];
        if let Some((order, order_lines)) = &mut order {
            give_back(&mut book, posting, (order, order_lines), &lines);
            order_store::save_lines(tx.conn(), order_lines.clone()).await?;
            let order = orders::save(tx, order.clone(), order_lines).await?;
            events.push(orders::changed(call, &order, "receipt reversed"));
        }
        book.end_command(posting, StockCause::GoodsReceipt(receipt.id));
        receipt.status = GoodsReceiptStatus::Reversed;
        receipt.reversed_by = Some(call.actor.caller_id());
        receipt.reversed_at = Some(tx.now());
        receipt.reversed_on = Some(command.date);
        receipt.reversed_reason = Some(command.reason.clone());
        receipt.updated_at = tx.now();
        receipt.version += 1;
        let id = receipt.id;
        store::save(tx.conn(), receipt, lines).await?;
        ledger::record(tx, &book).await?;
        events.extend(book.take_events());
        let lines = book.lines_of(call.operation_id);
        Ok(Done::accepted(id.0, events).posting(call.operation_id, lines))
    })
}

/// The field that names the receipt.
fn field() -> Path {
    Path::input().at("goodsReceipt")
}

fn reversed(call: &Call, receipt: &goods_receipt::Model) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind: "goods_receipt.reversed",
        schema_version: 1,
        subject_id: receipt.id.0,
        facts: json!({
            "number": receipt.number,
            "warehouseId": receipt.warehouse_id,
            "purchaseOrderId": receipt.purchase_order_id,
        })
        .to_string(),
    }
}

/// Locks a posted receipt.
async fn lock(
    tx: &Tx,
    call: &Call,
    command: &ReverseReceipt,
) -> Result<Result<goods_receipt::Model, Vec<Rejection>>, TxError> {
    let mut rejections = call.complaints.clone();
    let receipt = find_and_lock::<goods_receipt::Entity>(tx.conn(), &command.receipt).await?;
    let Some(receipt) = receipt else {
        if command.receipt != Reference::Unusable {
            rejections.push(Rejection::new(field(), Problem::NotFound("goods receipt")));
        }
        return Ok(Err(rejections));
    };
    rejections.extend(reversal::check_status(&receipt).err());
    let path = Path::input().at("date");
    let is_unread = rejections.iter().any(|one| one.path == path);
    if command.date < receipt.date && !is_unread {
        let message = format!(
            "Must not be earlier than the receipt's own day, {}.",
            receipt.date
        );
        rejections.push(Rejection::invalid(path, message));
    }
    Ok(if rejections.is_empty() {
        Ok(receipt)
    } else {
        Err(rejections)
    })
}

/// Locks the order of the receipt, and its warehouse: goods may be expected there again.
async fn lock_order(
    tx: &Tx,
    receipt: &goods_receipt::Model,
) -> Result<Result<Option<OrderAndLines>, Rejection>, TxError> {
    let Some(id) = receipt.purchase_order_id else {
        return Ok(Ok(None));
    };
    let order = Reference::Id(id);
    let order = find_and_lock::<purchase_order::Entity>(tx.conn(), &order).await?;
    let order =
        order.ok_or_else(|| TxError::internal("a receipt of an order that is not there"))?;
    let place = Reference::Id(order.warehouse_id);
    let places = warehouses::find_and_hold(tx.conn(), &[&place]).await?;
    if let Err(Some(rejection)) = warehouse_rules::usable(&places, &place, &field()) {
        return Ok(Err(rejection));
    }
    let lines = order_store::lines(tx.conn(), id).await?;
    Ok(Ok(Some((order, lines))))
}

/// The levels that goods leave, and those where they are expected again. Whoever is promised what
/// leaves may have to wait.
fn plan(
    receipt: &goods_receipt::Model,
    lines: &[goods_receipt_line::Model],
    order: Option<&OrderAndLines>,
) -> Plan {
    let mut keys = BTreeSet::new();
    for line in lines {
        keys.insert((line.variant_id, receipt.warehouse_id));
        keys.extend(order.map(|(order, _)| (line.variant_id, order.warehouse_id)));
    }
    Plan {
        keys,
        optional: BTreeSet::new(),
        needs: Needs::Everyone,
        demands: Vec::new(),
    }
}

fn take_back(book: &mut Book, posting: Posting, one: &TakenBack<'_>, reason: &str) {
    let movement = one.movement;
    let from = if movement.to_place == StockPlace::Sellable {
        Place::Sellable(one.warehouse)
    } else {
        Place::Quarantine(one.warehouse)
    };
    let line = movement
        .goods_receipt_line_id
        .expect("movements of receipt lines were loaded");
    let cause = MovementCause::GoodsReceipt(line);
    book.take_back(posting, from, (movement, one.value), (cause, reason));
}

/// The order waits again for what it had received.
fn give_back(
    book: &mut Book,
    posting: Posting,
    (order, order_lines): (&purchase_order::Model, &mut [purchase_order_line::Model]),
    lines: &[goods_receipt_line::Model],
) {
    for line in lines {
        let of = line.purchase_order_line_id;
        let theirs = order_lines.iter_mut().find(|one| Some(one.id) == of);
        let Some(order_line) = theirs else { continue };
        let parts = (line.accepted, line.rejected, line.short);
        let again = reversal::give_back(order, order_line, parts);
        send::expect(book, posting, order, (order_line, again));
    }
}
