//! What goes out: sales orders, their fulfilments, and what is billed for them.

pub mod credit_note;
pub mod fulfilment;
pub mod invoice;
pub mod order;
