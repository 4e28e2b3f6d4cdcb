//! What the company has settled on for buying: how much more than ordered may come in, and from
//! which amount on orders must be approved by somebody else. Its face shows all settings of the
//! company, those of stock too.

pub mod graphql;
pub mod ops;
pub mod rules;
pub mod store;
