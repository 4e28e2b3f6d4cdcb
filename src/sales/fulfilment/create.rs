//! Creating fulfilments: what an order has reserved is set aside, one fulfilment per warehouse.

use entity::sales::{fulfilment, fulfilment_line};
use entity::stock::reservation;
use entity::vocab::{
    Amount, FulfilmentId, FulfilmentLineId, FulfilmentStatus, NumberKind, SalesOrderId, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::rules::{self, AskedLine, Loaded, Pick};
use super::store;
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::numbering;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Rejection};
use crate::sales::order::locked::{self, Locked};
use crate::sales::order::rules::{self as order_rules, Transition};
use crate::sales::order::store as orders;
use crate::stock::ledger::{self, Book, Demand, Needs, Plan, Posting};
use crate::stock::warehouse::store as warehouses;

/// Goods of an order that are to be set aside, or shipped at once.
#[derive(Clone, Debug)]
pub struct OfOrder {
    /// Of which order.
    pub order: Reference<SalesOrderId>,
    /// From which warehouse; from all where it has reservations when left out.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// Which lines and how much; everything that is reserved and free when left out.
    pub lines: Option<Vec<AskedLine>>,
    /// The business day.
    pub date: chrono::NaiveDate,
    /// How they travel.
    pub freight: Freight,
}

/// How goods travel.
#[derive(Clone, Debug, Default)]
pub struct Freight {
    /// Who carries them.
    pub carrier: Option<String>,
    /// The carrier's number for them.
    pub tracking_number: Option<String>,
    /// Where the carrier tells how far they are.
    pub tracking_url: Option<String>,
}

/// Sets goods of an order aside.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<OfOrder>) -> Verdict {
    envelope.call.actor.require(Scope::FulfilmentsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<OfOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let step = Transition::CreateFulfilment;
        let Some(chosen) = choose(tx, (call, command), step, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let mut found = chosen.locked;
        for pick in &chosen.picks {
            let line = found.lines.iter_mut().find(|line| line.id == pick.line_id);
            line.expect("picks name lines of this order").allocated.0 += pick.quantity.0;
        }
        let state = FulfilmentStatus::Pending;
        let parcels = parcels(tx, (call, command), (found.order.id, state), chosen.picks).await?;
        let events = parcels
            .iter()
            .map(|one| one.event(call, "fulfilment.created"));
        let events = events.collect();
        write(tx, &parcels).await?;
        orders::save(tx.conn(), found.order.clone(), found.lines, tx.now()).await?;
        Ok(Done::accepted(found.order.id.0, events))
    })
}

/// What of an order was chosen.
pub(super) struct Chosen {
    pub locked: Locked,
    pub picks: Vec<Pick>,
    pub book: Book,
}

/// Locks an order and its levels, and picks what was asked for from what is reserved and in no
/// fulfilment. None when something is wrong.
pub(super) async fn choose(
    tx: &Tx,
    (call, command): (&Call, &OfOrder),
    step: Transition,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Chosen>, TxError> {
    let found = locked::lock(tx, &command.order, rejections).await?;
    let warehouse = find_warehouse(tx, command, rejections).await?;
    let Some(found) = found else { return Ok(None) };
    let posting = posting(tx, call, command.date);
    let demands = found.demands();
    let plan = Plan::of_demands(tx, demands, Needs::Levels).await?;
    let book = ledger::load(tx, &plan, posting).await?;
    let open = store::open_lines(tx.conn(), found.order.id).await?;
    let mut free = rules::free(&found.lines, &active(&book, &plan.demands), &open);
    let facts = found.facts(rules::sum(&free), command.date);
    let path = Path::input().at("salesOrder");
    if let Err(reason) = order_rules::check_at(step, &facts, &path) {
        rejections.push(reason);
        return Ok(None);
    }
    free.retain(|pick| warehouse.is_none_or(|id| pick.warehouse_id == id));
    let named: Vec<_> = found
        .lines
        .iter()
        .map(|line| Reference::Id(line.variant_id))
        .collect();
    let named: Vec<_> = named.iter().collect();
    let loaded = Loaded {
        order: &found.order,
        lines: &found.lines,
        variants: &variants::find_variants(tx.conn(), &named).await?,
        free,
    };
    let picks = rules::pick(&loaded, command.lines.as_deref());
    let picks = picks.map_err(|more| rejections.extend(more)).ok();
    Ok(picks.filter(|_| rejections.is_empty()).map(|picks| Chosen {
        locked: found,
        picks,
        book,
    }))
}

async fn find_warehouse(
    tx: &Tx,
    command: &OfOrder,
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

/// Under whose name something leaves, and on which day.
pub(super) fn posting(tx: &Tx, call: &Call, date: chrono::NaiveDate) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date,
        now: tx.now(),
    }
}

