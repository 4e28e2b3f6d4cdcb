//! Customer returns: goods that were shipped come back.
//!
//! REQUESTED → APPROVED → RECEIVED → INSPECTED → CLOSED, REJECTED instead of APPROVED, and
//! CANCELLED before anything came back. What is received goes to quarantine, at the cost at which
//! it left; inspecting decides what becomes of each line. A return never claims more than was
//! shipped and is not claimed by another: the order is locked while that is looked at.

pub mod claim;
pub mod credit;
pub mod graphql;
pub mod inputs;
pub mod inspect;
pub mod receive;
pub mod request;
pub mod rules;
pub mod steps;
pub mod store;
