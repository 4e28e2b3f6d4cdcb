//! Placing orders: load the union of what a batch refers to, decide one after another, record the
//! accepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_hold, sales_order_line};
use entity::vocab::{Amount, CurrencyCode, NumberKind, SalesOrderHoldKind, SalesOrderStatus};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::document::{self, NewOrder};
use super::load;
use super::places::Purpose;
use super::pricing::{self, PricedOrder, References};
use super::sourcing::{self, Wanted};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{Call, Decision, Done, Envelope, Verdict, Written};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::lane::Lane;
use crate::platform::numbering;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::credit::rules::{Asked, Exposures};
use crate::sales::credit::store as credit;
use crate::sales::order_hold::ops as holds;
use crate::sales::order_hold::store as hold_store;
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting, StockCause};

/// The queue of orders to be placed.
pub type OrderLane = Lane<NewOrder>;

/// Starts the queue.
#[must_use]
pub fn start_lane(app: &App) -> OrderLane {
    Lane::start(app.clone(), handle)
}

/// Places an order.
///
/// # Errors
/// [`crate::platform::command::Refusal`], with nothing changed.
pub async fn place(lane: &OrderLane, envelope: Envelope<NewOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    lane.submit(envelope).await
}

type Batch<'t> = &'t [&'t Envelope<NewOrder>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let currency = app.company.base_currency;
        let found = load_references(tx, batch, currency).await?;
        let priced: Vec<Result<PricedOrder, Vec<Rejection>>> = batch
            .iter()
            .map(|envelope| {
                let priced = pricing::price(&envelope.command, &found, currency, Purpose::Reserve);
                with_complaints(&envelope.call, priced)
            })
            .collect();
        let buyers = found.buyers.iter().map(|buyer| &buyer.customer);
        let mut exposures = credit::lock(tx, buyers, currency).await?;
        let mut book = load_levels(tx, batch, &priced).await?;
        let books = (&mut book, &mut exposures, currency);
        let (decisions, accepted) = decide(tx, batch, priced, books);
        // The one that the levels were loaded for may have been refused.
        if let Some(first) = accepted.first() {
            book.book_expired_under(posting(tx, first.envelope));
        }
        let orders = record(tx, &accepted, &book).await?;
        let mut events: Vec<NewEvent> = accepted.iter().flat_map(Placed::events).collect();
        events.extend(book.take_events());
        let written = orders
            .into_iter()
            .map(|order| (order.id.0, Arc::new(order) as Written));
        let posted = accepted.iter().map(|one| {
            let id = one.envelope.call.operation_id;
            (id, Arc::new(book.lines_of(id)) as Written)
        });
        Ok(Done {
            decisions,
            events,
            written: written.collect(),
            changes: None,
            posted: posted.collect(),
        })
    })
}

fn with_complaints<T>(
    call: &Call,
    outcome: Result<T, Vec<Rejection>>,
) -> Result<T, Vec<Rejection>> {
    match outcome {
        Ok(value) if call.complaints.is_empty() => Ok(value),
        Ok(_) => Err(call.complaints.clone()),
        Err(more) => Err(call.complaints.iter().cloned().chain(more).collect()),
    }
}

pub(super) async fn load_references(
    tx: &Tx,
    batch: &[&Envelope<NewOrder>],
    base: CurrencyCode,
) -> Result<References, TxError> {
    let orders: Vec<&NewOrder> = batch.iter().map(|envelope| &envelope.command).collect();
    Ok(load::find_references(tx.conn(), &orders, base).await?)
}

async fn load_levels(
    tx: &Tx,
    batch: Batch<'_>,
    priced: &[Result<PricedOrder, Vec<Rejection>>],
) -> Result<Book, TxError> {
    let (mut keys, mut optional) = (BTreeSet::new(), BTreeSet::new());
    let mut first = None;
    for (envelope, order) in batch.iter().zip(priced) {
        if let Ok(order) = order {
            let wanted = order.lines.iter().map(|line| &line.wanted);
            let (required, others) = pricing::keys(wanted, envelope.command.on_shortage);
            keys.extend(required);
            optional.extend(others);
            first.get_or_insert_with(|| posting(tx, envelope));
        }
    }
    let Some(first) = first else {
        return Ok(Book::default());
    };
    let plan = Plan {
        keys,
        optional,
        needs: Needs::Levels,
        demands: Vec::new(),
    };
    Ok(ledger::load_promises(tx, &plan, first).await?)
}

pub(super) fn posting(tx: &Tx, envelope: &Envelope<NewOrder>) -> Posting {
    Posting {
        operation_id: envelope.call.operation_id,
        actor: envelope.call.actor.caller_id(),
        date: envelope.command.date,
        now: tx.now(),
    }
}

/// An order that is in the book, and has to be written.
pub(super) struct Placed<'b> {
    pub envelope: &'b Envelope<NewOrder>,
    pub priced: PricedOrder,
    /// Why it is put on hold at once, where it is.
    pub hold: Option<sales_order_hold::Model>,
}

