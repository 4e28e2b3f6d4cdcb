//! Stock counts: what is on the shelves of a warehouse, against what the books say.
//! OPEN → COUNTED → POSTED; CANCELLED before it is posted.
//!
//! A count is of the sellable goods, those that are reserved, picked or packed among them; what is
//! in quarantine is not counted. When a line is recorded, the balance of that moment is kept beside
//! it, read under the level's lock: the difference is what was counted against what the books said
//! just then. So selling goes on during a count: what is shipped or received between counting and
//! posting changes the level and not the difference. Recording anything takes a counted count back
//! to OPEN, and it is finished again.
//!
//! Posting corrects all differences by one adjustment: the journal, the ledger, the events and the
//! way back are those of adjustments. A variant is in one open or counted count of a warehouse at a
//! time, which a unique constraint holds whoever begins two at once.

pub mod create;
pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod post;
pub mod rules;
pub mod store;
pub mod tally;
