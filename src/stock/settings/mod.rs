//! What the company has settled on for its stock: from which value on a correction needs approval.

pub mod rules;
pub mod store;
