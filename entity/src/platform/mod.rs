//! What every command leaves behind.

pub mod event;
pub mod number_series;
pub mod operation;
