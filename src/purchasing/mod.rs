//! What is bought: suppliers' offers, orders to them, and the goods that come in.

pub mod order;
pub mod receipt;
pub mod settings;
pub mod supplier_item;
