//! Shipping: what was reserved leaves the warehouse, at its cost.

use entity::sales::sales_order_line;
use entity::vocab::{Amount, FulfilmentId, FulfilmentStatus};
use futures_util::future::BoxFuture;

use super::create::{self, Freight, OfOrder, Parcel, active, posting};
use super::rules::{self, Step};
use super::steps::{self, LockedFulfilment};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::sales::order::document;
use crate::sales::order::locked::Locked;
use crate::sales::order::rules::{self as order_rules, Transition};
use crate::sales::order::store as orders;
use crate::stock::ledger::{
    self, Book, Demand, MovementCause, Needs, Place, Plan, Posting, StockCause,
};

/// What is to be shipped.
#[derive(Clone, Debug)]
pub enum Ship {
    /// Goods of an order, set aside and shipped in one step.
    OfOrder(OfOrder),
    /// A fulfilment there is.
    Existing {
        /// Which one.
        fulfilment: Reference<FulfilmentId>,
        /// The business day.
        date: chrono::NaiveDate,
        /// How it travels; what is left out stays as it is.
        freight: Freight,
    },
}

/// Ships.
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
        let call = &batch[0].call;
        match &batch[0].command {
            Ship::OfOrder(command) => ship_order(tx, call, command).await,
            Ship::Existing {
                fulfilment,
                date,
                freight,
            } => ship_existing(tx, call, fulfilment, (*date, freight)).await,
        }
    })
}

async fn ship_order(tx: &Tx, call: &Call, command: &OfOrder) -> Result<Done, TxError> {
    let mut rejections = call.complaints.clone();
    let of_call = (call, command);
    let Some(chosen) = create::choose(tx, of_call, Transition::Ship, &mut rejections).await? else {
        return Ok(Done::refused(rejections));
    };
    let (found, mut book) = (chosen.locked, chosen.book);
    let state = (found.order.id, FulfilmentStatus::Shipped);
    let mut parcels = create::parcels(tx, of_call, state, chosen.picks).await?;
    let posting = posting(tx, call, command.date);
    for parcel in &mut parcels {
        leave(posting, parcel, &mut book);
    }
    create::write(tx, &parcels).await?;
    finish(tx, call, found, (&parcels, false), book).await
}

async fn ship_existing(
    tx: &Tx,
    call: &Call,
    fulfilment: &Reference<FulfilmentId>,
    (date, freight): (chrono::NaiveDate, &Freight),
) -> Result<Done, TxError> {
    let mut rejections = call.complaints.clone();
    let Some(found) = steps::lock(tx, fulfilment, &mut rejections).await? else {
        return Ok(Done::refused(rejections));
    };
    let LockedFulfilment { locked, mut parcel } = found;
    let path = Path::input().at("fulfilment");
    let hold = order_rules::standing(&locked.holds);
    if let Err(problem) = rules::check(Step::Ship, parcel.row.status, hold.as_deref()) {
        rejections.push(Rejection::new(path.clone(), problem));
        return Ok(Done::refused(rejections));
    }
    let posting = posting(tx, call, date);
    let plan = Plan::of_demands(tx, locked.demands(), Needs::Levels).await?;
    let mut book = ledger::load(tx, &plan, posting).await?;
    let reservations = active(&book, &plan.demands);
    let place = parcel.row.warehouse_id;
    rejections.extend(rules::check_reserved(&parcel.lines, place, &reservations));
    if !rejections.is_empty() {
        return Ok(Done::refused(rejections));
    }
    let row = &mut parcel.row;
    row.status = FulfilmentStatus::Shipped;
    row.shipped_on = Some(date);
    take_freight(row, freight.clone());
    leave(posting, &mut parcel, &mut book);
    store::save(tx.conn(), parcel.row.clone(), tx.now()).await?;
    store::set_costs(tx.conn(), &parcel.lines).await?;
    let id = parcel.row.id;
    let mut done = finish(tx, call, locked, (&[parcel], true), book).await?;
    done.decisions = vec![Ok(id.0)];
    Ok(done)
}

fn take_freight(row: &mut entity::sales::fulfilment::Model, freight: Freight) {
    row.carrier = freight.carrier.or(row.carrier.take());
    row.tracking_number = freight.tracking_number.or(row.tracking_number.take());
    row.tracking_url = freight.tracking_url.or(row.tracking_url.take());
}

/// Takes a parcel's goods out of the book, from the reservations of its lines, oldest first.
fn leave(posting: Posting, parcel: &mut Parcel, book: &mut Book) {
    for line in &mut parcel.lines {
        let target = (Place::Outside, MovementCause::Fulfilment(line.id));
        let (mut open, mut cost) = (line.quantity, Amount::ZERO);
        for id in book.active_of(Demand::OrderLine(line.sales_order_line_id)) {
            let row = book.reservation(id).expect("it is of this book");
            let is_here = row.warehouse_id == parcel.row.warehouse_id;
            let part = row.reserved.at_most(open);
            if is_here && part.is_positive() {
                open.0 -= part.0;
                cost.0 += book.consume(posting, id, part, target).0;
            }
        }
        line.cost = cost;
    }
    book.end_command(posting, StockCause::Fulfilment(parcel.row.id));
}

/// Notes on the order what has left, and writes the ledgers.
async fn finish(
    tx: &Tx,
    call: &Call,
    found: Locked,
    (parcels, was_allocated): (&[Parcel], bool),
    book: Book,
) -> Result<Done, TxError> {
    let (mut order, mut lines) = (found.order, found.lines);
    for shipped in parcels.iter().flat_map(|parcel| &parcel.lines) {
        let is_it = |line: &&mut sales_order_line::Model| line.id == shipped.sales_order_line_id;
        let line = lines.iter_mut().find(is_it);
        let line = line.expect("a parcel names lines of its order");
        line.shipped.0 += shipped.quantity.0;
        if was_allocated {
            line.allocated.0 -= shipped.quantity.0;
        }
    }
    document::sum_up(&mut order, &lines);
    order.status = order_rules::status_after(order.status, order.fulfilment, order.billing);
    let id = order.id;
    orders::save(tx.conn(), order, lines, tx.now()).await?;
    ledger::record(tx, &book).await?;
    let events = parcels
        .iter()
        .map(|parcel| parcel.event(call, "fulfilment.shipped"))
        .collect();
    Ok(ledger::done(call, id.0, events, book))
}
