//! The steps of a fulfilment that move no stock: picked, packed, delivered, cancelled, updated.

use chrono::NaiveDate;
use entity::sales::{fulfilment, sales_order_line};
use entity::vocab::{FulfilmentId, FulfilmentStatus, Quantity};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::create::Parcel;
use super::rules::{self, Step};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::metadata;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::locked::{self, Locked};
use crate::sales::order::rules as order_rules;
use crate::sales::order::store as orders;

/// A fulfilment that is to take a step.
#[derive(Clone, Debug)]
pub struct StepOf {
    /// Which one.
    pub fulfilment: Reference<FulfilmentId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// What is to be done.
    pub deed: Deed,
}

/// What is to be done with a fulfilment.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Its goods are taken from the shelves.
    Pick,
    /// They are packed.
    Pack {
        /// Into so many packages.
        package_count: Option<i32>,
        /// Of so many kilograms.
        weight: Option<Quantity>,
    },
    /// They arrived.
    Deliver {
        /// On this day.
        on: NaiveDate,
    },
    /// It is given up.
    Cancel,
    /// Carrier, tracking, and what a partner keeps with it change; `None` stays as it is.
    Update {
        /// Who carries it.
        carrier: Option<Option<String>>,
        /// The carrier's number.
        tracking_number: Option<Option<String>>,
        /// Where the carrier tells how far it is.
        tracking_url: Option<Option<String>>,
        /// The id a partner's system knows it by.
        external_id: Option<Option<String>>,
        /// What a partner keeps beside it.
        metadata: Option<Option<Json>>,
    },
}

impl Deed {
    fn step(&self) -> (Step, &'static str) {
        match self {
            Self::Pick => (Step::Pick, "fulfilment.picked"),
            Self::Pack { .. } => (Step::Pack, "fulfilment.packed"),
            Self::Deliver { .. } => (Step::Deliver, "fulfilment.delivered"),
            Self::Cancel => (Step::Cancel, "fulfilment.cancelled"),
            Self::Update { .. } => (Step::Update, "fulfilment.updated"),
        }
    }

    fn apply(&self, row: &mut fulfilment::Model) -> Option<Rejection> {
        match self.clone() {
            Self::Pick => row.status = FulfilmentStatus::Picked,
            Self::Pack {
                package_count,
                weight,
            } => {
                row.status = FulfilmentStatus::Packed;
                row.package_count = package_count;
                row.weight = weight;
            }
            Self::Deliver { on } => {
                row.status = FulfilmentStatus::Delivered;
                row.delivered_on = Some(on);
                let left = row.shipped_on.filter(|left| *left > on)?;
                let message = format!("Must not be earlier than the day they left, {left}.");
                let path = Path::input().at("deliveredOn");
                return Some(Rejection::invalid(path, message));
            }
            Self::Cancel => row.status = FulfilmentStatus::Cancelled,
            Self::Update {
                carrier,
                tracking_number,
                tracking_url,
                external_id,
                metadata,
            } => {
                row.carrier = carrier.unwrap_or(row.carrier.take());
                row.tracking_number = tracking_number.unwrap_or(row.tracking_number.take());
                row.tracking_url = tracking_url.unwrap_or(row.tracking_url.take());
                row.external_id = external_id.unwrap_or(row.external_id.take());
                row.metadata = metadata.unwrap_or(row.metadata.take());
            }
        }
        None
    }
}

/// A fulfilment, locked with its order.
pub(super) struct LockedFulfilment {
    pub locked: Locked,
    pub parcel: Parcel,
}

/// Locks the order of a fulfilment, then the fulfilment: everybody in this order.
pub(super) async fn lock(
    tx: &Tx,
    reference: &Reference<FulfilmentId>,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<LockedFulfilment>, TxError> {
    let Some(seen) = find_one::<fulfilment::Entity>(tx.conn(), reference).await? else {
        if *reference != Reference::Unusable {
            let path = Path::input().at("fulfilment");
            rejections.push(Rejection::new(path, Problem::NotFound("fulfilment")));
        }
        return Ok(None);
    };
    let of_order = Reference::Id(seen.sales_order_id);
    let Some(locked) = locked::lock(tx, &of_order, rejections).await? else {
        return Err(TxError::internal("a fulfilment without an order"));
    };
    let own = Reference::Id(seen.id);
    let Some(row) = find_and_lock::<fulfilment::Entity>(tx.conn(), &own).await? else {
        return Err(TxError::internal("a fulfilment that was deleted"));
    };
    let lines = store::lines(tx.conn(), row.id).await?;
    Ok(Some(LockedFulfilment {
        locked,
        parcel: Parcel { row, lines },
    }))
}

/// Takes a step.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn take(app: &App, envelope: Envelope<StepOf>) -> Verdict {
    envelope.call.actor.require(Scope::FulfilmentsWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<StepOf>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some(found) = lock(tx, &command.fulfilment, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let LockedFulfilment { locked, mut parcel } = found;
        let before = parcel.row.clone();
        let (step, kind) = command.deed.step();
        let hold = order_rules::standing(&locked.holds);
        let stale = check_version(command.expected_version, parcel.row.version).err();
        rejections.extend(stale);
        match rules::check(step, parcel.row.status, hold.as_deref()) {
            // A day that was complained about is not complained about again.
            Ok(()) => rejections.extend(
                command
                    .deed
                    .apply(&mut parcel.row)
                    .filter(|_| call.complaints.is_empty()),
            ),
            Err(problem) => {
                let path = Path::input().at("fulfilment");
                rejections.push(Rejection::new(path, problem));
            }
        }
        rejections.extend(check_external_id(tx, &before, &parcel.row).await?);
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let metadata = (before.metadata.as_ref(), parcel.row.metadata.as_ref());
        if metadata.0 != metadata.1 {
            metadata::write(tx.conn(), before.id.0, metadata.0, metadata.1).await?;
        }
        store::save(tx.conn(), parcel.row.clone(), tx.now()).await?;
        if step == Step::Cancel {
            give_back(tx, locked, &parcel).await?;
        }
        let event = parcel.event(call, kind);
        Ok(Done::accepted(parcel.row.id.0, vec![event]))
    })
}

/// No two fulfilments have the same external id.
async fn check_external_id(
    tx: &Tx,
    before: &fulfilment::Model,
    row: &fulfilment::Model,
) -> Result<Option<Rejection>, TxError> {
    let Some(id) = row.external_id.clone() else {
        return Ok(None);
    };
    if before.external_id.as_ref() == Some(&id) {
        return Ok(None);
    }
    let rival = find_one::<fulfilment::Entity>(tx.conn(), &Reference::ExternalId(id)).await?;
    Ok(rival.map(|rival| {
        let problem = Problem::Duplicate {
            field: "external id",
            existing: rival.id.to_string(),
        };
        Rejection::new(Path::input().at("externalId"), problem)
    }))
}

/// What a cancelled fulfilment had set aside is free for another one.
async fn give_back(tx: &Tx, locked: Locked, parcel: &Parcel) -> Result<(), TxError> {
    let mut lines = locked.lines;
    for given in &parcel.lines {
        let is_it = |line: &&mut sales_order_line::Model| line.id == given.sales_order_line_id;
        let line = lines.iter_mut().find(is_it);
        line.expect("a fulfilment names lines of its order")
            .allocated
            .0 -= given.quantity.0;
    }
    orders::save(tx.conn(), locked.order, lines, tx.now()).await?;
    Ok(())
}
