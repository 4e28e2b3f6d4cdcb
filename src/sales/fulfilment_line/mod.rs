//! Lines of fulfilments, as the schema shows them. Their rows are written with their fulfilment's.

pub mod graphql;
