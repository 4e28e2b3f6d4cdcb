//! What goods of an order come to when they are received: pure.

use std::collections::BTreeMap;

use entity::purchasing::{purchase_order, purchase_order_line};
use entity::vocab::{
    Amount, ExchangeRate, GoodsReceiptLineId, MICROS_PER_UNIT, PurchaseOrderLineId, Quantity, Rate,
    UnitPrice, WarehouseId,
};

use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, is_bookable, total_quantity};
use crate::platform::rejection::{Path, Rejection};
use crate::purchasing::order::rules as orders;
use crate::stock::ledger::{Book, LevelKey};

/// What came in of an order line, as the caller says.
#[derive(Clone, Debug)]
pub struct ArrivingLine {
    /// The id of the receipt line it becomes.
    pub id: GoodsReceiptLineId,
    /// The order line; none when its id was not readable.
    pub line_id: Option<PurchaseOrderLineId>,
    /// How much may be sold.
    pub accepted: Quantity,
    /// How much was rejected.
    pub rejected: Quantity,
    /// Why.
    pub rejection_reason: Option<String>,
    /// How much was announced and did not come.
    pub short: Quantity,
    /// A cost of the caller's own.
    pub unit_cost: Option<UnitPrice>,
    /// Whether something of it was complained about already.
    pub is_unread: bool,
}

/// What came in of an order line, and what it is worth.
#[derive(Clone, Debug)]
pub struct Arrival {
    /// The place of the order line.
    pub index: usize,
    /// What the caller said.
    pub said: ArrivingLine,
    /// What one base unit cost, in base currency.
    pub unit_cost: UnitPrice,
    /// What all of it is worth.
    pub value: Amount,
}

impl Arrival {
    /// Accepted and rejected.
    #[must_use]
    pub fn quantity(&self) -> Quantity {
        Quantity(self.said.accepted.0 + self.said.rejected.0)
    }

    /// What the rejected part is worth; the accepted part takes the rest.
    #[must_use]
    pub fn rejected_value(&self) -> Amount {
        if self.said.rejected.is_zero() {
            return Amount::ZERO;
        }
        self.value.share(self.said.rejected, self.quantity())
    }
}

/// What one base unit of an order line costs in base currency: its price less its discount, at the
/// order's rate, rounded once to the millionth. `None` when it does not fit.
#[must_use]
pub fn unit_cost(line: &purchase_order_line::Model, rate: ExchangeRate) -> Option<UnitPrice> {
    let share = i128::from(Rate::ONE.0 - line.discount_rate.0);
    let exact = (i128::from(line.unit_price.0) * share).checked_mul(i128::from(rate.0))?;
    let divisor = i128::from(MICROS_PER_UNIT) * i128::from(ExchangeRate::ONE.0);
    i64::try_from((exact + divisor / 2) / divisor)
        .ok()
        .map(UnitPrice)
}

/// How much of a line may come in at all, within the tolerance.
fn most(line: &purchase_order_line::Model, tolerance: Rate) -> Quantity {
    let more = i128::from(line.quantity.0) * i128::from(tolerance.0) / i128::from(Rate::ONE.0);
    let more = i64::try_from(more).expect("a tolerance is at most one");
    Quantity(line.quantity.0 - line.closed.0 + more)
}

/// What arrives with each line.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn arrivals(
    order: &purchase_order::Model,
    lines: &[purchase_order_line::Model],
    said: &[ArrivingLine],
    (variants, tolerance): (&[CountedVariant], Rate),
) -> Result<Vec<Arrival>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut named = Vec::new();
    let mut arrivals = Vec::with_capacity(said.len());
    for (place, one) in said.iter().enumerate() {
        let path = Path::input().at("lines").at(place);
        let index = orders::find_line(lines, one.line_id, &named, &path, &mut rejections);
        let Some(index) = index else { continue };
        named.push(index);
        if one.is_unread {
            continue;
        }
        let line = &lines[index];
        rejections.extend(check_line(line, one, (variants, tolerance), &path));
        let cost = one
            .unit_cost
            .or_else(|| unit_cost(line, order.exchange_rate));
        let quantity = Quantity(one.accepted.0 + one.rejected.0);
        let value = cost.and_then(|cost| Amount::of(quantity, cost));
        let Some((unit_cost, value)) = cost.zip(value) else {
            let message = "The line's value is too large.";
            rejections.push(Rejection::invalid(path.at("accepted"), message));
            continue;
        };
        let said = one.clone();
        arrivals.push(Arrival {
            index,
            said,
            unit_cost,
            value,
        });
    }
    let total = total_quantity(arrivals.iter().map(Arrival::quantity));
    let mut values = arrivals.iter().map(|one| one.value);
    let value = values.try_fold(Amount::ZERO, Amount::checked_add);
    if total.is_none() || value.is_none_or(|value| !is_bookable(value.0)) {
        let message = "The lines add up to too much; split the document.";
        rejections.push(Rejection::invalid(Path::input().at("lines"), message));
    }
    if rejections.is_empty() {
        Ok(arrivals)
    } else {
        Err(rejections)
    }
}

fn check_line(
    line: &purchase_order_line::Model,
    said: &ArrivingLine,
    (variants, tolerance): (&[CountedVariant], Rate),
    path: &Path,
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let is_its = |row: &&CountedVariant| row.variant.id == line.variant_id;
    if let Some(counted) = variants.iter().find(is_its) {
        for (field, quantity) in [
            ("accepted", said.accepted),
            ("rejected", said.rejected),
            ("short", said.short),
        ] {
            rejections.extend(check_unit(&path.at(field), quantity, &counted.unit).err());
        }
    }
    let quantity = Quantity(said.accepted.0 + said.rejected.0);
    if quantity.is_zero() && said.short.is_zero() {
        let message = "Nothing is said of this line; leave it out, or say what came.";
        rejections.push(Rejection::invalid(path.at("accepted"), message));
    }
    let before = orders::delivered(line);
    let room = Quantity(most(line, tolerance).0 - before.0).or_zero();
    if quantity > room {
        let open = orders::open(line);
        let more = Quantity(room.0 - open.0).or_zero();
        let message = format!(
            "Only {open} of this line are still open, and {more} more are tolerated; {quantity} \
             are too many. Receive less, or order the rest first."
        );
        rejections.push(Rejection::invalid(path.at("accepted"), message));
    }
    rejections
}

/// The lines whose level would hold more than can be reckoned with.
#[must_use]
pub fn crowded(
    lines: &[purchase_order_line::Model],
    arrivals: &[Arrival],
    warehouse: WarehouseId,
    book: &Book,
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let mut sums: BTreeMap<LevelKey, (Quantity, Amount)> = BTreeMap::new();
    for (place, arrival) in arrivals.iter().enumerate() {
        let key = (lines[arrival.index].variant_id, warehouse);
        let sum = sums.entry(key).or_default();
        sum.0.0 += arrival.quantity().0;
        sum.1.0 += arrival.value.0;
        if !book.has_room(key, sum.0, sum.1) {
            let path = Path::input().at("lines").at(place).at("accepted");
            let message = "Is too much: the level would hold more than can be kept.";
            rejections.push(Rejection::invalid(path, message));
        }
    }
    rejections
}

/// Notes on an order line what came in; what leaves `incoming` with it.
pub fn receive(line: &mut purchase_order_line::Model, arrival: &Arrival) -> Quantity {
    let before = orders::open(line);
    line.accepted.0 += arrival.said.accepted.0;
    line.rejected.0 += arrival.said.rejected.0;
    line.short.0 += arrival.said.short.0;
    Quantity(before.0 - orders::open(line).0)
}
