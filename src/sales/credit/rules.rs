//! Whether an order fits in what is left of a customer's credit limit: pure.

use std::collections::HashMap;

use entity::sales::sales_order;
use entity::vocab::{Amount, CurrencyCode, CustomerId};

use crate::platform::rejection::{Path, Problem, Rejection};

/// What happens when an order does not fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CreditPolicy {
    /// It is refused.
    #[default]
    Reject,
    /// It is accepted, and put on hold.
    Hold,
    /// It is accepted; whoever asks for it needs the scope `credit:write`.
    Ignore,
}

/// What a customer may owe, owes and has ordered, in the company's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Up to what it may go; none when without limit.
    pub limit: Option<Amount>,
    /// What is open on its account; below zero when it has credit.
    pub open_balance: Amount,
    /// What it has ordered in confirmed orders and was not invoiced.
    pub open_orders: Amount,
}

impl Exposure {
    /// What is open and ordered.
    #[must_use]
    pub fn total(&self) -> Amount {
        Amount(self.open_balance.0.saturating_add(self.open_orders.0))
    }

    /// What is left of the limit, below zero when it is passed; none without limit.
    #[must_use]
    pub fn available(&self) -> Option<Amount> {
        let left = |limit: Amount| Amount(limit.0.saturating_sub(self.total().0));
        self.limit.map(left)
    }
}

/// The exposures of customers with a limit, as they are while commands are decided on.
#[derive(Clone, Debug, Default)]
pub struct Exposures(pub HashMap<CustomerId, Exposure>);

/// An amount that is to be ordered, in the company's currency.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// Who orders.
    pub customer_id: CustomerId,
    /// How much more is ordered than before.
    pub amount: Amount,
    /// What happens when it does not fit.
    pub policy: CreditPolicy,
    /// The company's currency.
    pub currency: CurrencyCode,
}

impl Exposures {
    /// Adds what is ordered to what the customer has ordered; the reason of the hold that the order
    /// is put on, where it does not fit and is to be held. What orders nothing more always fits.
    ///
    /// # Errors
    /// That it does not fit; nothing is added.
    pub fn take(&mut self, asked: Asked, path: &Path) -> Result<Option<String>, Rejection> {
        let Some(exposure) = self.0.get_mut(&asked.customer_id) else {
            return Ok(None);
        };
        let is_within = |left: Amount| asked.amount.0 <= left.0.max(0);
        let fits = exposure.available().is_none_or(is_within);
        let hold = match (fits, asked.policy) {
            (true, _) | (false, CreditPolicy::Ignore) => None,
            (false, CreditPolicy::Hold) => Some(reason(exposure, asked)),
            (false, CreditPolicy::Reject) => {
                let problem = Problem::CreditLimit {
                    limit: exposure.limit.unwrap_or_default(),
                    open_balance: exposure.open_balance,
                    open_orders: exposure.open_orders,
                    requested: asked.amount,
                    currency: asked.currency,
                };
                return Err(Rejection::new(path.clone(), problem));
            }
        };
        exposure.open_orders = Amount(exposure.open_orders.0.saturating_add(asked.amount.0));
        Ok(hold)
    }
}

fn reason(exposure: &Exposure, asked: Asked) -> String {
    let money = |amount: Amount| amount.in_currency(asked.currency);
    format!(
        "Over the credit limit of {}: {} are open, {} ordered before, {} ordered now.",
        money(exposure.limit.unwrap_or_default()),
        money(exposure.open_balance),
        money(exposure.open_orders),
        money(asked.amount),
    )
}

/// What an order comes to in the company's currency.
#[must_use]
pub fn in_base(order: &sales_order::Model, base: CurrencyCode) -> Amount {
    let gross = order.exchange_rate.to_base(order.gross, base);
    gross.unwrap_or(Amount(i64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_accepted_never_passes_the_limit(
            limit in 0_i64..1_000,
            open in -500_i64..1_500,
            orders in prop::collection::vec(0_i64..400, 1..20),
        ) {
            let customer_id = CustomerId::generate();
            let start = Exposure {
                limit: Some(Amount(limit)),
                open_balance: Amount(open),
                open_orders: Amount::ZERO,
            };
            let mut exposures = Exposures([(customer_id, start)].into());
            let currency = CurrencyCode::parse("EUR").unwrap();
            for amount in orders {
                let before = exposures.0[&customer_id];
                let policy = CreditPolicy::Reject;
                let asked = Asked { customer_id, amount: Amount(amount), policy, currency };
                let outcome = exposures.take(asked, &Path::input());
                let after = exposures.0[&customer_id];
                if outcome.is_ok() {
                    prop_assert_eq!(after.total().0, before.total().0 + amount);
                    prop_assert!(amount == 0 || after.total().0 <= limit);
                } else {
                    prop_assert_eq!(after, before);
                    prop_assert!(before.total().0 + amount > limit);
                }
            }
        }
    }
}
