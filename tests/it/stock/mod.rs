//! What stock promises beyond receiving and selling: backorders, splits, holds, transfers,
//! adjustments, counts, cost, the past, alerts, and what a level is made of.

mod adjustment;
mod adjustment_reverse;
pub mod alerts;
mod alerts_at_once;
mod backorder;
mod costing;
mod costing_at_random;
mod counts;
mod counts_at_once;
pub mod explanation;
mod hold;
mod hold_ends_meanwhile;
mod past;
mod priority;
mod promise;
mod reservations;
mod transfer;
mod transitions;
