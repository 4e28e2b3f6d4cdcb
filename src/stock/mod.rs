//! Stock: where goods are, and to whom they are promised.

pub mod ledger;
pub mod level;
pub mod movement;
pub mod warehouse;
