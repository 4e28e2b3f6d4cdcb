//! The company and who may act in it.

pub mod api_token;
pub mod api_token_use;
pub mod company;
pub mod principal;
pub mod refresh_token;
pub mod signing_key;
pub mod user_account;
pub mod user_session;
