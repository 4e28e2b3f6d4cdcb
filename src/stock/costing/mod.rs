//! At which cost goods of a variant leave: changing the method.
//!
//! The method is the variant's, and stands on each of its levels too, where it is locked with them.
//! It changes only while nothing of the variant is there, so that no goods are valued by two
//! methods. Who changes it locks all levels, then the variant, and then looks for levels that were
//! made meanwhile; who makes a level holds the variant until the end, so one of the two sees the
//! other.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod rules;
