//! The company and who may act in it.

pub mod api_token;
pub mod company;
pub mod principal;
