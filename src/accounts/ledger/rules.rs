//! What an entry of the journal is made of: pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::vocab::{
    Account, Amount, CustomerId, DocumentKind, Instant, JournalEntryId, OperationId, PrincipalId,
    SupplierId,
};
use uuid::Uuid;

/// Under whose name, when and for which day something is posted.
#[derive(Clone, Copy, Debug)]
pub struct Posting {
    /// The command.
    pub operation_id: OperationId,
    /// Who gave it.
    pub actor: PrincipalId,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// When it is recorded.
    pub now: Instant,
}

/// Who owes, or is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// Somebody who buys.
    Customer(CustomerId),
    /// Somebody we buy from.
    Supplier(SupplierId),
}

impl Party {
    /// The UUID of the party.
    #[must_use]
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Customer(id) => id.0,
            Self::Supplier(id) => id.0,
        }
    }

    /// The customer, if it is one.
    #[must_use]
    pub fn customer(self) -> Option<CustomerId> {
        match self {
            Self::Customer(id) => Some(id),
            Self::Supplier(_) => None,
        }
    }

    /// The supplier, if it is one.
    #[must_use]
    pub fn supplier(self) -> Option<SupplierId> {
        match self {
            Self::Supplier(id) => Some(id),
            Self::Customer(_) => None,
        }
    }

    /// The account of what such a party owes, or is owed.
    #[must_use]
    pub fn account(self) -> Account {
        match self {
            Self::Customer(_) => Account::AccountsReceivable,
            Self::Supplier(_) => Account::AccountsPayable,
        }
    }
}

/// A line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which account.
    pub account: Account,
    /// How much in the base currency: a debit above zero, a credit below.
    pub amount: Amount,
    /// Whom it is about.
    pub party: Option<Party>,
}

impl Line {
    /// A debit.
    #[must_use]
    pub fn debit(account: Account, amount: Amount) -> Self {
        Self {
            account,
            amount,
            party: None,
        }
    }

    /// A credit.
    #[must_use]
    pub fn credit(account: Account, amount: Amount) -> Self {
        Self::debit(account, -amount)
    }

    /// What a party owes more, or less when below zero.
    #[must_use]
    pub fn owed(party: Party, amount: Amount) -> Self {
        Self {
            account: party.account(),
            amount,
            party: Some(party),
        }
    }
}

/// A balanced entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub id: JournalEntryId,
    /// Under whose name and for which day.
    pub posting: Posting,
    /// The document behind it.
    pub document: (DocumentKind, Uuid),
    /// The entry it takes back.
    pub reverses: Option<JournalEntryId>,
    /// Its lines: one per account and party, none of them zero.
    pub lines: Vec<Line>,
}

impl Entry {
    /// An entry of these lines, those of one account and party added up; `None` when nothing is
    /// left of them.
    #[must_use]
    pub fn of(
        posting: Posting,
        document: (DocumentKind, Uuid),
        lines: impl IntoIterator<Item = Line>,
    ) -> Option<Self> {
        let mut sums: BTreeMap<(Account, Option<Party>), i64> = BTreeMap::new();
        for line in lines {
            *sums.entry((line.account, line.party)).or_default() += line.amount.0;
        }
        sums.retain(|_, sum| *sum != 0);
        if sums.is_empty() {
            return None;
        }
        let line = |((account, party), sum)| Line {
            account,
            amount: Amount(sum),
            party,
        };
        Some(Self {
            id: JournalEntryId::generate(),
            posting,
            document,
            reverses: None,
            lines: sums.into_iter().map(line).collect(),
        })
    }

    /// Whether debits and credits are the same.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.lines
            .iter()
            .map(|line| i128::from(line.amount.0))
            .sum::<i128>()
            == 0
    }
}

/// What entries add to the accounts' days: debit and credit, by account and day.
#[must_use]
pub fn days(entries: &[Entry]) -> BTreeMap<(&'static str, NaiveDate), (Account, i64, i64)> {
    let mut days = BTreeMap::new();
    for entry in entries {
        for line in &entry.lines {
            let key = (line.account.as_str(), entry.posting.date);
            let (_, debit, credit) = days.entry(key).or_insert((line.account, 0, 0));
            if line.amount.is_positive() {
                *debit += line.amount.0;
            } else {
                *credit -= line.amount.0;
            }
        }
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posting() -> Posting {
        Posting {
            operation_id: OperationId::generate(),
            actor: PrincipalId(Uuid::nil()),
            date: NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
            now: Instant(0),
        }
    }

    #[test]
    fn lines_of_one_account_are_one_and_zeros_go() {
        let lines = [
            Line::debit(Account::Inventory, Amount(5)),
            Line::credit(Account::Inventory, Amount(2)),
            Line::credit(Account::Cash, Amount(3)),
            Line::debit(Account::Revenue, Amount(7)),
            Line::credit(Account::Revenue, Amount(7)),
        ];
        let entry = Entry::of(posting(), (DocumentKind::Payment, Uuid::nil()), lines).unwrap();
        assert!(entry.is_balanced());
        assert_eq!(
            entry.lines,
            [
                Line::debit(Account::Inventory, Amount(3)),
                Line::credit(Account::Cash, Amount(3)),
            ]
        );
        let days = days(std::slice::from_ref(&entry));
        assert_eq!(days.values().map(|day| (day.1, day.2)).max(), Some((3, 0)));
    }

    #[test]
    fn what_comes_to_nothing_is_no_entry() {
        let lines = [
            Line::debit(Account::Cash, Amount(1)),
            Line::credit(Account::Cash, Amount(1)),
        ];
        let document = (DocumentKind::Payment, Uuid::nil());
        assert!(Entry::of(posting(), document, lines).is_none());
    }
}
