//! What can be promised for a coming day.
//!
//! What is reserved stays reserved, and arriving goods serve those who wait, in their turn,
//! whatever day they asked for. So every demand is taken from `available` already, and what can be
//! promised on a day is that, and what is announced until then. Nothing that comes later takes from
//! it: the least over all days from then on is that of the day itself.

pub mod store;
