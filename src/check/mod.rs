//! `stockroom check`: recomputes every balance from the ledgers and documents, and names each
//! difference. It shares nothing with the code that posts: it is written in SQL, from the books.
//! `integrityCheck` is the same over the API, by parts.

mod accounts;
mod alerts;
pub mod graphql;
mod layers;
pub mod parts;
mod references;
mod rules;
mod stock_documents;
pub mod store;

use std::fmt;
use std::sync::Arc;

use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use store::run;

/// A stored number that is not what the books say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rule that does not hold.
    pub rule: &'static str,
    /// The record, by its ids.
    pub record: String,
    /// What is stored.
    pub stored: String,
    /// What the books say.
    pub expected: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            record,
            stored,
            expected,
        } = self;
        write!(f, "{rule}: {record}: stored {stored}, expected {expected}")
    }
}

/// What must hold: the name of every rule.
#[must_use]
pub fn rule_names() -> Vec<&'static str> {
    parts::all().map(|(_, rule)| rule.name).collect()
}

/// One server checks once at a time: a check reads much.
#[derive(Clone, Debug)]
pub struct Turn(Arc<Semaphore>);

impl Default for Turn {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Turn {
    /// Takes the turn, until the permit is dropped; none while somebody else has it.
    #[must_use]
    pub fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}
