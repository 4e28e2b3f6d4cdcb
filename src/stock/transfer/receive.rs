//! Receiving a transfer, in one or several parts.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::stock::{stock_transfer, stock_transfer_line};
use entity::vocab::{Amount, Quantity, StockTransferId, StockTransferStatus};
use futures_util::future::BoxFuture;

use super::ops::{lock_in, posting};
use super::rules::{self, ArrivedLine};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::stock::ledger::{
    self, Book, MovementCause, Needs, Place, Plan, Posting, StockCause, Supply,
};

/// Goods that arrived, were lost, or came back.
#[derive(Clone, Debug)]
pub struct ReceiveTransfer {
    /// Of which transfer.
    pub transfer: Reference<StockTransferId>,
    /// What became of which lines; all of it arrived when left out.
    pub lines: Option<Vec<ArrivedLine>>,
    /// Why goods were lost or sent back.
    pub shortage_reason: Option<String>,
    /// The business day it belongs to.
    pub date: NaiveDate,
}

/// Receives goods of a transfer; they serve who waits for them.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn receive(app: &App, envelope: Envelope<ReceiveTransfer>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<ReceiveTransfer>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let wanted = StockTransferStatus::InTransit;
        let (transfer, mut rejections) = lock_in(tx, call, &command.transfer, wanted).await?;
        let Some(transfer) = transfer else {
            return Ok(Done::refused(rejections));
        };
        let mut lines = store::lines(tx.conn(), transfer.id).await?;
        let named: Vec<_> = lines
            .iter()
            .map(|line| Reference::Id(line.variant_id))
            .collect();
        let counted = variants::find_variants(tx.conn(), &named.iter().collect::<Vec<_>>()).await?;
        let arrivals = match rules::arrivals(&lines, command.lines.as_deref(), &counted) {
            Ok(arrivals) if rejections.is_empty() => arrivals,
            arrivals => {
                let more = arrivals.err().unwrap_or_default().into_iter();
                rejections.extend(more.filter(|one| is_news(one, &call.complaints)));
                return Ok(Done::refused(rejections));
            }
        };
        let posting = posting(tx, call, command.date);
        let plan = plan(&transfer, &lines, &arrivals);
        let mut book = ledger::load(tx, &plan, posting).await?;
        if let Some(crowded) = crowded(&transfer, &lines, &arrivals, &book) {
            return Ok(Done::refused(vec![crowded]));
        }
        for (index, arrived) in arrivals {
            let arrival = Arrival {
                posting,
                transfer: &transfer,
                command,
            };
            arrival.post(&mut book, &mut lines[index], arrived);
        }
        book.end_command(posting, StockCause::StockTransfer(transfer.id));
        let is_closed = lines.iter().all(|line| rules::on_its_way(line).is_zero());
        let status = if is_closed {
            StockTransferStatus::Closed
        } else {
            StockTransferStatus::InTransit
        };
        store::set_lines(tx.conn(), lines).await?;
        store::set_status(tx.conn(), transfer.id, status, tx.now()).await?;
        ledger::record(tx, &book).await?;
        let lines = book.lines_of(call.operation_id);
        let done = Done::accepted(transfer.id.0, book.take_events());
        Ok(done.posting(call.operation_id, lines))
    })
}

/// The levels that the goods reach, and who waits there.
fn plan(
    transfer: &stock_transfer::Model,
    lines: &[stock_transfer_line::Model],
    arrivals: &[(usize, ArrivedLine)],
) -> Plan {
    let mut keys = BTreeSet::new();
    for (index, arrived) in arrivals {
        keys.insert((lines[*index].variant_id, transfer.to_warehouse_id));
        if arrived.returned.is_positive() {
            keys.insert((lines[*index].variant_id, transfer.from_warehouse_id));
        }
    }
    Plan {
        keys,
        optional: BTreeSet::new(),
        needs: Needs::Waiting,
        demands: Vec::new(),
    }
}

/// A level that would hold more than can be reckoned with.
fn crowded(
    transfer: &stock_transfer::Model,
    lines: &[stock_transfer_line::Model],
    arrivals: &[(usize, ArrivedLine)],
    book: &Book,
) -> Option<Rejection> {
    let has_room = |(index, arrived): &(usize, ArrivedLine)| {
        let line = &lines[*index];
        let fits = |place, quantity: Quantity| {
            quantity.is_zero()
                || book.has_room((line.variant_id, place), quantity, line.in_transit_value)
        };
        fits(transfer.to_warehouse_id, arrived.received)
            && fits(transfer.from_warehouse_id, arrived.returned)
    };
    arrivals.iter().find(|arrival| !has_room(arrival)).map(|_| {
        let message = "Is too much: a level would hold more than can be kept.";
        Rejection::invalid(Path::input().at("stockTransfer"), message)
    })
}

/// Quantities of a line that could not be read are not judged by what is left of them.
fn is_news(rejection: &Rejection, complaints: &[Rejection]) -> bool {
    let is_line = |steps: &[String]| steps.last().is_some_and(|step| step == "line");
    let steps = rejection.path.steps();
    let of_line = &steps[..steps.len() - 1];
    let is_unread = |complaint: &Rejection| {
        let steps = complaint.path.steps();
        steps.starts_with(of_line) && !is_line(steps)
    };
    is_line(steps) || !complaints.iter().any(is_unread)
}

struct Arrival<'a> {
    posting: Posting,
    transfer: &'a stock_transfer::Model,
    command: &'a ReceiveTransfer,
}

impl Arrival<'_> {
    /// Each part takes its share of the value on its way; the last part takes the rest.
    fn post(&self, book: &mut Book, line: &mut stock_transfer_line::Model, arrived: ArrivedLine) {
        let cause = MovementCause::Transfer(line.id);
        let variant_id = line.variant_id;
        let all = Quantity(arrived.received.0 + arrived.lost.0 + arrived.returned.0);
        // Before goods arrive: what was announced is no longer on its way.
        let to = (variant_id, self.transfer.to_warehouse_id);
        let supply = (Supply::TransferLine(line.id), self.posting.date);
        book.expect_incoming(self.posting, supply, to, -all);
        if arrived.received.is_positive() {
            let value = take_share(line, arrived.received);
            line.received.0 += arrived.received.0;
            let place = Place::Sellable(self.transfer.to_warehouse_id);
            let places = (variant_id, Place::Transit, place);
            book.bring_in(self.posting, places, (arrived.received, value), cause);
        }
        if arrived.returned.is_positive() {
            let value = take_share(line, arrived.returned);
            line.returned.0 += arrived.returned.0;
            let place = Place::Sellable(self.transfer.from_warehouse_id);
            let places = (variant_id, Place::Transit, place);
            book.bring_in(self.posting, places, (arrived.returned, value), cause);
        }
        if arrived.lost.is_positive() {
            let value = take_share(line, arrived.lost);
            line.lost.0 += arrived.lost.0;
            let why = (cause, self.command.shortage_reason.clone());
            book.lose_in_transit(self.posting, variant_id, (arrived.lost, value), why);
        }
    }
}

fn take_share(line: &mut stock_transfer_line::Model, quantity: Quantity) -> Amount {
    let share = line
        .in_transit_value
        .share(quantity, rules::on_its_way(line));
    line.in_transit_value.0 -= share.0;
    share
}
