//! Movements: the physical ledger, read.
