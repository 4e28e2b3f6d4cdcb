//! What can be done with an order, and how far it is: pure.

use chrono::NaiveDate;
use entity::sales::{sales_order, sales_order_hold, sales_order_line};
use entity::vocab::{Amount, LineAmounts, Progress, Quantity, SalesOrderStatus};

use crate::platform::rejection::{Path, Problem, Rejection};

/// A step that an order can be asked to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transition {
    /// Change what it says.
    Update,
    /// Accept it: its stock is reserved.
    Confirm,
    /// Throw a draft away.
    Delete,
    /// Withdraw it before anything was shipped or invoiced.
    Cancel,
    /// Give up what is still open.
    Close,
    /// Give it another turn among those that wait for stock.
    Prioritize,
    /// Keep it from being picked and shipped.
    Hold,
    /// Let it go again.
    ReleaseHold,
    /// Put what is reserved into fulfilments.
    CreateFulfilment,
    /// Ship what is reserved at once.
    Ship,
}

impl Transition {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Update,
        Self::Confirm,
        Self::Delete,
        Self::Cancel,
        Self::Close,
        Self::Prioritize,
        Self::Hold,
        Self::ReleaseHold,
        Self::CreateFulfilment,
        Self::Ship,
    ];

    /// The mutation.
    #[must_use]
    pub fn mutation(self) -> &'static str {
        match self {
            Self::Update => "salesOrderUpdate",
            Self::Confirm => "salesOrderConfirm",
            Self::Delete => "salesOrderDelete",
            Self::Cancel => "salesOrderCancel",
            Self::Close => "salesOrderClose",
            Self::Prioritize => "salesOrderPrioritize",
            Self::Hold => "salesOrderHold",
            Self::ReleaseHold => "salesOrderReleaseHold",
            Self::CreateFulfilment => "fulfilmentCreate",
            Self::Ship => "fulfilmentShip",
        }
    }
}

/// What a step depends on.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Where the order is in its life.
    pub status: SalesOrderStatus,
    /// How much is shipped.
    pub fulfilment: Progress,
    /// How much is invoiced.
    pub billing: Progress,
    /// Whether something has left.
    pub is_shipped: bool,
    /// Whether something is in fulfilments that have not left.
    pub is_allocated: bool,
    /// Whether something is reserved that is in no fulfilment.
    pub has_free: bool,
    /// Whether it is a quotation whose last day is over.
    pub is_expired: bool,
    /// The hold that stands, in words; none when there is none.
    pub hold: Option<String>,
}

impl Facts {
    /// The facts of an order; `free` is what is reserved and in no fulfilment.
    #[must_use]
    pub fn of(
        order: &sales_order::Model,
        lines: &[sales_order_line::Model],
        holds: &[sales_order_hold::Model],
        free: Quantity,
        today: NaiveDate,
    ) -> Self {
        let is_draft = order.status == SalesOrderStatus::Draft;
        Self {
            status: order.status,
            fulfilment: order.fulfilment,
            billing: order.billing,
            is_shipped: lines.iter().any(|line| line.shipped.is_positive()),
            is_allocated: lines.iter().any(|line| line.allocated.is_positive()),
            has_free: free.is_positive(),
            is_expired: is_draft && order.valid_until.is_some_and(|last| last < today),
            hold: standing(holds),
        }
    }
}

