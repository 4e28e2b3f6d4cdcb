//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, cost, the past, and what a level is made of.

mod adjustment;
mod adjustment_reverse;
mod backorder;
pub mod explanation;
mod hold;
mod past;
mod promise;
mod transfer;
mod transitions;
