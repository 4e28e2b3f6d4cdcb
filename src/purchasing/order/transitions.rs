//! What can be done with a purchase order now, and why not the rest: pure. The mutations ask the
//! same function as the field that tells it.

use entity::purchasing::purchase_order;
use entity::vocab::{Coverage, PrincipalId, PurchaseOrderStatus};

use crate::platform::rejection::{Path, Problem, Rejection};

/// Something that can be done with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its content is changed.
    Update,
    /// It is deleted.
    Delete,
    /// It is submitted for approval.
    Submit,
    /// It is approved.
    Approve,
    /// It is given back to its author.
    Reject,
    /// It is sent to the supplier.
    Send,
    /// The supplier confirms it.
    Confirm,
    /// Goods of it are received.
    Receive,
    /// It is withdrawn.
    Cancel,
    /// What is open is no longer waited for.
    Close,
}

impl Step {
    /// Every step, in the order of an order's life.
    pub const ALL: [Self; 10] = [
        Self::Update,
        Self::Delete,
        Self::Submit,
        Self::Approve,
        Self::Reject,
        Self::Send,
        Self::Confirm,
        Self::Receive,
        Self::Cancel,
        Self::Close,
    ];

    /// The mutation that does it.
    #[must_use]
    pub fn mutation(self) -> &'static str {
        match self {
            Self::Update => "purchaseOrderUpdate",
            Self::Delete => "purchaseOrderDelete",
            Self::Submit => "purchaseOrderSubmit",
            Self::Approve => "purchaseOrderApprove",
            Self::Reject => "purchaseOrderReject",
            Self::Send => "purchaseOrderSend",
            Self::Confirm => "purchaseOrderConfirm",
            Self::Receive => "purchaseOrderReceive",
            Self::Cancel => "purchaseOrderCancel",
            Self::Close => "purchaseOrderClose",
        }
    }
}

/// The mutations that are possible in a state.
#[must_use]
pub fn allowed(status: PurchaseOrderStatus, receiving: Coverage) -> &'static [&'static str] {
    match (status, receiving) {
        (PurchaseOrderStatus::Draft, _) => &[
            "purchaseOrderUpdate",
            "purchaseOrderDelete",
            "purchaseOrderSubmit",
            "purchaseOrderCancel",
        ],
        (PurchaseOrderStatus::PendingApproval, _) => &[
            "purchaseOrderApprove",
            "purchaseOrderReject",
            "purchaseOrderCancel",
        ],
        (PurchaseOrderStatus::Approved, _) => &["purchaseOrderSend", "purchaseOrderCancel"],
        (PurchaseOrderStatus::Sent, Coverage::None) => &[
            "purchaseOrderConfirm",
            "purchaseOrderReceive",
            "purchaseOrderCancel",
            "purchaseOrderClose",
        ],
        (PurchaseOrderStatus::Sent, _) => &[
            "purchaseOrderConfirm",
            "purchaseOrderReceive",
            "purchaseOrderClose",
        ],
        (PurchaseOrderStatus::Closed | PurchaseOrderStatus::Cancelled, _) => &[],
    }
}

/// The order must be in a state that allows the step.
///
/// # Errors
/// What can be done instead.
pub fn check(order: &purchase_order::Model, step: Step) -> Result<(), Rejection> {
    let allowed = allowed(order.status, order.receiving);
    if allowed.contains(&step.mutation()) {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: order.status.as_str(),
        allowed,
        message: why_not(order, step).to_owned(),
    };
    Err(Rejection::new(Path::input().at("purchaseOrder"), problem))
}

fn why_not(order: &purchase_order::Model, step: Step) -> &'static str {
    match order.status {
        PurchaseOrderStatus::Draft => "This order is still a draft; submit it first.",
        PurchaseOrderStatus::PendingApproval => {
            "This order waits for approval; approve it, or reject it to change it."
        }
        PurchaseOrderStatus::Approved => {
            "This order is approved, but not sent yet; send it, or cancel it and make another one."
        }
        PurchaseOrderStatus::Sent if step == Step::Cancel => {
            "Goods of this order have come in, so it can no longer be cancelled; close it, and \
             what is open is no longer waited for."
        }
        PurchaseOrderStatus::Sent => {
            "The supplier has this order, so it can no longer be changed; close it, and make \
             another one."
        }
        PurchaseOrderStatus::Closed => {
            "This order is closed: nothing more is waited for. Make another one."
        }
        PurchaseOrderStatus::Cancelled => "This order is cancelled. Make another one.",
    }
}

/// An order is approved by somebody who neither wrote nor last changed it.
///
/// # Errors
/// That it must be somebody else.
pub fn check_approver(order: &purchase_order::Model, caller: PrincipalId) -> Result<(), Rejection> {
    if caller != order.created_by && caller != order.edited_by {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: order.status.as_str(),
        allowed: &["purchaseOrderCancel"],
        message: OWN.to_owned(),
    };
    Err(Rejection::new(Path::input().at("purchaseOrder"), problem))
}

const OWN: &str = "Whoever wrote or last changed an order does not approve it. Ask somebody else \
    who has the scope purchase_orders:approve.";

/// Whether a caller can take a step with an order now.
///
/// # Errors
/// Why not.
pub fn verdict(
    order: &purchase_order::Model,
    step: Step,
    caller: PrincipalId,
) -> Result<(), Problem> {
    let checked = check(order, step).and_then(|()| match step {
        Step::Approve => check_approver(order, caller),
        _ => Ok(()),
    });
    checked.map_err(|rejection| rejection.problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_is_a_step() {
        let names = Step::ALL.map(Step::mutation);
        for status in [
            PurchaseOrderStatus::Draft,
            PurchaseOrderStatus::PendingApproval,
            PurchaseOrderStatus::Approved,
            PurchaseOrderStatus::Sent,
            PurchaseOrderStatus::Closed,
            PurchaseOrderStatus::Cancelled,
        ] {
            for receiving in [Coverage::None, Coverage::Partial] {
                for name in allowed(status, receiving) {
                    assert!(names.contains(name), "{name}");
                }
            }
        }
    }
}
