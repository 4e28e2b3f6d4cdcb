//! Placing orders: load the union of what a batch refers to, decide one after another, record the
//! accepted.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_line};
use entity::vocab::{
    Amount, CustomerId, ExchangeRate, NumberKind, ProductVariantId, Progress, Quantity, Rate,
    SalesOrderId, SalesOrderLineId, SalesOrderStatus, ShortagePolicy, UnitPrice, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::rules::{self, PricedOrder, References};
use super::sourcing::{self, Wanted};
use super::store;
use crate::catalog::product::store as variants;
use crate::party::customer::store as customers;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{Call, Decision, Done, Envelope, Verdict, Written};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::lane::{Lane, Weight};
use crate::platform::numbering;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting, StockCause};
use crate::stock::warehouse::store as warehouses;

/// A line of an order to be placed.
#[derive(Clone, Debug)]
pub struct PlaceLine {
    /// Its id.
    pub id: SalesOrderLineId,
    /// What is ordered.
    pub variant: Reference<ProductVariantId>,
    /// Where from; the order's warehouse when left out.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// How much.
    pub quantity: Quantity,
    /// A price of the caller's own.
    pub unit_price: Option<UnitPrice>,
    /// Share taken off.
    pub discount_rate: Rate,
}

/// An order to be placed.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Its id.
    pub id: SalesOrderId,
    /// Who buys.
    pub customer: Reference<CustomerId>,
    /// Where lines are served from that do not say.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// What happens when too little is available.
    pub on_shortage: ShortagePolicy,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What is ordered.
    pub lines: Vec<PlaceLine>,
}

impl Weight for PlaceOrder {
    fn lines(&self) -> usize {
        self.lines.len()
    }
}

/// The queue of orders to be placed.
pub type OrderLane = Lane<PlaceOrder>;

/// Starts the queue.
#[must_use]
pub fn start_lane(app: &App) -> OrderLane {
    Lane::start(app.clone(), handle)
}

/// Places an order.
///
/// # Errors
/// [`crate::platform::command::Refusal`], with nothing changed.
pub async fn place(lane: &OrderLane, envelope: Envelope<PlaceOrder>) -> Verdict {
    envelope.call.actor.require(Scope::SalesOrdersWrite)?;
    lane.submit(envelope).await
}

type Batch<'t> = &'t [&'t Envelope<PlaceOrder>];

fn handle<'t>(app: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let found = load_references(tx, batch).await?;
        let currency = app.company.base_currency;
        let priced: Vec<Result<PricedOrder, Vec<Rejection>>> = batch
            .iter()
            .map(|envelope| {
                let priced = rules::price(&envelope.command, &found, currency);
                with_complaints(&envelope.call, priced)
            })
            .collect();
        let mut book = load_levels(tx, batch, &priced).await?;
        let (decisions, accepted) = decide(tx, batch, priced, &mut book);
        let orders = record(app, tx, &accepted, &book).await?;
        let mut events: Vec<NewEvent> = accepted.iter().map(Placed::event).collect();
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
    batch: &[&Envelope<PlaceOrder>],
) -> Result<References, TxError> {
    let orders = || batch.iter().map(|envelope| &envelope.command);
    let lines = || orders().flat_map(|order| &order.lines);
    let customers: Vec<_> = orders().map(|order| &order.customer).collect();
    let variants: Vec<_> = lines().map(|line| &line.variant).collect();
    let places: Vec<_> = orders()
        .filter_map(|order| order.warehouse.as_ref())
        .chain(lines().filter_map(|line| line.warehouse.as_ref()))
        .collect();
    let open = orders().any(|order| {
        order.on_shortage == ShortagePolicy::Split
            || (order.warehouse.is_none() && order.lines.iter().any(|l| l.warehouse.is_none()))
    });
    let external_ids = orders()
        .filter_map(|order| order.external_id.clone())
        .collect();
    Ok(References {
        customers: customers::find(tx.conn(), &customers).await?,
        variants: variants::find_variants(tx.conn(), &variants).await?,
        warehouses: warehouses::find_and_active(tx.conn(), &places, open).await?,
        rivals: store::by_external_ids(tx.conn(), external_ids).await?,
    })
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
            let (required, others) = order.keys(envelope.command.on_shortage);
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
    Ok(ledger::load(tx, &plan, first).await?)
}

