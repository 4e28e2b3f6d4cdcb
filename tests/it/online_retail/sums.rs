//! What the books should say after the month, computed from the files alone and without the plan.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::data::{Line, Retail, sku};
use super::fate::{Fate, Reason};
use super::replay::name;

/// A quantity and what it is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worth {
    /// Pieces.
    pub units: Decimal,
    /// Their cost or their price.
    pub money: Decimal,
}

impl Worth {
    /// So many more.
    pub fn add(&mut self, units: Decimal, money: Decimal) {
        self.units += units;
        self.money += money;
    }
}

/// What happened to one product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// What came in, at cost.
    pub received: Worth,
    /// What left for customers, at cost.
    pub shipped: Worth,
    /// What customers sent back, at cost.
    pub returned: Worth,
    /// By what stock was corrected, at cost.
    pub adjusted: Worth,
    /// What is there, at cost.
    pub there: Worth,
    /// What is billed, at its price.
    pub billed: Worth,
    /// What of that is credited.
    pub credited: Worth,
}

/// A line of a bill: SKU, quantity, price and net.
pub type Billed = (String, Decimal, Decimal, Decimal);

/// The figures that are expected.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    /// What becomes of each line.
    pub fates: Vec<Fate>,
    /// By SKU.
    pub products: BTreeMap<String, Flow>,
    /// By number, sorted.
    pub bills: BTreeMap<String, Vec<Billed>>,
    /// Quantity times price of all lines.
    pub money: Decimal,
    /// The same of those whose money is in no document.
    pub listed: Decimal,
    /// What left the house and did not come in again, by SKU of goods, receipts apart.
    pub left: BTreeMap<String, Decimal>,
}

/// Running balances of what customers bought and have.
#[derive(Default)]
struct Balances<'a> {
    /// By customer, code and price.
    at_price: BTreeMap<(&'a str, &'a str, Decimal), Decimal>,
    /// By customer and code.
    in_all: BTreeMap<(&'a str, &'a str), Decimal>,
    /// Documents of which something is to be paid.
    priced: BTreeSet<&'a str>,
}

impl Sums {
    /// Computes them.
    pub fn of(data: &Retail) -> Self {
        let mut sums = Self::default();
        let mut balances = Balances::default();
        let with_price = data.lines.iter().filter(|line| !line.unit_price.is_zero());
        balances.priced = with_price.map(|line| line.invoice.as_str()).collect();
        for day in data.days() {
            let mut needed: BTreeMap<&str, Decimal> = BTreeMap::new();
            let goods = day.iter().filter(|line| !line.is_charge());
            for line in goods {
                let out = balances.leaves(line);
                *needed.entry(&line.code).or_default() += out.max(Decimal::ZERO);
            }
            for (code, needed) in needed {
                let cost = data.articles[code].cost();
                let flow = sums.products.entry(sku(code)).or_default();
                let missing = (needed - flow.there.units).max(Decimal::ZERO);
                flow.received.add(missing, missing * cost);
                flow.there.add(missing, missing * cost);
            }
            for line in day {
                let fate = balances.fate(line);
                sums.add(line, fate, data.articles[&line.code].cost());
                if !line.is_charge() {
                    let out = balances.leaves(line);
                    *sums.left.entry(line.sku()).or_default() += out;
                }
            }
        }
        for lines in sums.bills.values_mut() {
            lines.sort();
        }
        sums
    }

    fn add(&mut self, line: &Line, fate: Fate, cost: Decimal) {
        self.fates.push(fate);
        self.money += line.money();
        let units = line.quantity;
        let flow = self.products.entry(line.sku()).or_default();
        match fate {
            Fate::Sold | Fate::Given | Fate::Charged => {
                flow.billed.add(units, line.money());
                if fate != Fate::Charged {
                    flow.shipped.add(units, units * cost);
                    flow.there.add(-units, -units * cost);
                }
                let bill = (line.sku(), units, line.unit_price, line.money());
                self.bills
                    .entry(name(&line.invoice))
                    .or_default()
                    .push(bill);
            }
            Fate::Returned => {
                flow.credited.add(-units, -line.money());
                flow.returned.add(-units, -units * cost);
                flow.there.add(-units, -units * cost);
            }
            Fate::Refunded => flow.credited.add(-units, -line.money()),
            Fate::Found | Fate::Gone => {
                flow.adjusted.add(units, units * cost);
                flow.there.add(units, units * cost);
            }
            Fate::Listed(_) => {
                self.listed += line.money();
                if !line.is_charge() {
                    flow.adjusted.add(-units, -units * cost);
                    flow.there.add(-units, -units * cost);
                }
            }
        }
    }
}

impl<'a> Balances<'a> {
    /// Whether it says of nobody that nothing was to be paid: then it corrects stock.
    fn corrects(&self, line: &Line) -> bool {
        line.customer.is_none() && !self.priced.contains(line.invoice.as_str())
    }

    /// How much of it leaves the house; below zero comes in. What is sold is written above zero,
    /// and of corrections what is found.
    fn leaves(&self, line: &Line) -> Decimal {
        if self.corrects(line) {
            -line.quantity
        } else {
            line.quantity
        }
    }

    fn fate(&mut self, line: &'a Line) -> Fate {
        if line.code == "AMAZONFEE" {
            return Fate::Listed(Reason::MarketplaceFee);
        }
        if self.corrects(line) {
            return [Fate::Gone, Fate::Found][usize::from(line.quantity > Decimal::ZERO)];
        }
        let (customer, code) = (line.customer(), line.code.as_str());
        let in_all = self.in_all.entry((customer, code)).or_default();
        let at_price = (customer, code, line.unit_price);
        let at_price = self.at_price.entry(at_price).or_default();
        let (back, is_charge) = (-line.quantity, line.is_charge());
        if !line.is_cancelled() || *at_price >= back {
            *at_price += line.quantity;
            *in_all += line.quantity;
        } else if is_charge {
            return Fate::Listed(match code {
                "D" => Reason::Discount,
                "S" => Reason::Samples,
                "BANK CHARGES" => Reason::BankFee,
                _ => Reason::NothingCharged,
            });
        } else if in_all.is_zero() {
            return Fate::Listed(Reason::NothingSold);
        } else if *in_all < back {
            return Fate::Listed(Reason::TooLittleSold);
        } else {
            return Fate::Listed(Reason::OtherPrice);
        }
        match (line.is_cancelled(), is_charge) {
            (true, true) => Fate::Refunded,
            (true, false) => Fate::Returned,
            (false, true) => Fate::Charged,
            (false, false) if line.unit_price.is_zero() => Fate::Given,
            (false, false) => Fate::Sold,
        }
    }
}
