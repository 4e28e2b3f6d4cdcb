//! What is done with every line: which documents there are, day by day.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::data::{Line, Retail};
use super::fate::{Fate, Reason};

/// An invoice of the files, as an order that is shipped and billed at once.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The number in the files.
    pub invoice: String,
    /// The lines by their place among all.
    pub lines: Vec<usize>,
    /// Whether there is anything to ship.
    pub has_goods: bool,
}

/// What comes back of one order by one cancellation.
#[derive(Clone, Debug, Default)]
pub struct TakenBack {
    /// The number of the cancellation.
    pub cancellation: String,
    /// The number of the invoice that it takes back from.
    pub invoice: String,
    /// How much of which lines.
    pub lines: BTreeMap<usize, Decimal>,
}

/// Why stock is corrected: a reason of the API, and what the files say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cause {
    /// An `AdjustmentReason`.
    pub reason: &'static str,
    /// The remark.
    pub note: String,
}

/// A correction of stock.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The number of the document in the files.
    pub invoice: String,
    /// Why.
    pub cause: Cause,
    /// By how much, by code.
    pub lines: BTreeMap<String, Decimal>,
}

/// What happens on a day: goods come in, orders go out, stock is corrected, goods come back.
#[derive(Clone, Debug, Default)]
pub struct Day {
    /// The day.
    pub day: String,
    /// What comes in, by code.
    pub received: BTreeMap<String, Decimal>,
    /// What is sold.
    pub orders: Vec<Order>,
    /// What is found, gone, or comes back without a sale in these files.
    pub corrections: Vec<Correction>,
    /// Goods that come back.
    pub returns: Vec<TakenBack>,
    /// Services that are credited.
    pub refunds: Vec<TakenBack>,
}

/// Everything that is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What becomes of each line.
    pub fates: Vec<Fate>,
    /// By day.
    pub days: Vec<Day>,
    /// Lines of which something is taken back later.
    pub taken_back: BTreeSet<usize>,
}

/// Sold lines of one customer, product and price, of which something may come back.
type Sold<'a> = BTreeMap<(&'a str, &'a str), Vec<Left>>;

/// What is left of a sold line.
struct Left {
    line: usize,
    price: Decimal,
    quantity: Decimal,
}

/// A part of a sold line that a cancelled line takes back.
struct Part {
    cancelled: usize,
    sold: usize,
    quantity: Decimal,
}

impl Plan {
    /// Decides.
    pub fn of(data: &Retail) -> Self {
        let (fates, parts) = fates(&data.lines);
        let taken_back = parts.iter().map(|part| part.sold).collect();
        let mut days: Vec<Day> = Vec::new();
        let mut by_invoice: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (index, line) in data.lines.iter().enumerate() {
            let invoice = (line.day.as_str(), line.invoice.as_str());
            by_invoice.entry(invoice).or_default().push(index);
        }
        for ((day, invoice), lines) in by_invoice {
            if days.last().is_none_or(|last| last.day != day) {
                days.push(Day {
                    day: day.to_owned(),
                    ..Day::default()
                });
            }
            if let Some(today) = days.last_mut() {
                today.order(data, &fates, (invoice, &lines));
                today.correct(data, &fates, (invoice, &lines));
                today.take_back(data, &parts, (invoice, &lines));
            }
        }
        supply(data, &fates, &mut days);
        Self {
            fates,
            days,
            taken_back,
        }
    }
}

impl Day {
    fn order(&mut self, data: &Retail, fates: &[Fate], (invoice, lines): (&str, &[usize])) {
        let is_sold = |line: &usize| {
            let fate = fates[*line];
            matches!(fate, Fate::Sold | Fate::Given | Fate::Charged)
        };
        let lines: Vec<usize> = lines.iter().copied().filter(is_sold).collect();
        if !lines.is_empty() {
            let has_goods = lines.iter().any(|line| !data.lines[*line].is_charge());
            self.orders.push(Order {
                invoice: invoice.to_owned(),
                lines,
                has_goods,
            });
        }
    }

    fn correct(&mut self, data: &Retail, fates: &[Fate], (invoice, lines): (&str, &[usize])) {
        let mut by_cause: BTreeMap<Cause, BTreeMap<String, Decimal>> = BTreeMap::new();
        for index in lines {
            let line = &data.lines[*index];
            let (cause, delta) = match fates[*index] {
                Fate::Found | Fate::Gone => (cause(line), line.quantity),
                Fate::Listed(_) if !line.is_charge() => (came_back(line), -line.quantity),
                _ => continue,
            };
            let of_cause = by_cause.entry(cause).or_default();
            *of_cause.entry(line.code.clone()).or_default() += delta;
        }
        let correction = |(cause, lines)| Correction {
            invoice: invoice.to_owned(),
            cause,
            lines,
        };
        self.corrections
            .extend(by_cause.into_iter().map(correction));
    }

    fn take_back(&mut self, data: &Retail, parts: &[Part], (invoice, lines): (&str, &[usize])) {
        let mut by_order: BTreeMap<(bool, &str), BTreeMap<usize, Decimal>> = BTreeMap::new();
        for part in parts.iter().filter(|part| lines.contains(&part.cancelled)) {
            let sold = &data.lines[part.sold];
            let of_order = by_order
                .entry((sold.is_charge(), &sold.invoice))
                .or_default();
            *of_order.entry(part.sold).or_default() += part.quantity;
        }
        for ((is_charge, order), lines) in by_order {
            let taken_back = TakenBack {
                cancellation: invoice.to_owned(),
                invoice: order.to_owned(),
                lines,
            };
            if is_charge {
                self.refunds.push(taken_back);
            } else {
                self.returns.push(taken_back);
            }
        }
    }
}

