//! Steps that move no goods: approve, reject, cancel, close; and how every step finds its return.

use entity::sales::{customer_return, customer_return_line, sales_order};
use entity::vocab::{
    CustomerReturnId, CustomerReturnStatus, ReturnSettlement, SalesOrderId, SalesOrderStatus,
};
use futures_util::future::BoxFuture;
use serde_json::json;

use super::rules::{self, Step};
use super::store;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::event::NewEvent;
use crate::platform::input::check_version;
use crate::platform::reference::{Reference, find_and_lock, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::credit_note::store as credit_notes;

/// A step of a return.
#[derive(Clone, Debug)]
pub struct StepOf {
    /// Which return.
    pub customer_return: Reference<CustomerReturnId>,
    /// The version it must have.
    pub expected_version: Option<i64>,
    /// What is done.
    pub deed: Deed,
}

/// What is done.
#[derive(Clone, Debug)]
pub enum Deed {
    /// The goods may come back.
    Approve,
    /// They may not.
    Reject {
        /// Why.
        reason: String,
    },
    /// It is given up.
    Cancel,
    /// It is settled.
    Close {
        /// How.
        settlement: ReturnSettlement,
        /// The order that replaces the goods.
        replacement: Option<Reference<SalesOrderId>>,
    },
}

impl Deed {
    fn step(&self) -> (Step, &'static str) {
        match self {
            Self::Approve => (Step::Approve, "customer_return.approved"),
            Self::Reject { .. } => (Step::Reject, "customer_return.rejected"),
            Self::Cancel => (Step::Cancel, "customer_return.cancelled"),
            Self::Close { .. } => (Step::Close, "customer_return.closed"),
        }
    }
}

/// A return that is locked, and its lines in order.
pub(super) struct Locked {
    pub row: customer_return::Model,
    pub lines: Vec<customer_return_line::Model>,
}

/// Locks the return that a reference names, for a step that it must be ready for, at the version
/// the caller expects.
pub(super) async fn lock_for(
    tx: &Tx,
    (reference, expected_version): (&Reference<CustomerReturnId>, Option<i64>),
    step: Step,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<Locked>, TxError> {
    let row = find_and_lock::<customer_return::Entity>(tx.conn(), reference).await?;
    let Some(row) = row else {
        if *reference != Reference::Unusable {
            let path = Path::input().at("customerReturn");
            rejections.push(Rejection::new(path, Problem::NotFound("customer return")));
        }
        return Ok(None);
    };
    rejections.extend(check_version(expected_version, row.version).err());
    if let Err(reason) = rules::check_at(step, &row) {
        rejections.push(reason);
        return Ok(None);
    }
    let lines = store::lines(tx.conn(), row.id).await?;
    Ok(Some(Locked { row, lines }))
}

/// Takes a step.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn take(app: &App, envelope: Envelope<StepOf>) -> Verdict {
    envelope.call.actor.require(Scope::ReturnsWrite)?;
    command::run(app, envelope, handle).await
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<StepOf>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let (step, kind) = command.deed.step();
        let wanted = (&command.customer_return, command.expected_version);
        let Some(found) = lock_for(tx, wanted, step, &mut rejections).await? else {
            return Ok(Done::refused(rejections));
        };
        let Locked { mut row, lines } = found;
        match &command.deed {
            Deed::Approve => row.status = CustomerReturnStatus::Approved,
            Deed::Cancel => row.status = CustomerReturnStatus::Cancelled,
            Deed::Reject { reason } => {
                row.status = CustomerReturnStatus::Rejected;
                row.refusal = Some(reason.clone());
            }
            Deed::Close {
                settlement,
                replacement,
            } => {
                row.status = CustomerReturnStatus::Closed;
                row.settlement = Some(*settlement);
                let by = (*settlement, replacement.as_ref());
                match settle(tx, (&row, &lines), by).await? {
                    Ok(order) => row.replacement_id = order,
                    Err(reason) => rejections.extend(reason),
                }
            }
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let event = event(call, &row, kind);
        let id = row.id;
        store::save(tx.conn(), row, Vec::new(), tx.now()).await?;
        Ok(Done::accepted(id.0, vec![event]))
    })
}

/// What a step tells others.
pub(super) fn event(call: &Call, row: &customer_return::Model, kind: &'static str) -> NewEvent {
    NewEvent {
        operation_id: call.operation_id,
        kind,
        schema_version: 1,
        subject_id: row.id.0,
        facts: json!({ "number": row.number, "salesOrderId": row.sales_order_id }).to_string(),
    }
}

/// Whether a return can be settled so: the order that replaces its goods, where there is one.
async fn settle(
    tx: &Tx,
    (row, lines): (&customer_return::Model, &[customer_return_line::Model]),
    (settlement, replacement): (ReturnSettlement, Option<&Reference<SalesOrderId>>),
) -> Result<Result<Option<SalesOrderId>, Option<Rejection>>, TxError> {
    let path = Path::input();
    let refuse =
        |field: &str, message: &str| Ok(Err(Some(Rejection::invalid(path.at(field), message))));
    match (settlement, replacement) {
        (ReturnSettlement::Replacement, None) => {
            refuse("replacement", "Name the order that replaces the goods.")
        }
        (ReturnSettlement::Replacement, Some(Reference::Unusable)) => Ok(Err(None)),
        (ReturnSettlement::Replacement, Some(by)) => {
            let Some(order) = find_one::<sales_order::Entity>(tx.conn(), by).await? else {
                let problem = Problem::NotFound("sales order");
                return Ok(Err(Some(Rejection::new(path.at("replacement"), problem))));
            };
            let stands = [SalesOrderStatus::Confirmed, SalesOrderStatus::Closed];
            if order.customer_id != row.customer_id || !stands.contains(&order.status) {
                let message = "Must be a confirmed order of the same customer.";
                return refuse("replacement", message);
            }
            Ok(Ok(Some(order.id)))
        }
        (_, Some(_)) => refuse("replacement", "Leave it out, or settle with REPLACEMENT."),
        (ReturnSettlement::Credit, None) => {
            let is_kept = lines.iter().any(|line| rules::kept(line).is_positive());
            if is_kept && !credit_notes::is_credited(tx.conn(), row.id).await? {
                let message = "Nothing of it is credited yet. Use customerReturnCredit first.";
                return refuse("settlement", message);
            }
            Ok(Ok(None))
        }
        (ReturnSettlement::None, None) => Ok(Ok(None)),
    }
}
