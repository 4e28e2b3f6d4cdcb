//! What customers want, day by day, whether it is there or not: pure.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use rust_decimal::Decimal;

use super::company::{Company, Extent};
use super::customers::{Customer, Size, Trade};
use super::season;
use super::seed::{self, Dice, Purpose};

/// So much of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// The place of the variant.
    pub variant: usize,
    /// How many pieces.
    pub quantity: i64,
}

/// What somebody wants on a day.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The day.
    pub day: i64,
    /// The place of the customer.
    pub customer: usize,
    /// What.
    pub lines: Vec<Line>,
}

/// Weights of all variants, added up: for a trade, where only what is everywhere is to be had or
/// all, in a month.
type Tastes = BTreeMap<(Trade, bool, u32), Vec<i64>>;

/// Everything that is wanted, in the order of days.
#[must_use]
pub fn wanted(company: &Company, extent: &Extent) -> Vec<Wanted> {
    let mut dice = Dice::new(extent.seed, Purpose::Demand);
    let customers = seed::sums(company.customers.iter().map(how_often));
    let mut last: Vec<Vec<usize>> = vec![Vec::new(); company.customers.len()];
    let mut tastes = Tastes::new();
    let mut all = Vec::new();
    for day in 0..=extent.days {
        let date = extent.date(day);
        let orders = season::orders(extent.orders, (day, extent.days), date);
        let more = i64::from(dice.chance(orders % 1_000));
        for _ in 0..orders / 1_000 + more {
            let customer = dice.weighted(&customers);
            let buyer = &company.customers[customer];
            let taste = tastes
                .entry((buyer.trade, buyer.warehouse == 0, date.month()))
                .or_insert_with(|| taste(company, buyer, date));
            let lines = lines(company, &mut dice, (buyer, taste, &last[customer]));
            last[customer] = lines.iter().map(|line| line.variant).collect();
            all.push(Wanted {
                day,
                customer,
                lines,
            });
        }
    }
    all
}

/// How often a customer orders, against others.
fn how_often(customer: &Customer) -> i64 {
    match customer.size {
        Size::Small => 3,
        Size::Medium => 5,
        Size::Large => 7,
    }
}

fn taste(company: &Company, buyer: &Customer, date: NaiveDate) -> Vec<i64> {
    let middle = date.with_day(15).unwrap_or(date);
    let weights = company.catalog.variants.iter().map(|variant| {
        if buyer.warehouse != 0 && !variant.is_everywhere() {
            return 0;
        }
        let preference = buyer.trade.preference(variant.category);
        variant.weight * preference * variant.season.permille(middle)
    });
    seed::sums(weights)
}

/// What an order has on it; about half of it is what was ordered the last time.
fn lines(
    company: &Company,
    dice: &mut Dice,
    (buyer, taste, last): (&Customer, &[i64], &[usize]),
) -> Vec<Line> {
    let count = match buyer.size {
        Size::Small => dice.between(2, 8),
        Size::Medium => dice.between(4, 14),
        Size::Large => dice.between(6, 19),
    };
    let mut lines: Vec<Line> = Vec::new();
    for _ in 0..count {
        let again = !last.is_empty() && dice.chance(450);
        let variant = if again {
            *dice.pick(last)
        } else {
            dice.weighted(taste)
        };
        let quantity = quantity(dice, company.catalog.variants[variant].price, buyer.size);
        if lines.iter().all(|line| line.variant != variant) {
            lines.push(Line { variant, quantity });
        }
    }
    lines
}

/// Cheap things are bought by the box, dear ones by the piece.
fn quantity(dice: &mut Dice, price: Decimal, size: Size) -> i64 {
    let times = match size {
        Size::Small => 1,
        Size::Medium => 2,
        Size::Large => 3,
    };
    if price < Decimal::from(8) {
        6 * dice.between(1, 2 * times)
    } else if price < Decimal::from(18) {
        3 * dice.between(1, 2 * times)
    } else if price < Decimal::from(40) {
        dice.between(1, 3 * times)
    } else {
        dice.between(1, 1 + times)
    }
}

/// The first day from this one on that is worked on.
#[must_use]
pub fn workday(extent: &Extent, day: i64) -> i64 {
    match extent.date(day).weekday() {
        Weekday::Sat => day + 2,
        Weekday::Sun => day + 1,
        _ => day,
    }
}
