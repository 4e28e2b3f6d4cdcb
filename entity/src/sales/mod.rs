//! What goes out.

pub mod credit_note;
pub mod credit_note_line;
pub mod customer_return;
pub mod customer_return_line;
pub mod fulfilment;
pub mod fulfilment_line;
pub mod invoice;
pub mod invoice_line;
pub mod sales_order;
pub mod sales_order_hold;
pub mod sales_order_line;
