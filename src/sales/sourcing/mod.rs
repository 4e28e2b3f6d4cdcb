//! How warehouses are chosen that serve an order, as callers say it and see it before they place
//! one. What decides is `sales::order::sourcing`.

pub mod graphql;
pub mod inputs;
