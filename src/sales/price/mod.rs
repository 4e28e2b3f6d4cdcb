//! What a customer would pay: the prices, taxes and totals that an order of some lines would get.
//! Nothing is stored or reserved; the rules are those that orders are priced by.

pub mod graphql;
