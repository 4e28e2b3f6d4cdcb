//! Credit notes: POSTED. They take an invoice, or parts of it, back: by quantity, or by an amount
//! when only the price was wrong. What is credited pays what is open of the invoice; the rest is
//! credit on account. An invoice that is credited in full is VOID.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
pub mod store;
