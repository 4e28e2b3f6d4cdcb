//! Products and their variants. A product is what is shown, a variant what is stocked, priced and
//! ordered: ACTIVE until archived. Every document line names a variant.

pub mod change;
pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
pub mod store;
pub mod words;