/// The holds that stand, in words.
#[must_use]
pub fn standing(holds: &[sales_order_hold::Model]) -> Option<String> {
    let active = holds.iter().filter(|hold| hold.released_at.is_none());
    let words: Vec<String> = active
        .map(|hold| format!("{}: {}", hold.kind.as_str(), hold.reason))
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// Whether a step can be taken now.
///
/// # Errors
/// Why not, and what can be done instead.
pub fn check(step: Transition, facts: &Facts) -> Result<(), Problem> {
    use SalesOrderStatus::{Cancelled, Closed, Confirmed, Draft};
    match (step, facts.status) {
        (Transition::Hold | Transition::Prioritize, Draft | Confirmed)
        | (Transition::Update | Transition::Delete, Draft) => Ok(()),
        (Transition::ReleaseHold, _) if facts.hold.is_some() => Ok(()),
        (Transition::ReleaseHold, _) => Err(facts.refuse(&[], "This order is not on hold.")),
        (Transition::Confirm, Draft) if facts.is_expired => Err(facts.refuse(
            &["salesOrderUpdate"],
            "This quotation is no longer valid. Give it another validUntil, or confirm it with \
             ignoreValidity.",
        )),
        (Transition::Confirm, Draft) | (Transition::Update, Confirmed) => Ok(()),
        (Transition::Confirm, _) => Err(facts.refuse(
            &[],
            "Only a draft can be confirmed; this order is past that.",
        )),
        (Transition::Delete, _) => Err(facts.refuse(
            &["salesOrderCancel", "salesOrderClose"],
            "Only a draft can be deleted; cancel the order, or close it.",
        )),
        (_, Cancelled) => Err(facts.refuse(&[], "This order is cancelled; nothing can follow.")),
        (_, Closed) => Err(facts.refuse(&[], "This order is closed; nothing can follow.")),
        (Transition::Cancel, Draft) => Err(facts.refuse(
            &["salesOrderDelete", "salesOrderConfirm"],
            "This order is a draft: delete it instead.",
        )),
        (Transition::Close | Transition::CreateFulfilment | Transition::Ship, Draft) => Err(facts
            .refuse(
                &["salesOrderConfirm"],
                "This order is a draft: nothing is reserved for it yet. Confirm it first.",
            )),
        (Transition::Cancel, Confirmed) => facts.cancel(),
        (Transition::Close, Confirmed) => facts.close(),
        (Transition::CreateFulfilment, Confirmed) => facts.fulfil(),
        (Transition::Ship, Confirmed) => facts.not_on_hold().and_then(|()| facts.fulfil()),
    }
}

/// The same, as a rejection at the order's place in the input.
///
/// # Errors
/// Why not.
pub fn check_at(step: Transition, facts: &Facts, path: &Path) -> Result<(), Rejection> {
    check(step, facts).map_err(|problem| Rejection::new(path.clone(), problem))
}

impl Facts {
    fn refuse(&self, allowed: &'static [&'static str], message: impl Into<String>) -> Problem {
        Problem::InvalidState {
            state: self.status.as_str(),
            allowed,
            message: message.into(),
        }
    }

    fn cancel(&self) -> Result<(), Problem> {
        if self.is_shipped && self.fulfilment == Progress::Full {
            let message = "This order has been shipped in full, so it can no longer be cancelled.";
            return Err(self.refuse(&["salesOrderClose"], message));
        }
        if self.is_shipped {
            let message = "A part of this order has been shipped, so it can no longer be \
                cancelled. Ship the rest, or close it.";
            return Err(self.refuse(&["fulfilmentShip", "salesOrderClose"], message));
        }
        if self.is_allocated {
            let message = "Goods of this order are in fulfilments. Cancel those first.";
            return Err(self.refuse(&["fulfilmentCancel"], message));
        }
        if self.billing != Progress::None {
            let message = "Something of this order has been invoiced, so it can no longer be \
                cancelled. Credit the invoice, or close the order.";
            return Err(self.refuse(&["salesOrderClose"], message));
        }
        Ok(())
    }

    /// Whether lines may be added, removed or changed. A draft's may always.
    ///
    /// # Errors
    /// Why not.
    pub fn edit_lines(&self) -> Result<(), Problem> {
        if self.status == SalesOrderStatus::Draft {
            return Ok(());
        }
        if self.is_shipped {
            let message = "Goods of this order have left, so its lines no longer change. Ship or \
                close the rest, and place another order for more.";
            return Err(self.refuse(&["salesOrderClose", "salesOrderPlace"], message));
        }
        if self.is_allocated {
            let message = "Goods of this order are in fulfilments. Cancel those, then change its \
                lines.";
            return Err(self.refuse(&["fulfilmentCancel"], message));
        }
        if self.billing != Progress::None {
            let message = "Something of this order has been invoiced, so its lines no longer \
                change. Place another order for more.";
            return Err(self.refuse(&["salesOrderPlace"], message));
        }
        Ok(())
    }

    fn close(&self) -> Result<(), Problem> {
        if self.is_allocated {
            let message = "Goods of this order are in fulfilments. Ship or cancel those first.";
            return Err(self.refuse(&["fulfilmentShip", "fulfilmentCancel"], message));
        }
        Ok(())
    }

    fn fulfil(&self) -> Result<(), Problem> {
        if self.has_free {
            return Ok(());
        }
        Err(match (self.fulfilment, self.is_allocated) {
            (Progress::Full, _) => self.refuse(
                &["salesOrderClose"],
                "Nothing of this order is left to be shipped.",
            ),
            (_, true) => self.refuse(
                &["fulfilmentShip", "fulfilmentCancel"],
                "Everything that is reserved is in fulfilments already: ship those.",
            ),
            _ => self.refuse(
                &["goodsReceiptPost"],
                "Nothing of this order is reserved, so there is nothing to ship.",
            ),
        })
    }

    /// An order on hold is not picked, packed or shipped.
    ///
    /// # Errors
    /// Which hold, and how it is released.
    pub fn not_on_hold(&self) -> Result<(), Problem> {
        on_hold(self.status.as_str(), self.hold.as_deref())
    }
}

