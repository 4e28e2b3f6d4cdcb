//! Adjustments: corrections of stock with a reason. POSTED → REVERSED. A line says by how much, or
//! what is there and what was expected: then it is refused when somebody else was faster.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod post;
pub mod reverse;
pub mod rules;
pub mod store;
