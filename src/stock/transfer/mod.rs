//! Transfers: goods on their way from one warehouse to another.
//! DRAFT → IN_TRANSIT → CLOSED; CANCELLED before dispatch. Creating reserves the goods where they
//! are; dispatching moves them to transit at their cost; receiving, in one or several parts, says
//! of each line what arrived, what was lost and what came back.

pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod receive;
pub mod rules;
pub mod store;
