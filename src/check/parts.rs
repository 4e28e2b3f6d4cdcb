//! The parts that can be checked by themselves; each rule belongs to one of them.

use super::rules::{self, Rule};
use super::{accounts, alerts, layers, references, stock_documents};

/// A part of the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Levels, movements, layers of costs, transfers, adjustments, counts and alerts.
    Stock,
    /// Reservations, backorders, what is incoming, and holds.
    Commitments,
    /// Sales orders, fulfilments and customers' returns.
    Orders,
    /// Purchase orders and goods receipts.
    Purchasing,
    /// The journal, open items, invoices, credit notes and payments.
    Accounts,
    /// What records name is there, and who wrote them.
    References,
}

impl Part {
    /// All parts, in the order of checking.
    pub const ALL: [Self; 6] = [
        Self::Stock,
        Self::Commitments,
        Self::Orders,
        Self::Purchasing,
        Self::Accounts,
        Self::References,
    ];

    /// What must hold of it.
    pub fn rules(self) -> impl Iterator<Item = &'static Rule> {
        let lists: &[&'static [Rule]] = match self {
            Self::Stock => &[
                rules::LEVELS,
                layers::RULES,
                stock_documents::RULES,
                stock_documents::COUNTS,
                alerts::RULES,
            ],
            Self::Commitments => &[rules::PROMISES, rules::RESERVATIONS, stock_documents::HOLDS],
            Self::Orders => &[rules::ORDERS, stock_documents::RETURNS],
            Self::Purchasing => &[rules::PURCHASING],
            Self::Accounts => &[accounts::RULES],
            Self::References => &[references::RULES, rules::DOCUMENTS],
        };
        lists.iter().copied().flatten()
    }
}

/// Every rule, with its part.
pub fn all() -> impl Iterator<Item = (Part, &'static Rule)> {
    let of = |part: Part| part.rules().map(move |rule| (part, rule));
    Part::ALL.into_iter().flat_map(of)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_is_in_one_part() {
        let names: Vec<&str> = all().map(|(_, rule)| rule.name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(distinct.len(), names.len(), "{names:?}");
        for part in Part::ALL {
            assert!(part.rules().next().is_some(), "{part:?} has rules");
        }
    }

    #[test]
    fn no_rule_is_written_that_is_in_no_part() {
        let sources = [
            include_str!("rules.rs"),
            include_str!("layers.rs"),
            include_str!("stock_documents.rs"),
            include_str!("accounts.rs"),
            include_str!("references.rs"),
            include_str!("alerts.rs"),
        ];
        let begins = ["level(\n", "of(\n", "all(\n", "name: \""];
        let count = |source: &&str| -> usize {
            begins
                .iter()
                .map(|begin| source.matches(begin).count())
                .sum()
        };
        let written: usize = sources.iter().map(count).sum();
        assert_eq!(all().count(), written);
    }
}
