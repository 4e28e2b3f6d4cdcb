//! What can be done with a return: pure.

use entity::sales::{customer_return, customer_return_line};
use entity::vocab::{CustomerReturnStatus, Quantity};

use crate::platform::rejection::{Path, Problem, Rejection};

/// A step that a return can be asked to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Let the goods come back.
    Approve,
    /// Do not let them.
    Reject,
    /// Give it up.
    Cancel,
    /// Take the goods in.
    Receive,
    /// Decide what becomes of them.
    Inspect,
    /// Credit what was invoiced of them.
    Credit,
    /// Settle it.
    Close,
}

impl Step {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Approve,
        Self::Reject,
        Self::Cancel,
        Self::Receive,
        Self::Inspect,
        Self::Credit,
        Self::Close,
    ];

    /// The mutation.
    #[must_use]
    pub fn mutation(self) -> &'static str {
        match self {
            Self::Approve => "customerReturnApprove",
            Self::Reject => "customerReturnReject",
            Self::Cancel => "customerReturnCancel",
            Self::Receive => "customerReturnReceive",
            Self::Inspect => "customerReturnInspect",
            Self::Credit => "customerReturnCredit",
            Self::Close => "customerReturnClose",
        }
    }
}

/// Whether a step can be taken now.
///
/// # Errors
/// Why not, and what can be done instead.
pub fn check(step: Step, status: CustomerReturnStatus) -> Result<(), Problem> {
    use CustomerReturnStatus::{Approved, Inspected, Received, Requested};
    let is_allowed = match step {
        Step::Approve | Step::Reject => status == Requested,
        Step::Cancel => matches!(status, Requested | Approved),
        Step::Receive => status == Approved,
        Step::Inspect => status == Received,
        Step::Credit | Step::Close => status == Inspected,
    };
    if is_allowed {
        return Ok(());
    }
    let (allowed, message): (&'static [&'static str], &str) = match status {
        Requested => (
            &[
                "customerReturnApprove",
                "customerReturnReject",
                "customerReturnCancel",
            ],
            "This return is only requested. Approve it first.",
        ),
        Approved => (
            &["customerReturnReceive", "customerReturnCancel"],
            "The goods of this return have not come back yet. Receive them first.",
        ),
        Received => (
            &["customerReturnInspect"],
            "The goods of this return are in quarantine. Inspect them.",
        ),
        Inspected => (
            &["customerReturnCredit", "customerReturnClose"],
            "The goods of this return are inspected. Credit them, or close it.",
        ),
        CustomerReturnStatus::Rejected => (&[], "This return was rejected; nothing can follow."),
        CustomerReturnStatus::Closed => (&[], "This return is closed; nothing can follow."),
        CustomerReturnStatus::Cancelled => (&[], "This return is cancelled; nothing can follow."),
    };
    Err(Problem::InvalidState {
        state: status.as_str(),
        allowed,
        message: message.to_owned(),
    })
}

/// The same, as a rejection at the return's place in the input.
///
/// # Errors
/// Why not.
pub fn check_at(step: Step, row: &customer_return::Model) -> Result<(), Rejection> {
    let path = Path::input().at("customerReturn");
    check(step, row.status).map_err(|problem| Rejection::new(path, problem))
}

/// How much of a shipped line a line of a return takes for itself: what is to come, then what came
/// and did not go back to the customer.
#[must_use]
pub fn claimed(status: CustomerReturnStatus, line: &customer_return_line::Model) -> Quantity {
    match status {
        CustomerReturnStatus::Requested | CustomerReturnStatus::Approved => line.quantity,
        CustomerReturnStatus::Rejected | CustomerReturnStatus::Cancelled => Quantity::ZERO,
        CustomerReturnStatus::Received
        | CustomerReturnStatus::Inspected
        | CustomerReturnStatus::Closed => kept(line),
    }
}

/// How much came back and stays.
#[must_use]
pub fn kept(line: &customer_return_line::Model) -> Quantity {
    Quantity(line.received.0 - line.sent_back.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_allows_what_its_refusals_name() {
        use CustomerReturnStatus::{
            Approved, Cancelled, Closed, Inspected, Received, Rejected, Requested,
        };
        let states = [
            Requested, Approved, Rejected, Received, Inspected, Closed, Cancelled,
        ];
        for state in states {
            let verdicts = || Step::ALL.iter().map(|step| (*step, check(*step, state)));
            let mut possible: Vec<&str> = verdicts()
                .filter(|(_, verdict)| verdict.is_ok())
                .map(|(step, _)| step.mutation())
                .collect();
            possible.sort_unstable();
            for (step, verdict) in verdicts() {
                let Err(Problem::InvalidState { allowed, .. }) = verdict else {
                    continue;
                };
                let mut allowed = allowed.to_vec();
                allowed.sort_unstable();
                assert_eq!(allowed, possible, "{step:?} of {state:?}");
            }
        }
    }
}
