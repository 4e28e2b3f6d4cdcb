//! What every command leaves behind.

pub mod event;
pub mod metadata_entry;
pub mod number_series;
pub mod operation;
pub mod search_term;