impl Placed<'_> {
    pub(super) fn events(&self) -> Vec<NewEvent> {
        let (call, command) = (&self.envelope.call, &self.envelope.command);
        let placed = NewEvent {
            operation_id: call.operation_id,
            kind: "sales_order.placed",
            schema_version: 1,
            subject_id: command.id.0,
            facts: json!({ "customerId": self.priced.customer_id, "net": self.priced.totals.net })
                .to_string(),
        };
        let held = self.hold.iter().map(|hold| holds::placed(call, hold));
        [placed].into_iter().chain(held).collect()
    }
}

/// Takes what an order comes to from what is left of the customer's credit limit; the hold that it
/// is put on where that is wanted instead of being refused.
pub(super) fn check_credit(
    tx: &Tx,
    (call, command): (&Call, &NewOrder),
    priced: &PricedOrder,
    (exposures, currency): (&mut Exposures, CurrencyCode),
) -> Result<Option<sales_order_hold::Model>, Rejection> {
    let gross = priced.exchange_rate.to_base(priced.totals.gross, currency);
    let asked = Asked {
        customer_id: priced.customer_id,
        amount: gross.unwrap_or(Amount(i64::MAX)),
        policy: command.on_credit_limit,
        currency,
    };
    let reason = exposures.take(asked, &Path::input().at("customer"))?;
    Ok(reason
        .map(|reason| holds::new_row(tx, call, command.id, (SalesOrderHoldKind::Credit, reason))))
}

/// Decides one after another on the working copy, each on its own.
fn decide<'b>(
    tx: &Tx,
    batch: &[&'b Envelope<NewOrder>],
    priced: Vec<Result<PricedOrder, Vec<Rejection>>>,
    (book, exposures, currency): (&mut Book, &mut Exposures, CurrencyCode),
) -> (Vec<Decision>, Vec<Placed<'b>>) {
    let mut accepted: Vec<Placed<'b>> = Vec::new();
    let decisions = batch.iter().zip(priced).map(|(envelope, order)| {
        let mut order = order?;
        let command = &envelope.command;
        check_batch(command, &accepted)?;
        let wanted: Vec<Wanted> = order.lines.iter().map(|line| line.wanted.clone()).collect();
        let mut left = exposures.clone();
        let of_credit = (&mut left, currency);
        let hold = check_credit(tx, (&envelope.call, command), &order, of_credit);
        let allocations = sourcing::allocate(&wanted, command.on_shortage, book);
        let (hold, allocations) = match (hold, allocations) {
            (Ok(hold), Ok(allocations)) => (hold, allocations),
            (hold, allocations) => {
                let short = allocations.err().into_iter().flatten();
                return Err(short.chain(hold.err()).collect());
            }
        };
        *exposures = left;
        let posting = posting(tx, envelope);
        for (index, line) in order.lines.iter_mut().enumerate() {
            let first = || sourcing::first_place(index, &allocations);
            line.warehouse_id = line.warehouse_id.or_else(first);
        }
        for one in allocations {
            let demand = Demand::OrderLine(command.lines[one.line].id);
            let id = book.promise(posting, (demand, one.key), one.promise, None);
            book.prioritize(id, command.priority, posting.now);
        }
        book.end_command(posting, StockCause::SalesOrder(command.id));
        accepted.push(Placed {
            envelope,
            priced: order,
            hold,
        });
        Ok(command.id.0)
    });
    let decisions = decisions.collect();
    (decisions, accepted)
}

/// Two of one batch may bring the same external id: the second finds the first one here, not in
/// the database.
fn check_batch(command: &NewOrder, accepted: &[Placed<'_>]) -> Result<(), Vec<Rejection>> {
    let same = |one: &&Placed<'_>| {
        let (theirs, ours) = (&one.envelope.command.details, &command.details);
        ours.external_id.is_some() && theirs.external_id == ours.external_id
    };
    let Some(rival) = accepted.iter().find(same) else {
        return Ok(());
    };
    let existing = rival.envelope.command.id.to_string();
    let problem = Problem::Duplicate {
        field: "external id",
        existing,
    };
    Err(vec![Rejection::new(
        Path::input().at("externalId"),
        problem,
    )])
}

pub(super) async fn record(
    tx: &Tx,
    accepted: &[Placed<'_>],
    book: &Book,
) -> Result<Vec<sales_order::Model>, TxError> {
    if accepted.is_empty() {
        return Ok(Vec::new());
    }
    let dates: Vec<NaiveDate> = accepted
        .iter()
        .map(|one| one.envelope.command.date)
        .collect();
    let numbers = numbering::take(tx, NumberKind::SalesOrder, &dates).await?;
    let orders = accepted.iter().zip(numbers).map(|(one, number)| {
        let (call, command) = (&one.envelope.call, &one.envelope.command);
        let priced = (command, &one.priced);
        document::order_row(tx, call, priced, (number, SalesOrderStatus::Confirmed))
    });
    let orders: Vec<sales_order::Model> = orders.collect();
    let lines = accepted.iter().flat_map(|one| {
        let command = &one.envelope.command;
        document::line_rows(command.id, (&command.lines, &one.priced.lines), 0)
    });
    let lines: Vec<sales_order_line::Model> = lines.collect();
    store::insert_metadata(tx, &orders).await?;
    ledger::record_after(tx, store::writes(tx, &orders, &lines), book).await?;
    let held = accepted.iter().filter_map(|one| one.hold.clone());
    hold_store::insert(tx.conn(), held.collect()).await?;
    Ok(orders)
}
