//! What the company has settled on for its stock: from which value on a correction needs approval,
//! and how warehouses are chosen for orders.

pub mod rules;
pub mod store;
