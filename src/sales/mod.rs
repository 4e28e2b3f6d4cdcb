//! What goes out: sales orders, their fulfilments, and what is billed for them.

pub mod credit;
pub mod credit_note;
pub mod customer_return;
pub mod fulfilment;
pub mod fulfilment_line;
pub mod invoice;
pub mod order;
pub mod order_hold;
pub mod order_line;
pub mod price;
pub mod quotation;
pub mod sourcing;
