//! What must hold of stock counts: pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::stock::{stock_count, stock_count_line};
use entity::vocab::{
    Amount, ProductVariantId, Quantity, StockCountStatus, StockPlace, UnitPrice, WarehouseId,
};

use super::post::FoundCost;
use super::tally::TallyLine;
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::adjustment::rules::Correction;
use crate::stock::ledger::Book;

/// Lines that one complaint names, at most.
const NAMED_MAX: usize = 20;
/// How often a line is counted whose difference is too large.
const RECOUNTED: i32 = 2;

/// What can be done with a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write down what was counted.
    Record,
    /// Say that everything is counted.
    Finish,
    /// Correct the differences.
    Post,
    /// Give it up.
    Cancel,
}

fn document() -> Path {
    Path::input().at("stockCount")
}

fn in_state(state: StockCountStatus, message: String) -> Rejection {
    let allowed: &'static [&'static str] = match state {
        StockCountStatus::Open => &["stockCountRecord", "stockCountFinish", "stockCountCancel"],
        StockCountStatus::Counted => &["stockCountRecord", "stockCountPost", "stockCountCancel"],
        StockCountStatus::Posted | StockCountStatus::Cancelled => &[],
    };
    let problem = Problem::InvalidState {
        state: state.as_str(),
        allowed,
        message,
    };
    Rejection::new(document(), problem)
}

/// The count must be in a state in which that can be done.
///
/// # Errors
/// What can be done instead.
pub fn check_status(count: &stock_count::Model, step: Step) -> Result<(), Rejection> {
    let message = match (count.status, step) {
        (StockCountStatus::Open, Step::Post) => {
            "This count is not finished yet. Record what is missing, then call stockCountFinish."
        }
        (StockCountStatus::Open, _) | (StockCountStatus::Counted, Step::Record) => return Ok(()),
        (StockCountStatus::Counted, Step::Finish) => {
            "This count is finished already. Post it, or record a line again, which reopens it."
        }
        (StockCountStatus::Counted, _) => return Ok(()),
        (StockCountStatus::Posted, _) => {
            "This count is posted. Reverse its adjustment if it is wrong, or create another count."
        }
        (StockCountStatus::Cancelled, _) => "This count is cancelled. Create another one.",
    };
    Err(in_state(count.status, message.to_owned()))
}

/// By how much what was counted differs from what the books said then; none before it is counted.
#[must_use]
pub fn difference(line: &stock_count_line::Model) -> Option<Quantity> {
    Some(Quantity(line.counted?.0 - line.expected?.0))
}

/// Whether what the books say of a count must not be seen: nobody who counts blindly may know.
#[must_use]
pub fn is_hidden(count: &stock_count::Model) -> bool {
    count.is_blind && count.status == StockCountStatus::Open
}

/// Whether a line was counted once, with a difference so large that it must be counted again.
#[must_use]
pub fn must_be_recounted(count: &stock_count::Model, line: &stock_count_line::Model) -> bool {
    let (Some(over), Some(difference)) = (count.recount_over, difference(line)) else {
        return false;
    };
    difference.0.abs() > over.0 && line.times_counted < RECOUNTED
}

/// The variants named for a count: usable, none twice.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn resolve_variants(
    named: &[Reference<ProductVariantId>],
    found: &[CountedVariant],
) -> Result<Vec<ProductVariantId>, Vec<Rejection>> {
    let (mut ids, mut seen, mut rejections) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (index, variant) in named.iter().enumerate() {
        let path = Path::input().at("variants").at(index);
        match variants::usable_in_stock(found, variant, &path) {
            Ok(row) if seen.insert(row.variant.id) => ids.push(row.variant.id),
            Ok(_) => rejections.push(Rejection::invalid(path, "This variant is named twice.")),
            Err(reason) => rejections.extend(reason),
        }
    }
    if rejections.is_empty() {
        Ok(ids)
    } else {
        Err(rejections)
    }
}

/// Of named variants, none may be in an open count of the warehouse.
#[must_use]
pub fn check_free(
    variants: &[ProductVariantId],
    rivals: &[stock_count_line::Model],
) -> Vec<Rejection> {
    let rivals: BTreeMap<_, _> = rivals.iter().map(|line| (line.variant_id, line)).collect();
    let taken = |(index, id): (usize, &ProductVariantId)| {
        let rival = rivals.get(id)?;
        let problem = Problem::Duplicate {
            field: "variant of the warehouse",
            existing: rival.stock_count_id.to_string(),
        };
        Some(Rejection::new(
            Path::input().at("variants").at(index),
            problem,
        ))
    };
    variants.iter().enumerate().filter_map(taken).collect()
}

