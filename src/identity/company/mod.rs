//! The one company of a database: its currency and time zone are fixed when the books are opened.

pub mod store;
