//! What goes out.

pub mod fulfilment;
pub mod fulfilment_line;
pub mod sales_order;
pub mod sales_order_hold;
pub mod sales_order_line;
