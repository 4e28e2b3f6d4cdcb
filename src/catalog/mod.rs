//! What is bought, stored and sold.

pub mod product;
pub mod tax;
