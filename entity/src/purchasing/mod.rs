//! What is bought, and what comes in.

pub mod approval_tier;
pub mod goods_receipt;
pub mod goods_receipt_line;
pub mod purchase_order;
pub mod purchase_order_line;
pub mod purchasing_settings;
pub mod supplier_item;
pub mod supplier_item_price;
