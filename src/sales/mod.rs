//! What goes out.

pub mod fulfilment;
pub mod fulfilment_line;
pub mod order;
pub mod order_hold;
pub mod order_line;
pub mod quotation;
