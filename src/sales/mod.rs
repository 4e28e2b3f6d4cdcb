//! What goes out: sales orders and their fulfilments.

pub mod fulfilment;
pub mod order;
