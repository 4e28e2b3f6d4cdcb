//! The company, and who may act in it.

pub mod company;
pub mod token;
