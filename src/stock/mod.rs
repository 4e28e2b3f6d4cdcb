//! Stock: where goods are, and to whom they are promised.

pub mod adjustment;
pub mod alert;
pub mod availability;
pub mod costing;
pub mod count;
pub mod explanation;
pub mod hold;
pub mod ledger;
pub mod level;
pub mod movement;
pub mod past;
pub mod policy;
pub mod posted;
pub mod reservation;
pub mod reversal;
pub mod settings;
pub mod transfer;
pub mod warehouse;
