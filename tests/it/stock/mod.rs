//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, cost.

mod adjustment;
mod adjustment_reverse;
mod backorder;
mod hold;
mod transfer;
mod transitions;
