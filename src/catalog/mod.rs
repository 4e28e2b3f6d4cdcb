//! What is bought, stored and sold.

pub mod product;
