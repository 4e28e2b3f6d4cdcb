//! What can become of a line, and why something of it is not kept in the books.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::data::Line;

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Goods that are ordered, shipped and billed.
    Sold,
    /// The same at no price, beside goods or for a customer who is known.
    Given,
    /// A service that is ordered and billed.
    Charged,
    /// Goods that come back, against shipments of these files at the same price, and are credited.
    Returned,
    /// A service that is credited.
    Refunded,
    /// Stock that turned up: an adjustment.
    Found,
    /// Stock that is gone: an adjustment.
    Gone,
    /// Its money is in no document, for a reason; goods come in by an adjustment all the same.
    Listed(Reason),
}

/// Why the money of a line is in no document: a credit note takes back from an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Nothing of these goods was sold to this customer before, or all of it has come back.
    NothingSold,
    /// Less was sold than comes back.
    TooLittleSold,
    /// Enough was sold, but not at this price.
    OtherPrice,
    /// A service that was not billed to this customer before, at this price.
    NothingCharged,
    /// A discount that names no invoice.
    Discount,
    /// What a market place takes or gives back: no bill to a customer.
    MarketplaceFee,
    /// What a bank takes.
    BankFee,
    /// What samples cost.
    Samples,
}

impl Reason {
    /// The same in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NothingSold => "nothing of it was sold to this customer in these files",
            Self::TooLittleSold => "less was sold to this customer than comes back",
            Self::OtherPrice => "it was sold to this customer at other prices",
            Self::NothingCharged => "it was not charged to this customer in these files",
            Self::Discount => "the discount names no invoice, and a credit note needs one",
            Self::MarketplaceFee => "a fee of a market place is no sale to a customer",
            Self::BankFee => "a fee of a bank is no credit of an invoice",
            Self::Samples => "the cost of samples is no credit of an invoice",
        }
    }
}

impl Fate {
    /// The same in words.
    pub fn words(self) -> String {
        let words = match self {
            Self::Sold => "goods sold, shipped and billed",
            Self::Given => "goods shipped and billed at no price",
            Self::Charged => "services billed",
            Self::Returned => "goods returned and credited",
            Self::Refunded => "services credited",
            Self::Found => "stock found",
            Self::Gone => "stock gone",
            Self::Listed(reason) => return format!("not mapped: {}", reason.words()),
        };
        words.to_owned()
    }
}

/// How much has a fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines.
    pub lines: usize,
    /// Pieces, those that come back below zero.
    pub units: Decimal,
    /// Quantity times price.
    pub money: Decimal,
}

/// How much has which fate; together that is every line.
pub fn tallies(lines: &[Line], fates: &[Fate]) -> BTreeMap<Fate, Tally> {
    let mut tallies: BTreeMap<Fate, Tally> = BTreeMap::new();
    for (line, fate) in lines.iter().zip(fates) {
        let tally = tallies.entry(*fate).or_default();
        tally.lines += 1;
        tally.units += line.quantity;
        tally.money += line.money();
    }
    tallies
}

/// The tallies in words, a line each.
pub fn table(tallies: &BTreeMap<Fate, Tally>) -> Vec<String> {
    let row = |(fate, tally): (&Fate, &Tally)| {
        let (lines, units, money) = (tally.lines, tally.units, tally.money);
        format!(
            "{lines:>7} lines {units:>8} pieces {money:>10.2} {}",
            fate.words()
        )
    };
    tallies.iter().map(row).collect()
}

/// Every line whose money is in no document, with the reason.
pub fn listing(lines: &[Line], fates: &[Fate]) -> Vec<String> {
    let row = |(line, fate): (&Line, &Fate)| match fate {
        Fate::Listed(reason) => Some(format!(
            "{} {} {}: {} × {} = {}: {}",
            line.place,
            line.invoice,
            line.code,
            line.quantity,
            line.unit_price,
            line.money(),
            reason.words()
        )),
        _ => None,
    };
    lines.iter().zip(fates).filter_map(row).collect()
}
