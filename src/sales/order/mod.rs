//! Sales orders: DRAFT (a quotation) → CONFIRMED → CLOSED, or CANCELLED before anything has left,
//! with derived axes of fulfilment and billing.
//!
//! Placing creates and confirms in one call: it reserves all or nothing (`REJECT`), lets what is
//! missing wait (`BACKORDER`), or takes it from other warehouses (`SPLIT`). Orders that arrive
//! while a transaction commits share the next one, each accepted or refused on its own. A hold
//! converts into an order by handing its stock over. Drafts are the business of `quotation`.
//!
//! An order of which everything is shipped and everything is invoiced closes by itself; whoever
//! does not wait for the rest closes it by hand. Lines of what is not kept in stock (freight, fees)
//! are neither reserved nor shipped, and no part of the axis of fulfilment.

pub mod address;
pub mod cancel;
pub mod close;
pub mod convert;
pub mod document;
pub mod fewest;
pub mod graphql;
pub mod inputs;
pub mod load;
pub mod locked;
pub mod place;
pub mod places;
pub mod pricing;
pub mod prioritize;
#[cfg(test)]
mod properties;
pub mod rules;
pub mod sourcing;
pub mod store;
