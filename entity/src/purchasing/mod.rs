//! What comes in.

pub mod goods_receipt;
pub mod goods_receipt_line;
