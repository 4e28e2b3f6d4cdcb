//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, cost, the past.

mod adjustment;
mod adjustment_reverse;
mod backorder;
mod hold;
mod past;
mod promise;
mod transfer;
mod transitions;
