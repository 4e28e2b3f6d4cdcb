//! The kit that the faces of all modules use.

pub mod arguments;
pub mod context;
pub mod fetch;
pub mod filter;
pub mod listing;
pub mod payload;
pub mod record;
pub mod scalars;
pub mod transition;
pub mod user_error;

pub use arguments::Reading;
pub(crate) use arguments::reference_input;
pub use context::{Asked, actor, app, company, failed, loaders};
pub use fetch::{Fetch, Loaders};
pub(crate) use fetch::{loader_by_id, loader_of_many};
pub(crate) use listing::listing;
pub(crate) use payload::payload;
pub(crate) use record::record_fields;
pub use scalars::{Date, Decimal, Money, RecordStatusKind};
pub use transition::AvailableTransition;
