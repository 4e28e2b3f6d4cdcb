//! Who we buy from and sell to, and what is agreed on with them.

pub mod customer;
pub mod details;
pub mod group;
pub mod supplier;
pub mod terms;
