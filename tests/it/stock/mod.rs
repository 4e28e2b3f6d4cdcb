//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, counts, cost, the past, alerts, and what a level is made of.

mod adjustment;
mod adjustment_reverse;
pub mod alerts;
mod alerts_at_once;
mod backorder;
mod counts;
mod counts_at_once;
pub mod explanation;
mod hold;
mod past;
mod promise;
mod transfer;
mod transitions;
