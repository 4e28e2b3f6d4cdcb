//! How much of a level can be promised: pure arithmetic.

use entity::stock::stock_level;
use entity::vocab::Quantity;

/// `onHand = sellable + quarantined`: what is physically there.
#[must_use]
pub fn on_hand(level: &stock_level::Model) -> Quantity {
    Quantity(level.sellable.0 + level.quarantined.0)
}

/// `available = sellable − reserved − backordered`; below zero only by backorders.
#[must_use]
pub fn available(level: &stock_level::Model) -> Quantity {
    Quantity(level.sellable.0 - level.reserved.0 - level.backordered.0)
}

/// How a demand meets the stock there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// What is held for it.
    pub reserved: Quantity,
    /// What waits for stock.
    pub backordered: Quantity,
}

impl Promise {
    /// Reserves what is available, and lets the rest wait.
    #[must_use]
    pub fn of(wanted: Quantity, available: Quantity) -> Self {
        let reserved = wanted.at_most(available.or_zero());
        Self {
            reserved,
            backordered: Quantity(wanted.0 - reserved.0),
        }
    }
}
