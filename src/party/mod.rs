//! Who we buy from and sell to.

pub mod customer;
pub mod supplier;
