//! Goods receipts: POSTED → REVERSED. Goods come into a warehouse at a cost, by a purchase order or
//! without one, and serve who waits for them. Of an order's goods, what is accepted may be sold,
//! what is rejected goes to quarantine. A mistake is taken back by reversing the receipt.

pub mod arrival;
pub mod graphql;
pub mod inputs;
pub mod ops;
pub mod receive;
pub mod reversal;
pub mod reverse;
pub mod rules;
pub mod store;
