//! Policies: how much of a variant a warehouse should have. They stand on the level itself, so that
//! whoever locks it to move goods has them in the same read, as they are at that moment.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
