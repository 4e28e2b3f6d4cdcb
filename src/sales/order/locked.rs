//! An order that a command is about to change, locked with all that belongs to it.

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_hold, sales_order_line};
use entity::vocab::{Quantity, SalesOrderId};

use super::rules::{self, Facts, Transition};
use super::store;
use crate::platform::command::Call;
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::reference::{Reference, find_and_lock};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order_hold::store as holds;
use crate::stock::ledger::{Demand, Posting};

/// An order, its lines and its holds.
pub struct Locked {
    /// The order.
    pub order: sales_order::Model,
    /// Its lines, in order; those that were taken off have quantity zero.
    pub lines: Vec<sales_order_line::Model>,
    /// Its holds, oldest first.
    pub holds: Vec<sales_order_hold::Model>,
}

impl Locked {
    /// What a step depends on; `free` is what is reserved and in no fulfilment.
    #[must_use]
    pub fn facts(&self, free: Quantity, today: NaiveDate) -> Facts {
        Facts::of(&self.order, &self.lines, &self.holds, free, today)
    }

    /// The demands of its lines.
    #[must_use]
    pub fn demands(&self) -> Vec<Demand> {
        let goods = self.lines.iter().filter(|line| line.is_stock_tracked);
        goods.map(|line| Demand::OrderLine(line.id)).collect()
    }
}

/// Locks the order that a reference names, and brings what belongs to it. Everybody who changes
/// something of an order locks it first.
///
/// # Errors
/// The database's.
pub async fn lock(
    tx: &Tx,
    reference: &Reference<SalesOrderId>,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Locked>, TxError> {
    let order = find_and_lock::<sales_order::Entity>(tx.conn(), reference).await?;
    let Some(order) = order else {
        if *reference != Reference::Unusable {
            let path = Path::input().at("salesOrder");
            rejections.push(Rejection::new(path, Problem::NotFound("sales order")));
        }
        return Ok(None);
    };
    Ok(Some(Locked {
        lines: store::lines(tx.conn(), order.id).await?,
        holds: holds::of_order(tx.conn(), order.id).await?,
        order,
    }))
}

/// The same, for a step that it must be ready for, at the version the caller expects.
///
/// # Errors
/// The database's.
pub async fn lock_for(
    tx: &Tx,
    (reference, expected_version): (&Reference<SalesOrderId>, Option<i64>),
    (step, today): (Transition, NaiveDate),
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Locked>, TxError> {
    let Some(locked) = lock(tx, reference, rejections).await? else {
        return Ok(None);
    };
    let facts = locked.facts(Quantity::ZERO, today);
    let path = Path::input().at("salesOrder");
    let refused = rules::check_at(step, &facts, &path).err();
    let stale = check_version(expected_version, locked.order.version).err();
    let is_ready = refused.is_none();
    rejections.extend(refused.into_iter().chain(stale));
    Ok(Some(locked).filter(|_| is_ready))
}

/// Under whose name something is posted, today.
#[must_use]
pub fn posting(tx: &Tx, call: &Call, day: NaiveDate) -> Posting {
    Posting {
        operation_id: call.operation_id,
        actor: call.actor.caller_id(),
        date: day,
        now: tx.now(),
    }
}
