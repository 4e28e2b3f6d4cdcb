//! What is bought, stored and sold.

pub mod product;
pub mod product_variant;
pub mod unit;
