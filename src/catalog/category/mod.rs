//! Categories: the branches that products hang on. A branch grows from another one or is a root;
//! never from itself or from what grows on it.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
