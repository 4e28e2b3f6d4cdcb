//! Purchase orders: what is ordered from a supplier.
//! DRAFT → PENDING_APPROVAL → APPROVED → SENT → CLOSED; CANCELLED before any receipt. Submitting
//! waits for approval where a tier applies, and never by the author; else it approves. SENT makes
//! what is open incoming. An order that was received in full stays SENT until it is closed, so that
//! bills and replacements can still belong to it; closing gives up what is still open.

pub mod approve;
pub mod draft;
pub mod graphql;
pub mod inputs;
pub mod life;
pub mod line;
pub mod ops;
pub mod rules;
pub mod send;
pub mod store;
pub mod transitions;
