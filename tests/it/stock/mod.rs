//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, counts, cost, the past.

mod adjustment;
mod adjustment_reverse;
mod backorder;
mod counts;
mod counts_at_once;
mod hold;
mod past;
mod transfer;
mod transitions;
