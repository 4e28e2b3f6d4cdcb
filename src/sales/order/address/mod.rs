//! Addresses on orders, kept as they were when the order was written.

pub mod inputs;
