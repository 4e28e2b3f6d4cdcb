//! Lines of sales orders, as the schema shows them. Their rows are written with their order's.

pub mod graphql;