/// What was counted, as the line of the count it belongs to.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn resolve_tally(
    tally: &[TallyLine],
    found: &[CountedVariant],
    lines: &[stock_count_line::Model],
) -> Result<Vec<(usize, Quantity)>, Vec<Rejection>> {
    let places: BTreeMap<_, _> = lines
        .iter()
        .enumerate()
        .map(|(place, line)| (line.variant_id, place))
        .collect();
    let (mut of, mut seen, mut rejections) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (index, line) in tally.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let variant = match variants::known(found, &line.variant, &path.at("variant")) {
            Ok(variant) => variant,
            Err(reason) => {
                rejections.extend(reason);
                continue;
            }
        };
        rejections.extend(check_unit(&path.at("quantity"), line.quantity, &variant.unit).err());
        let message = match places.get(&variant.variant.id) {
            Some(place) if seen.insert(*place) => {
                of.push((*place, line.quantity));
                continue;
            }
            Some(_) => "This variant is recorded twice here; add it up in one line.",
            None => "This variant is not in the count. Create another count with it.",
        };
        rejections.push(Rejection::invalid(path.at("variant"), message));
    }
    if rejections.is_empty() {
        Ok(of)
    } else {
        Err(rejections)
    }
}

/// Lines of a count, as a text: `3 (CUP-BLUE), 7 (TEA)`.
fn named(lines: &[&stock_count_line::Model], found: &[CountedVariant]) -> String {
    let name = |line: &&stock_count_line::Model| {
        let variant = found.iter().find(|one| one.variant.id == line.variant_id);
        let sku = variant.map_or("", |one| one.variant.sku.as_str());
        format!("{} ({sku})", line.position)
    };
    let names: Vec<String> = lines.iter().take(NAMED_MAX).map(name).collect();
    let rest = lines.len().saturating_sub(NAMED_MAX);
    let more = if rest > 0 {
        format!(" and {rest} more")
    } else {
        String::new()
    };
    names.join(", ") + &more
}

/// The lines that keep a count from being finished: not counted yet, and to be counted again.
#[must_use]
pub fn unfinished<'l>(
    count: &stock_count::Model,
    lines: &'l [stock_count_line::Model],
) -> (
    Vec<&'l stock_count_line::Model>,
    Vec<&'l stock_count_line::Model>,
) {
    let uncounted = lines.iter().filter(|line| line.times_counted == 0);
    let again = lines.iter().filter(|line| must_be_recounted(count, line));
    (uncounted.collect(), again.collect())
}

/// Says which lines keep a count from being finished.
#[must_use]
pub fn check_finished(
    (uncounted, again): (&[&stock_count_line::Model], &[&stock_count_line::Model]),
    found: &[CountedVariant],
) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    if !uncounted.is_empty() {
        let lines = named(uncounted, found);
        let message = format!("Not counted yet are the lines {lines}. Record them first.");
        rejections.push(in_state(StockCountStatus::Open, message));
    }
    if !again.is_empty() {
        let lines = named(again, found);
        let message = format!(
            "The differences of the lines {lines} are larger than recountOver. Count them a second \
             time, and record them again."
        );
        rejections.push(in_state(StockCountStatus::Open, message));
    }
    rejections
}

/// It is posted on its own day or later; nothing is said of a day that was complained about.
#[must_use]
pub fn check_day(
    count: &stock_count::Model,
    date: NaiveDate,
    complaints: &[Rejection],
) -> Option<Rejection> {
    let path = Path::input().at("date");
    if date >= count.date || complaints.iter().any(|one| one.path == path) {
        return None;
    }
    let message = format!(
        "Must not be earlier than the count's own day, {}.",
        count.date
    );
    Some(Rejection::invalid(path, message))
}

/// What one unit costs of variants of a count.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn resolve_costs(
    costs: &[FoundCost],
    found: &[CountedVariant],
    lines: &[stock_count_line::Model],
) -> Result<BTreeMap<ProductVariantId, UnitPrice>, Vec<Rejection>> {
    let counted: BTreeSet<_> = lines.iter().map(|line| line.variant_id).collect();
    let (mut of, mut rejections) = (BTreeMap::new(), Vec::new());
    for (index, cost) in costs.iter().enumerate() {
        let path = Path::input().at("unitCosts").at(index).at("variant");
        let id = match variants::known(found, &cost.variant, &path) {
            Ok(row) => row.variant.id,
            Err(reason) => {
                rejections.extend(reason);
                continue;
            }
        };
        if !counted.contains(&id) {
            let message = "This variant is not in the count. Leave it out.";
            rejections.push(Rejection::invalid(path, message));
        } else if of.insert(id, cost.unit_cost).is_some() {
            let message = "The cost of this variant is given twice.";
            rejections.push(Rejection::invalid(path, message));
        }
    }
    if rejections.is_empty() {
        Ok(of)
    } else {
        Err(rejections)
    }
}

/// The corrections of lines that differ, against the levels as they stand, locked.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn correct(
    lines: &[&stock_count_line::Model],
    (costs, warehouse): (&BTreeMap<ProductVariantId, UnitPrice>, WarehouseId),
    (book, found): (&Book, &[CountedVariant]),
) -> Result<Vec<Correction>, Vec<Rejection>> {
    let (mut corrections, mut rejections) = (Vec::with_capacity(lines.len()), Vec::new());
    for line in lines {
        let cost = costs.get(&line.variant_id).copied();
        let corrected = correct_line(line, (cost, warehouse), book).map_err(|reason| {
            let name = named(&[line], found);
            Rejection::invalid(document(), format!("Line {name}: {reason}"))
        });
        match corrected {
            Ok(correction) => corrections.push(correction),
            Err(rejection) => rejections.push(rejection),
        }
    }
    if rejections.is_empty() {
        Ok(corrections)
    } else {
        Err(rejections)
    }
}

