//! A purchase order at the supplier: sending, confirming, cancelling, closing it.

use std::collections::{BTreeMap, BTreeSet};

use entity::purchasing::{purchase_order, purchase_order_line};
use entity::vocab::{PurchaseOrderId, PurchaseOrderStatus, Quantity};
use futures_util::future::BoxFuture;

use super::ops::{self, ChangeOrder};
use super::rules::{self, ConfirmedLine};
use super::store;
use super::transitions::Step;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger::{self, Book, LevelKey, Needs, Plan, Posting, StockCause, Supply};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

type Batch<'t> = &'t [&'t Envelope<ChangeOrder>];

/// Marks an order as sent: what it orders is incoming.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn send(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_send).await
}

fn handle_send<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, mut rejections) = ops::lock(tx, call, &command.order, Step::Send).await?;
        let Some(mut order) = order else {
            return Ok(Done::refused(rejections));
        };
        let path = Path::input().at("purchaseOrder");
        let place = Reference::Id(order.warehouse_id);
        let places = warehouses::find_and_hold(tx.conn(), &[&place]).await?;
        rejections.extend(
            warehouse_rules::usable(&places, &place, &path)
                .err()
                .flatten(),
        );
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let lines = store::lines(tx.conn(), order.id).await?;
        let posting = ops::posting(app, tx, call);
        let mut book = ledger::load(tx, &plan(&order, &lines), posting).await?;
        if is_crowded(&order, &lines, &book) {
            let message = "Orders too much: a level would expect more than can be kept.";
            return Ok(Done::refused(vec![Rejection::invalid(path, message)]));
        }
        for line in &lines {
            expect(&mut book, posting, &order, (line, rules::open(line)));
        }
        book.end_command(posting, StockCause::PurchaseOrder(order.id));
        order.status = PurchaseOrderStatus::Sent;
        order.sent_at = Some(tx.now());
        let order = ops::save(tx, order, &lines).await?;
        ledger::record(tx, &book).await?;
        let events = vec![ops::changed(call, &order, "sent")];
        Ok(posted(call, &order, &mut book, events))
    })
}

/// The outcome: what happened to the order and its levels, and what was posted.
fn posted(
    call: &Call,
    order: &purchase_order::Model,
    book: &mut Book,
    mut events: Vec<NewEvent>,
) -> Done {
    events.extend(book.take_events());
    let lines = book.lines_of(call.operation_id);
    Done::accepted(order.id.0, events).posting(call.operation_id, lines)
}

fn key(order: &purchase_order::Model, line: &purchase_order_line::Model) -> LevelKey {
    (line.variant_id, order.warehouse_id)
}

/// The levels where an order's goods are expected.
fn plan(order: &purchase_order::Model, lines: &[purchase_order_line::Model]) -> Plan {
    Plan {
        keys: lines.iter().map(|line| key(order, line)).collect(),
        optional: BTreeSet::new(),
        needs: Needs::Levels,
        demands: Vec::new(),
    }
}

/// Announces goods of a line on the day it is due, or takes the announcement back.
pub(in crate::purchasing) fn expect(
    book: &mut Book,
    posting: Posting,
    order: &purchase_order::Model,
    (line, change): (&purchase_order_line::Model, Quantity),
) {
    let supply = (Supply::PurchaseOrderLine(line.id), rules::due(line));
    book.expect_incoming(posting, supply, key(order, line), change);
}

/// Whether a level would expect more than can be reckoned with.
fn is_crowded(
    order: &purchase_order::Model,
    lines: &[purchase_order_line::Model],
    book: &Book,
) -> bool {
    let mut sums: BTreeMap<LevelKey, i64> = BTreeMap::new();
    for line in lines {
        *sums.entry(key(order, line)).or_default() += line.quantity.0;
    }
    let mut sums = sums.into_iter();
    sums.any(|(key, sum)| !book.can_expect(key, Quantity(sum)))
}

/// What the supplier confirmed.
#[derive(Clone, Debug)]
pub struct ConfirmOrder {
    /// Of which order.
    pub order: Reference<PurchaseOrderId>,
    /// The supplier's own number of it, when it is told.
    pub supplier_reference: Option<String>,
    /// Of which lines.
    pub lines: Vec<ConfirmedLine>,
}