/// The active reservations of demands.
pub(super) fn active(book: &Book, demands: &[Demand]) -> Vec<reservation::Model> {
    let ids = demands.iter().flat_map(|demand| book.active_of(*demand));
    ids.filter_map(|id| book.reservation(id)).cloned().collect()
}

/// A fulfilment with its lines.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub row: fulfilment::Model,
    pub lines: Vec<fulfilment_line::Model>,
}

impl Parcel {
    /// An event of its life.
    pub fn event(&self, call: &Call, kind: &'static str) -> NewEvent {
        let row = &self.row;
        NewEvent {
            operation_id: call.operation_id,
            kind,
            schema_version: 1,
            subject_id: row.id.0,
            facts: json!({
                "salesOrderId": row.sales_order_id, "warehouseId": row.warehouse_id,
            })
            .to_string(),
        }
    }
}

/// New fulfilments of picks, one per warehouse.
pub(super) async fn parcels(
    tx: &Tx,
    (call, command): (&Call, &OfOrder),
    (order, status): (SalesOrderId, FulfilmentStatus),
    picks: Vec<Pick>,
) -> Result<Vec<Parcel>, TxError> {
    let by_place = rules::parcels(picks);
    let dates = vec![command.date; by_place.len()];
    let numbers = numbering::take(tx, NumberKind::Fulfilment, &dates).await?;
    let has_left = status == FulfilmentStatus::Shipped;
    let parcel = |((warehouse_id, picks), number)| {
        let freight = command.freight.clone();
        let id = FulfilmentId::generate();
        let row = fulfilment::Model {
            id,
            sales_order_id: order,
            warehouse_id,
            carrier: freight.carrier,
            tracking_number: freight.tracking_number,
            tracking_url: freight.tracking_url,
            package_count: None,
            weight: None,
            shipped_on: has_left.then_some(command.date),
            delivered_on: None,
            number,
            status,
            date: command.date,
            external_id: None,
            metadata: None,
            operation_id: call.operation_id,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        let lines = line_rows(id, picks);
        Parcel { row, lines }
    };
    Ok(by_place.into_iter().zip(numbers).map(parcel).collect())
}

fn line_rows(id: FulfilmentId, picks: Vec<Pick>) -> Vec<fulfilment_line::Model> {
    let line = |(pick, position): (Pick, i32)| fulfilment_line::Model {
        id: FulfilmentLineId::generate(),
        fulfilment_id: id,
        position,
        sales_order_line_id: pick.line_id,
        variant_id: pick.variant_id,
        quantity: pick.quantity,
        cost: Amount::ZERO,
    };
    picks.into_iter().zip(1..).map(line).collect()
}

/// Writes new fulfilments.
pub(super) async fn write(tx: &Tx, parcels: &[Parcel]) -> Result<(), TxError> {
    let rows = parcels.iter().map(|one| one.row.clone()).collect();
    let lines = parcels.iter().flat_map(|one| one.lines.clone()).collect();
    store::insert(tx.conn(), rows, lines).await?;
    Ok(())
}
