//! What was there, from what is there now and the days since: pure.

use entity::vocab::{Amount, MovementKind, Quantity};

/// What is on hand, and its value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// Sellable and quarantined, in the base unit.
    pub quantity: Quantity,
    /// What it cost, in the company's currency.
    pub value: Amount,
}

impl Balance {
    fn plus(self, other: Self) -> Self {
        Self {
            quantity: Quantity(self.quantity.0 + other.quantity.0),
            value: Amount(self.value.0 + other.value.0),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            quantity: Quantity(self.quantity.0 - other.quantity.0),
            value: Amount(self.value.0 - other.value.0),
        }
    }
}

/// What one kind of document brought and took in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The kind of document.
    pub kind: MovementKind,
    /// What came.
    pub came: Balance,
    /// What left.
    pub left: Balance,
}

/// What one kind of document did in a period and since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// In the period.
    pub flow: Flow,
    /// What came less what left after it.
    pub since: Balance,
}

/// A level in a period: `opening + came - left = closing`, in quantity and in value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// At the end of the day before the first.
    pub opening: Balance,
    /// At the end of the last day.
    pub closing: Balance,
    /// Everything that came.
    pub came: Balance,
    /// Everything that left.
    pub left: Balance,
    /// By kind of document; those that did nothing are left out.
    pub flows: Vec<Flow>,
}

impl Period {
    /// Reckons back from what is there now.
    #[must_use]
    pub fn before(now: Balance, sums: &[Sum]) -> Self {
        let closing = sums.iter().fold(now, |left, sum| left.minus(sum.since));
        let add = |total: Balance, one: Balance| total.plus(one);
        let came = sums.iter().map(|sum| sum.flow.came);
        let came = came.fold(Balance::default(), add);
        let left = sums.iter().map(|sum| sum.flow.left);
        let left = left.fold(Balance::default(), add);
        let none = Balance::default();
        let mut flows: Vec<Flow> = sums
            .iter()
            .map(|sum| sum.flow)
            .filter(|flow| flow.came != none || flow.left != none)
            .collect();
        flows.sort_unstable_by_key(|flow| flow.kind);
        Self {
            opening: closing.plus(left).minus(came),
            closing,
            came,
            left,
            flows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn balance(quantity: i64, value: i64) -> Balance {
        Balance {
            quantity: Quantity(quantity),
            value: Amount(value),
        }
    }

    #[test]
    fn a_period_closes_with_what_is_there_now_without_the_days_since() {
        let receipts = Sum {
            flow: Flow {
                kind: MovementKind::Receipt,
                came: balance(10, 100),
                left: balance(1, 10),
            },
            since: balance(5, 60),
        };
        let shipments = Sum {
            flow: Flow {
                kind: MovementKind::Fulfilment,
                came: balance(0, 0),
                left: balance(4, 40),
            },
            since: balance(-2, -22),
        };
        let period = Period::before(balance(13, 138), &[shipments, receipts]);
        assert_eq!(period.closing, balance(10, 100));
        assert_eq!(period.came, balance(10, 100));
        assert_eq!(period.left, balance(5, 50));
        assert_eq!(period.opening, balance(5, 50));
        assert_eq!(period.flows, [receipts.flow, shipments.flow]);
    }

    #[test]
    fn where_nothing_happened_it_was_as_it_is() {
        let now = balance(7, 70);
        let period = Period::before(now, &[]);
        assert_eq!((period.opening, period.closing), (now, now));
        assert!(period.flows.is_empty());
    }
}
