//! Sales orders: CONFIRMED → CANCELLED, with a derived axis of fulfilment.
//!
//! Placing creates and confirms in one call: it reserves all or nothing (`REJECT`), lets what is
//! missing wait (`BACKORDER`), or takes it from other warehouses (`SPLIT`). Orders that arrive
//! while a transaction commits share the next one, each accepted or refused on its own. A hold
//! converts into an order by handing its stock over.

pub mod cancel;
pub mod convert;
pub mod graphql;
pub mod inputs;
pub mod place;
pub mod rules;
pub mod sourcing;
pub mod store;