fn correct_line(
    line: &stock_count_line::Model,
    (cost, warehouse): (Option<UnitPrice>, WarehouseId),
    book: &Book,
) -> Result<Correction, String> {
    let delta = difference(line).unwrap_or(Quantity::ZERO);
    let key = (line.variant_id, warehouse);
    let level = book.level(key);
    let sellable = level.sellable;
    if sellable.0 + delta.0 < 0 {
        return Err(format!(
            "{} are missing by the count, but only {sellable} are there by now. Count it again, \
             and record it.",
            -delta
        ));
    }
    let mut value_in = Amount::ZERO;
    if delta.is_positive() {
        let on_hand = Quantity(sellable.0 + level.quarantined.0);
        let usual = level.value.per_unit(on_hand);
        let cost = cost.or(usual).ok_or(
            "nothing is on hand to take the cost of what was found from; say in unitCosts what one \
             unit cost.",
        )?;
        let value = Amount::of(delta, cost).filter(|value| book.has_room(key, delta, *value));
        value_in = value.ok_or(
            "what was found is too much: the level would hold more than can be kept. Count it \
             again, and record it.",
        )?;
    }
    Ok(Correction {
        variant_id: line.variant_id,
        place: StockPlace::Sellable,
        delta,
        value_in,
    })
}

#[cfg(test)]
mod tests {
    use entity::vocab::{Instant, OperationId, PrincipalId, StockCountId, StockCountLineId};
    use proptest::prelude::*;

    use super::*;

    fn count(status: StockCountStatus, recount_over: Option<i64>) -> stock_count::Model {
        stock_count::Model {
            id: StockCountId::generate(),
            warehouse_id: WarehouseId::generate(),
            number: "SC-2026-000001".to_owned(),
            status,
            date: NaiveDate::from_ymd_opt(2026, 5, 1).expect("a day that exists"),
            is_blind: true,
            recount_over: recount_over.map(Quantity),
            note: None,
            stock_adjustment_id: None,
            posted_by: None,
            posted_at: None,
            external_id: None,
            metadata: None,
            operation_id: OperationId::generate(),
            created_by: PrincipalId::generate(),
            created_at: Instant(0),
            updated_at: Instant(0),
            version: 1,
        }
    }

    fn line(counted: i64, expected: i64, times_counted: i32) -> stock_count_line::Model {
        stock_count_line::Model {
            id: StockCountLineId::generate(),
            stock_count_id: StockCountId::generate(),
            position: 1,
            variant_id: ProductVariantId::generate(),
            open_warehouse_id: None,
            counted: (times_counted > 0).then_some(Quantity(counted)),
            expected: (times_counted > 0).then_some(Quantity(expected)),
            times_counted,
            counted_by: None,
            counted_at: None,
        }
    }

    #[test]
    fn only_an_open_blind_count_hides_what_the_books_say() {
        use StockCountStatus::{Counted, Open, Posted};
        let hides = [Open, Counted, Posted].map(|status| is_hidden(&count(status, None)));
        assert_eq!(hides, [true, false, false]);
        let mut seen = count(Open, None);
        seen.is_blind = false;
        assert!(!is_hidden(&seen));
    }

    #[test]
    fn a_finished_count_is_posted_counted_again_or_given_up() {
        use StockCountStatus::{Cancelled, Counted, Open, Posted};
        let steps = [Step::Record, Step::Finish, Step::Post, Step::Cancel];
        for (status, allowed) in [
            (Open, [true, true, false, true]),
            (Counted, [true, false, true, true]),
            (Posted, [false; 4]),
            (Cancelled, [false; 4]),
        ] {
            let count = count(status, None);
            let told = steps.map(|step| check_status(&count, step).is_ok());
            assert_eq!(told, allowed, "{status:?}");
        }
    }

    #[test]
    fn many_lines_are_named_in_one_short_complaint() {
        let lines: Vec<_> = (0..50).map(|_| line(0, 0, 0)).collect();
        let lines: Vec<_> = lines.iter().collect();
        let told = check_finished((&lines, &[]), &[]);
        assert_eq!(told.len(), 1);
        assert!(told[0].problem.to_string().contains("and 30 more"));
    }

    proptest! {
        #[test]
        fn what_differs_by_more_than_the_limit_is_counted_twice(
            counted in 0_i64..1_000, expected in 0_i64..1_000, over in 0_i64..1_000, times in 0..4,
        ) {
            let count = count(StockCountStatus::Open, Some(over));
            let line = line(counted, expected, times);
            let again = times == 1 && counted.abs_diff(expected) > over.unsigned_abs();
            prop_assert_eq!(must_be_recounted(&count, &line), again);
            let lines = [line];
            let (uncounted, recounted) = unfinished(&count, &lines);
            prop_assert_eq!((uncounted.len() == 1, recounted.len() == 1), (times == 0, again));
        }
    }
}
