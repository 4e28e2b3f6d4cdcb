//! Invoices: POSTED → VOID, by credit notes over all of it.
//!
//! An invoice bills what was shipped of an order and not yet billed, and its charges: the lines of
//! what is not stocked, such as freight, each once. Its number is gapless; it opens one item per
//! instalment of the customer's terms.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
pub mod store;