pub(super) fn posting(tx: &Tx, envelope: &Envelope<PlaceOrder>) -> Posting {
    Posting {
        operation_id: envelope.call.operation_id,
        actor: envelope.call.actor.caller_id(),
        date: envelope.command.date,
        now: tx.now(),
    }
}

/// An order that is in the book, and has to be written.
pub(super) struct Placed<'b> {
    pub envelope: &'b Envelope<PlaceOrder>,
    pub priced: PricedOrder,
}

impl Placed<'_> {
    pub(super) fn event(&self) -> NewEvent {
        let command = &self.envelope.command;
        NewEvent {
            operation_id: self.envelope.call.operation_id,
            kind: "sales_order.placed",
            schema_version: 1,
            subject_id: command.id.0,
            facts: json!({ "customerId": self.priced.customer_id, "net": self.priced.net }),
        }
    }
}

/// Decides one after another on the working copy, each on its own.
fn decide<'b>(
    tx: &Tx,
    batch: &[&'b Envelope<PlaceOrder>],
    priced: Vec<Result<PricedOrder, Vec<Rejection>>>,
    book: &mut Book,
) -> (Vec<Decision>, Vec<Placed<'b>>) {
    let mut accepted: Vec<Placed<'b>> = Vec::new();
    let decisions = batch.iter().zip(priced).map(|(envelope, order)| {
        let order = order?;
        let command = &envelope.command;
        check_batch(command, &accepted)?;
        let wanted: Vec<Wanted> = order.lines.iter().map(|line| line.wanted.clone()).collect();
        let allocations = sourcing::allocate(&wanted, command.on_shortage, book)?;
        let posting = posting(tx, envelope);
        for one in allocations {
            let demand = Demand::OrderLine(command.lines[one.line].id);
            book.promise(posting, (demand, one.key), one.promise, None);
        }
        book.end_command(posting, StockCause::SalesOrder(command.id));
        accepted.push(Placed {
            envelope,
            priced: order,
        });
        Ok(command.id.0)
    });
    let decisions = decisions.collect();
    (decisions, accepted)
}

/// Two of one batch may bring the same external id: the second finds the first one here, not in
/// the database.
fn check_batch(command: &PlaceOrder, accepted: &[Placed<'_>]) -> Result<(), Vec<Rejection>> {
    let same = |one: &&Placed<'_>| {
        command.external_id.is_some() && one.envelope.command.external_id == command.external_id
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
    app: &App,
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
    let currency = app.company.base_currency.code();
    let orders = accepted.iter().zip(numbers).map(|(one, number)| {
        let (call, command) = (&one.envelope.call, &one.envelope.command);
        sales_order::Model {
            id: command.id,
            customer_id: one.priced.customer_id,
            currency: currency.to_owned(),
            exchange_rate: ExchangeRate::ONE,
            prices_include_tax: false,
            net: one.priced.net,
            tax: Amount::ZERO,
            gross: one.priced.net,
            fulfilment: Progress::None,
            billing: Progress::None,
            number,
            status: SalesOrderStatus::Confirmed,
            date: command.date,
            external_id: command.external_id.clone(),
            metadata: None,
            operation_id: call.operation_id,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        }
    });
    let orders: Vec<sales_order::Model> = orders.collect();
    let lines = accepted.iter().flat_map(line_rows).collect();
    store::insert(tx.conn(), orders.clone(), lines).await?;
    ledger::record(tx, book).await?;
    Ok(orders)
}

fn line_rows(one: &Placed<'_>) -> Vec<sales_order_line::Model> {
    let command = &one.envelope.command;
    let lines = command.lines.iter().zip(&one.priced.lines).enumerate();
    let row = |(index, (line, priced)): (usize, (&PlaceLine, &rules::PricedLine))| {
        sales_order_line::Model {
            id: line.id,
            sales_order_id: command.id,
            position: i32::try_from(index + 1).expect("a document has few lines"),
            variant_id: priced.wanted.variant_id,
            quantity: line.quantity,
            unit_price: priced.unit_price,
            price_source: priced.price_source,
            discount_rate: line.discount_rate,
            tax_class_id: None,
            tax_rate: Rate::ZERO,
            net: priced.net,
            tax: Amount::ZERO,
            gross: priced.net,
            shipped: Quantity::ZERO,
            invoiced: Quantity::ZERO,
        }
    };
    lines.map(row).collect()
}
