//! The words every table speaks in.

mod exact;
mod ids;
mod instant;
mod money;
mod status;

pub use exact::{ExactError, MICROS_PER_UNIT, Quantity, Rate, UnitPrice};
pub use ids::*;
pub use instant::Instant;
pub use money::{Amount, CurrencyCode, ExchangeRate, LineAmounts, line_amounts, line_net};
pub use status::*;
