//! What holds of a party's open items, whatever was paid, allocated and taken back.

use chrono::{Days, NaiveDate};
use entity::accounts::party_balance;
use entity::vocab::{
    Amount, CurrencyCode, CustomerId, DocumentKind, ExchangeRate, Instant, OperationId, PrincipalId,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::rules::{NewItem, PartyBook, Side};
use crate::accounts::ledger::{Party, Posting};

fn book() -> PartyBook {
    let customer = CustomerId::generate();
    let balance = party_balance::Model {
        party_id: customer.0,
        currency: "USD".to_owned(),
        customer_id: Some(customer),
        supplier_id: None,
        open_amount: Amount::ZERO,
        open_base: Amount::ZERO,
        version: 1,
    };
    let base = CurrencyCode::parse("EUR").unwrap();
    PartyBook::of(Party::Customer(customer), base, balance, Vec::new())
}

fn posting(day: u64) -> Posting {
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    Posting {
        operation_id: OperationId::generate(),
        actor: PrincipalId(Uuid::nil()),
        date: first + Days::new(day),
        now: Instant(0),
    }
}

fn item(posting: Posting, cents: i64, rate: i64) -> NewItem {
    let exchange_rate = ExchangeRate(rate);
    let amount = Amount(cents * 10_000);
    let base = CurrencyCode::parse("EUR").unwrap();
    NewItem {
        document: (DocumentKind::Invoice, Uuid::now_v7()),
        number: "IN-2026-000001".to_owned(),
        external_id: None,
        instalment: 1,
        due_on: posting.date,
        exchange_rate,
        amount,
        base_amount: exchange_rate.to_base(amount, base).unwrap(),
        note: None,
    }
}

/// What is open adds up, by items, by allocations, and in the base currency.
fn holds(book: &PartyBook) -> Result<(), TestCaseError> {
    let (mut open, mut base) = (0, 0);
    for item in book.items() {
        let (mut amount, mut in_base) = (item.amount.0, item.base_amount.0);
        for row in book.allocations() {
            if row.debit_item_id == item.id {
                amount -= row.amount.0;
                in_base -= row.debit_base.0;
            } else if row.credit_item_id == item.id {
                amount += row.amount.0;
                in_base += row.credit_base.0;
            }
        }
        prop_assert_eq!((amount, in_base), (item.open_amount.0, item.open_base.0));
        prop_assert_eq!(item.open_amount.is_zero(), item.settled_on.is_some());
        prop_assert!(item.open_amount.0.abs() <= item.amount.0.abs());
        prop_assert!(!item.open_amount.is_zero() || item.open_base.is_zero());
        open += item.open_amount.0;
        base += item.open_base.0;
    }
    let balance = book.balance();
    prop_assert_eq!((open, base), (balance.open_amount.0, balance.open_base.0));
    Ok(())
}

proptest! {
    #[test]
    fn whatever_is_paid_and_taken_back_adds_up(
        steps in prop::collection::vec(
            (0_u8..4, 1_i64..100_000, 500_000_000_000_i64..1_500_000_000_000, 0_u64..300),
            1..40,
        ),
    ) {
        let mut book = book();
        for (deed, cents, rate, day) in steps {
            let posting = posting(day);
            match deed {
                0 => { book.add(posting, item(posting, cents, rate)); }
                1 => {
                    let id = book.add(posting, item(posting, -cents, rate));
                    book.settle_oldest_first(posting, id);
                }
                2 => {
                    let id = book.add(posting, item(posting, -cents, rate));
                    let debts = book.open(Side::Debt);
                    if let Some(last) = debts.last() {
                        book.settle(posting, id, *last, Some(Amount(cents * 5_000)));
                    }
                }
                _ => {
                    let taken: Vec<_> =
                        book.allocations().iter().filter_map(|row| row.reverses_id).collect();
                    let row = book.allocations().iter().find(|row| {
                        row.reverses_id.is_none() && !taken.contains(&row.id)
                    });
                    if let Some(row) = row.cloned() {
                        book.take_back(posting, &row);
                    }
                }
            }
            holds(&book)?;
        }
        let entries = book.differences(posting(0), (DocumentKind::Allocation, Uuid::nil()));
        prop_assert!(entries.iter().all(crate::accounts::ledger::Entry::is_balanced));
        let difference: i64 = entries
            .iter()
            .flat_map(|entry| &entry.lines)
            .filter(|line| line.party.is_some())
            .map(|line| line.amount.0)
            .sum();
        let opened: i64 = book.items().map(|item| item.base_amount.0).sum();
        prop_assert_eq!(opened + difference, book.balance().open_base.0);
    }

    #[test]
    fn what_is_due_first_is_paid_first(cents in prop::collection::vec(1_i64..1_000, 1..10)) {
        let mut book = book();
        let rate = ExchangeRate::ONE.0;
        for (index, cents) in cents.iter().enumerate() {
            let posting = posting(10 - index as u64);
            book.add(posting, item(posting, *cents, rate));
        }
        let half: i64 = cents.iter().sum::<i64>() / 2 + 1;
        let id = book.add(posting(20), item(posting(20), -half, rate));
        book.settle_oldest_first(posting(20), id);
        let mut debts: Vec<_> = book.items().filter(|item| item.amount.is_positive()).collect();
        debts.sort_by_key(|item| item.due_on);
        let first_open = debts.iter().position(|item| !item.open_amount.is_zero());
        let rest = first_open.map_or(&[][..], |at| &debts[at + 1..]);
        prop_assert!(rest.iter().all(|item| item.open_amount == item.amount));
        let paid: i64 = debts.iter().map(|item| item.amount.0 - item.open_amount.0).sum();
        prop_assert_eq!(paid, half.min(cents.iter().sum()) * 10_000);
    }
}
