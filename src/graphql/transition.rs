//! What can be done with a document now, and why not the rest.

use async_graphql::SimpleObject;

/// A transition of a document: a mutation, and whether it can be used now.
#[derive(Clone, Debug, SimpleObject)]
pub struct AvailableTransition {
    /// The name of the mutation.
    transition: &'static str,
    /// Whether it would be accepted in the document's present state.
    is_allowed: bool,
    /// Why it would not be, and what to do; null when it is allowed.
    reason: Option<String>,
}

impl AvailableTransition {
    /// A transition, with what its rule says.
    #[must_use]
    pub fn of<E: std::fmt::Display>(transition: &'static str, verdict: Result<(), E>) -> Self {
        let reason = verdict.err().map(|reason| reason.to_string());
        Self {
            transition,
            is_allowed: reason.is_none(),
            reason,
        }
    }
}
