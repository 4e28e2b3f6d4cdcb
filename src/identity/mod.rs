//! The company, and who may act in it.

pub mod access;
pub mod audit;
pub mod company;
pub mod principal;
pub mod role;
pub mod session;
pub mod token;
pub mod user;