/// What becomes of each line, in the order of the files, and which sold lines are taken back: the
/// earliest of this customer, product and price that are left, if they suffice.
fn fates(lines: &[Line]) -> (Vec<Fate>, Vec<Part>) {
    let mut asked: BTreeMap<&str, Decimal> = BTreeMap::new();
    for line in lines {
        *asked.entry(&line.invoice).or_default() += line.unit_price;
    }
    let mut sold: Sold = BTreeMap::new();
    let mut parts = Vec::new();
    let mut fates = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let is_free = asked
            .get(line.invoice.as_str())
            .is_none_or(Decimal::is_zero);
        let key = (line.customer(), line.code.as_str());
        fates.push(if line.code == "AMAZONFEE" {
            Fate::Listed(Reason::MarketplaceFee)
        } else if line.is_cancelled() {
            match taken(sold.entry(key).or_default(), (index, line), &mut parts) {
                Some(reason) => Fate::Listed(reason),
                None if line.is_charge() => Fate::Refunded,
                None => Fate::Returned,
            }
        } else if line.customer.is_none() && is_free {
            let is_gone = line.quantity < Decimal::ZERO;
            if is_gone { Fate::Gone } else { Fate::Found }
        } else {
            sold.entry(key).or_default().push(Left {
                line: index,
                price: line.unit_price,
                quantity: line.quantity,
            });
            match (line.is_charge(), line.unit_price.is_zero()) {
                (true, _) => Fate::Charged,
                (false, true) => Fate::Given,
                (false, false) => Fate::Sold,
            }
        });
    }
    (fates, parts)
}

/// Takes a cancelled line from what was sold; why it cannot be, when it cannot.
fn taken(
    sold: &mut [Left],
    (index, line): (usize, &Line),
    parts: &mut Vec<Part>,
) -> Option<Reason> {
    let mut wanted = -line.quantity;
    let all: Decimal = sold.iter().map(|left| left.quantity).sum();
    let is_same = |left: &&mut Left| left.price == line.unit_price;
    let same: Decimal = sold
        .iter_mut()
        .filter(is_same)
        .map(|left| left.quantity)
        .sum();
    if same < wanted {
        return Some(match line.code.as_str() {
            "D" => Reason::Discount,
            "S" => Reason::Samples,
            "BANK CHARGES" => Reason::BankFee,
            _ if line.is_charge() => Reason::NothingCharged,
            _ if all.is_zero() => Reason::NothingSold,
            _ if all < wanted => Reason::TooLittleSold,
            _ => Reason::OtherPrice,
        });
    }
    for left in sold.iter_mut().filter(is_same) {
        let quantity = wanted.min(left.quantity);
        if quantity > Decimal::ZERO {
            left.quantity -= quantity;
            wanted -= quantity;
            parts.push(Part {
                cancelled: index,
                sold: left.line,
                quantity,
            });
        }
    }
    None
}

/// Every morning what is missing for the day comes in.
fn supply(data: &Retail, fates: &[Fate], days: &mut [Day]) {
    let mut there: BTreeMap<&str, Decimal> = BTreeMap::new();
    let mut index = 0;
    for (day, lines) in days.iter_mut().zip(data.days()) {
        let (mut leaves, mut comes) = (BTreeMap::new(), BTreeMap::new());
        for line in lines {
            let code = line.code.as_str();
            let quantity = line.quantity.abs();
            match fates[index] {
                Fate::Sold | Fate::Given | Fate::Gone => {
                    *leaves.entry(code).or_insert(Decimal::ZERO) += quantity;
                }
                Fate::Returned | Fate::Found => {
                    *comes.entry(code).or_insert(Decimal::ZERO) += quantity;
                }
                Fate::Listed(_) if !line.is_charge() => {
                    *comes.entry(code).or_insert(Decimal::ZERO) += quantity;
                }
                _ => {}
            }
            index += 1;
        }
        for (code, quantity) in leaves {
            let stock = there.entry(code).or_default();
            let missing = quantity - *stock;
            if missing > Decimal::ZERO {
                day.received.insert(code.to_owned(), missing);
            }
            *stock = (*stock - quantity).max(Decimal::ZERO);
        }
        for (code, quantity) in comes {
            *there.entry(code).or_default() += quantity;
        }
    }
}

/// Why stock was found or is gone, as far as the files say it.
fn cause(line: &Line) -> Cause {
    let said = line.description.to_lowercase();
    let reason = if line.quantity > Decimal::ZERO {
        "FOUND"
    } else if said.contains("damage") || said.contains("faulty") {
        "DAMAGE"
    } else if said.contains("check") {
        "COUNT"
    } else {
        "OTHER"
    };
    let note = match line.description.as_str() {
        "" => "The files give no reason.".to_owned(),
        said => said.to_owned(),
    };
    Cause { reason, note }
}

fn came_back(line: &Line) -> Cause {
    let reason = "OTHER";
    let note = format!(
        "Came back by {}; no sale of these files fits it.",
        line.invoice
    );
    Cause { reason, note }
}
