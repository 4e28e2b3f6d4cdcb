//! Price lists: prices agreed on with customers or groups, in one currency, from a quantity and a
//! day on. ACTIVE until archived.
//!
//! A customer's own list comes first, then its group's, then the variant's base price. Within a
//! list the highest minimum quantity reached wins among the prices valid on the document's day.

pub mod graphql;
pub mod inputs;
pub mod items;
pub mod ops;
pub mod rules;
pub mod store;
