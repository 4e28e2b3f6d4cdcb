//! What a command wrote to the ledgers, or would write: told by every payload that posts.

pub mod graphql;
