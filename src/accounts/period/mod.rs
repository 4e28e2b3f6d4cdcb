//! The period that is locked: nothing is posted on or before `lockedThrough`.
//!
//! Whoever writes the journal, moves goods or allocates asks `guard` in its transaction, which
//! holds the row until its end; whoever locks waits for them. So when a period has been locked,
//! nothing is on its way into it any more, on any server. The lock is taken late, behind levels and
//! numbers.

pub mod graphql;
pub mod guard;
pub mod ops;
pub mod rules;
pub mod store;