/// An order on hold is not picked, packed or shipped.
///
/// # Errors
/// Which hold, and how it is released.
pub fn on_hold(state: &'static str, hold: Option<&str>) -> Result<(), Problem> {
    let Some(hold) = hold else { return Ok(()) };
    Err(Problem::InvalidState {
        state,
        allowed: &["salesOrderReleaseHold"],
        message: format!(
            "The order is on hold ({hold}). Release it with salesOrderReleaseHold, then go on."
        ),
    })
}

/// How much of an order has been shipped, by its lines of goods.
#[must_use]
pub fn progress(lines: &[sales_order_line::Model]) -> Progress {
    let goods = || lines.iter().filter(|line| line.is_stock_tracked);
    if goods().all(|line| line.shipped == line.quantity) {
        Progress::Full
    } else if goods().all(|line| line.shipped == Quantity::ZERO) {
        Progress::None
    } else {
        Progress::Partial
    }
}

/// Where a confirmed order goes when something was shipped or invoiced: an order of which
/// everything is shipped and everything is invoiced closes by itself.
#[must_use]
pub fn status_after(
    status: SalesOrderStatus,
    fulfilment: Progress,
    billing: Progress,
) -> SalesOrderStatus {
    match (status, fulfilment, billing) {
        (SalesOrderStatus::Confirmed, Progress::Full, Progress::Full) => SalesOrderStatus::Closed,
        _ => status,
    }
}

/// Sums of the lines' rounded amounts.
#[must_use]
pub fn totals(lines: &[sales_order_line::Model]) -> LineAmounts {
    let sum = |of: fn(&sales_order_line::Model) -> Amount| {
        Amount(lines.iter().map(|line| of(line).0).sum())
    };
    LineAmounts {
        net: sum(|line| line.net),
        tax: sum(|line| line.tax),
        gross: sum(|line| line.gross),
    }
}

/// How much of a line still has to leave.
#[must_use]
pub fn open_quantity(line: &sales_order_line::Model) -> Quantity {
    if line.is_stock_tracked {
        Quantity(line.quantity.0 - line.shipped.0 - line.closed.0)
    } else {
        Quantity::ZERO
    }
}
