//! What every module stands on; it knows no module.

pub mod actor;
pub mod app;
pub mod audit;
pub mod batch;
pub mod bus;
pub mod carry_out;
pub mod changes;
pub mod clock;
pub mod command;
pub mod db;
pub mod event;
pub mod idempotency;
pub mod input;
pub mod lane;
pub mod master;
pub mod metadata;
pub mod meters;
pub mod numbering;
pub mod page;
pub mod reference;
pub mod rejection;
pub mod request_id;
pub mod search;
pub mod secret;
pub mod text_key;
pub mod together;
