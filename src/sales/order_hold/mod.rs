//! Holds on sales orders, with reasons: an order on hold keeps its reservations and is not picked,
//! packed or shipped until every hold on it is released. Placed by people, and by whatever checks
//! orders.

pub mod graphql;
pub mod ops;
pub mod store;
