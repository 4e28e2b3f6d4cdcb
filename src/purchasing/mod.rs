//! What comes in: goods receipts.

pub mod receipt;