/// Notes what the supplier confirmed: how much comes, and when.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn confirm(app: &App, envelope: Envelope<ConfirmOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_confirm).await
}

fn handle_confirm<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ConfirmOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, mut rejections) = ops::lock(tx, call, &command.order, Step::Confirm).await?;
        let Some(mut order) = order else {
            return Ok(Done::refused(rejections));
        };
        let before = store::lines(tx.conn(), order.id).await?;
        let named: Vec<_> = before
            .iter()
            .map(|line| Reference::Id(line.variant_id))
            .collect();
        let counted = variants::find_variants(tx.conn(), &named.iter().collect::<Vec<_>>()).await?;
        let mut lines = before.clone();
        let confirmed = match rules::confirm(&mut lines, &command.lines, &counted) {
            Ok(confirmed) if rejections.is_empty() => confirmed,
            outcome => {
                rejections.extend(outcome.err().into_iter().flatten());
                return Ok(Done::refused(rejections));
            }
        };
        let moved: Vec<usize> = confirmed
            .iter()
            .copied()
            .filter(|index| rules::due(&before[*index]) != rules::due(&lines[*index]))
            .collect();
        let posting = ops::posting(app, tx, call);
        let moved_lines: Vec<_> = moved.iter().map(|index| lines[*index].clone()).collect();
        let mut book = ledger::load(tx, &plan(&order, &moved_lines), posting).await?;
        for index in moved {
            let open = rules::open(&lines[index]);
            expect(&mut book, posting, &order, (&before[index], -open));
            expect(&mut book, posting, &order, (&lines[index], open));
        }
        book.end_command(posting, StockCause::PurchaseOrder(order.id));
        let changed = confirmed.iter().map(|index| lines[*index].clone());
        store::save_lines(tx.conn(), changed.collect()).await?;
        if command.supplier_reference.is_some() {
            order
                .supplier_reference
                .clone_from(&command.supplier_reference);
        }
        let order = ops::save(tx, order, &lines).await?;
        ledger::record(tx, &book).await?;
        let events = vec![ops::changed(call, &order, "confirmed")];
        Ok(posted(call, &order, &mut book, events))
    })
}

/// Withdraws an order of which nothing came in; nothing of it is incoming any more.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn cancel(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_cancel).await
}

fn handle_cancel<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(end(app, tx, batch[0], Step::Cancel))
}

/// Closes an order: what is open is no longer waited for.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn close(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_close).await
}

fn handle_close<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(end(app, tx, batch[0], Step::Close))
}

/// Cancels or closes an order: what of it is still open leaves `incoming`.
async fn end(
    app: &App,
    tx: &Tx,
    envelope: &Envelope<ChangeOrder>,
    step: Step,
) -> Result<Done, TxError> {
    let (call, command) = (&envelope.call, &envelope.command);
    let (order, rejections) = ops::lock(tx, call, &command.order, step).await?;
    let Some(mut order) = order.filter(|_| rejections.is_empty()) else {
        return Ok(Done::refused(rejections));
    };
    let mut lines = store::lines(tx.conn(), order.id).await?;
    let posting = ops::posting(app, tx, call);
    let mut book = Book::default();
    if order.status == PurchaseOrderStatus::Sent {
        let is_open = |line: &&purchase_order_line::Model| rules::open(line).is_positive();
        let open: Vec<_> = lines.iter().filter(is_open).cloned().collect();
        book = ledger::load(tx, &plan(&order, &open), posting).await?;
        for line in &open {
            expect(&mut book, posting, &order, (line, -rules::open(line)));
        }
        book.end_command(posting, StockCause::PurchaseOrder(order.id));
    }
    let told = if step == Step::Cancel {
        order.status = PurchaseOrderStatus::Cancelled;
        "cancelled"
    } else {
        order.status = PurchaseOrderStatus::Closed;
        for line in &mut lines {
            line.closed.0 += rules::open(line).0;
        }
        store::save_lines(tx.conn(), lines.clone()).await?;
        "closed"
    };
    order.closed_reason.clone_from(&command.reason);
    let order = ops::save(tx, order, &lines).await?;
    ledger::record(tx, &book).await?;
    let events = vec![ops::changed(call, &order, told)];
    Ok(posted(call, &order, &mut book, events))
}
