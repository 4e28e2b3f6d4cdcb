//! Which price applies, and what must hold of price lists: pure.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::catalog::{price_list, price_list_item};
use entity::vocab::{
    CurrencyCode, PriceListId, PriceSource, ProductVariantId, Quantity, RecordStatus, UnitPrice,
};

use super::items::{ItemChange, SetItems};
use super::ops::Create;
use super::store::Step;
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// The steps of price lists, found by list and variant.
#[derive(Clone, Debug, Default)]
pub struct Prices(HashMap<(PriceListId, ProductVariantId), Vec<Step>>);

impl Prices {
    /// Prices of these steps.
    #[must_use]
    pub fn of(steps: Vec<Step>) -> Self {
        let mut found: HashMap<_, Vec<Step>> = HashMap::new();
        for step in steps {
            let key = (step.price_list_id, step.variant_id);
            found.entry(key).or_default().push(step);
        }
        Self(found)
    }
}

/// The price lists that may apply to a customer: its own, and its group's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// The customer's own.
    pub customer: Option<PriceListId>,
    /// Its group's.
    pub group: Option<PriceListId>,
}

/// What a price is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The variant.
    pub variant_id: ProductVariantId,
    /// How much of it.
    pub quantity: Quantity,
    /// On which day.
    pub day: NaiveDate,
    /// In which currency.
    pub currency: CurrencyCode,
}

/// A price, and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote {
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// Where it came from.
    pub source: PriceSource,
    /// The list, where it came from one.
    pub price_list_id: Option<PriceListId>,
    /// From which quantity on it holds, where it came from a list.
    pub minimum_quantity: Option<Quantity>,
}

impl Quote {
    /// A price that the caller gave.
    #[must_use]
    pub fn given(unit_price: UnitPrice) -> Self {
        Self {
            unit_price,
            source: PriceSource::Given,
            price_list_id: None,
            minimum_quantity: None,
        }
    }
}

/// The price that applies: of the customer's list, then of its group's, then the base price, which
/// is in the company's currency and is not converted. `None` when there is none.
#[must_use]
pub fn quote(
    prices: &Prices,
    lists: Lists,
    asked: Asked,
    base: (Option<UnitPrice>, CurrencyCode),
) -> Option<Quote> {
    let of_list = |list: Option<PriceListId>, source| {
        let step = best_step(prices.0.get(&(list?, asked.variant_id))?, asked)?;
        Some(Quote {
            unit_price: step.unit_price,
            source,
            price_list_id: list,
            minimum_quantity: Some(step.minimum_quantity),
        })
    };
    let of_base = || {
        let unit_price = base.0.filter(|_| base.1 == asked.currency)?;
        Some(Quote {
            unit_price,
            source: PriceSource::Base,
            price_list_id: None,
            minimum_quantity: None,
        })
    };
    of_list(lists.customer, PriceSource::CustomerList)
        .or_else(|| of_list(lists.group, PriceSource::GroupList))
        .or_else(of_base)
}

/// The highest minimum quantity reached; of several prices from the same quantity on, the one that
/// came into force last.
fn best_step(steps: &[Step], asked: Asked) -> Option<&Step> {
    let applies = |step: &&Step| {
        step.currency == asked.currency.code()
            && step.minimum_quantity <= asked.quantity
            && step.valid_from <= asked.day
            && step.valid_until.is_none_or(|last| last >= asked.day)
    };
    steps
        .iter()
        .filter(applies)
        .max_by_key(|step| (step.minimum_quantity, step.valid_from))
}

/// Code and external id are unique, also among archived lists.
#[must_use]
pub fn check_unique(command: &Create, rivals: &[price_list::Model]) -> Vec<Rejection> {
    let taken = |field: &'static str, step: &str, rival: &price_list::Model| {
        let existing = rival.id.to_string();
        Rejection::new(
            Path::input().at(step),
            Problem::Duplicate { field, existing },
        )
    };
    let key = text_key(&command.code);
    let by_code = rivals.iter().find(|rival| rival.code_key == key);
    let by_external_id = rivals
        .iter()
        .find(|one| one.external_id.is_some() && one.external_id == command.external_id);
    let code = by_code.map(|rival| taken("code", "code", rival));
    let external = by_external_id.map(|rival| taken("external id", "externalId", rival));
    code.into_iter().chain(external).collect()
}

/// Only an active list can be changed.
///
/// # Errors
/// Why not.
pub fn check_active(list: &price_list::Model, path: &Path) -> Result<(), Rejection> {
    if list.status == RecordStatus::Active {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: list.status.as_str(),
        allowed: &[],
        message: "This price list is archived and no longer applies; make a new one.".to_owned(),
    };
    Err(Rejection::new(path.clone(), problem))
}

/// A step by which items are found: variant, minimum quantity, first day.
pub type StepKey = (ProductVariantId, Quantity, NaiveDate);

/// A change of an item whose variant is known.
#[derive(Clone, Debug)]
pub struct KnownChange {
    /// Which step.
    pub key: StepKey,
    /// The last day it is valid.
    pub valid_until: Option<NaiveDate>,
    /// Its price; none takes the step off the list.
    pub unit_price: Option<UnitPrice>,
}

/// Resolves the variants of changes, and sees that no step is named twice.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn set_items(
    command: &SetItems,
    found: &[CountedVariant],
    existing: &[price_list_item::Model],
) -> Result<Vec<KnownChange>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut seen: BTreeMap<StepKey, usize> = BTreeMap::new();
    let mut changes = Vec::with_capacity(command.items.len());
    for (index, item) in command.items.iter().enumerate() {
        let path = Path::input().at("items").at(index);
        match variants::known(found, &item.variant, &path.at("variant")) {
            Ok(counted) => {
                let key = (counted.variant.id, item.minimum_quantity, item.valid_from);
                rejections.extend(check_item(item, counted, &path));
                if let Some(first) = seen.insert(key, index) {
                    let message = format!("Is the same step as item {first}.");
                    rejections.push(Rejection::invalid(path.clone(), message));
                }
                let has = |row: &&price_list_item::Model| key == key_of(row);
                if item.unit_price.is_none() && !existing.iter().any(|row| has(&row)) {
                    let problem = Problem::NotFound("step of this price list");
                    rejections.push(Rejection::new(path, problem));
                }
                changes.push(KnownChange {
                    key,
                    valid_until: item.valid_until,
                    unit_price: item.unit_price,
                });
            }
            Err(reason) => rejections.extend(reason),
        }
    }
    if rejections.is_empty() {
        Ok(changes)
    } else {
        Err(rejections)
    }
}

fn check_item(item: &ItemChange, counted: &CountedVariant, path: &Path) -> Vec<Rejection> {
    let quantity_path = path.at("minimumQuantity");
    let mut rejections = Vec::new();
    rejections.extend(check_unit(&quantity_path, item.minimum_quantity, &counted.unit).err());
    if item.valid_until.is_some_and(|last| last < item.valid_from) {
        let message = "Must not be earlier than validFrom.";
        rejections.push(Rejection::invalid(path.at("validUntil"), message));
    }
    let is_new = item.unit_price.is_some();
    if is_new && counted.variant.status == RecordStatus::Archived {
        let problem = Problem::Archived("variant");
        rejections.push(Rejection::new(path.at("variant"), problem));
    }
    rejections
}

/// The step that an item is.
#[must_use]
pub fn key_of(row: &price_list_item::Model) -> StepKey {
    (row.variant_id, row.minimum_quantity, row.valid_from)
}

/// The reference of a list, as a finder takes it.
#[must_use]
pub fn claims(command: &Create) -> Vec<Reference<PriceListId>> {
    let code = Reference::Key(text_key(&command.code));
    let external_id = command.external_id.clone().map(Reference::ExternalId);
    std::iter::once(code).chain(external_id).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).unwrap()
    }

    fn euro() -> CurrencyCode {
        CurrencyCode::parse("EUR").unwrap()
    }

    fn step(list: PriceListId, variant: ProductVariantId, from: i64, price: i64) -> Step {
        Step {
            price_list_id: list,
            variant_id: variant,
            minimum_quantity: Quantity(from),
            valid_from: day(1),
            valid_until: None,
            unit_price: UnitPrice(price),
            currency: "EUR".to_owned(),
        }
    }

    fn asked(variant_id: ProductVariantId, quantity: i64, on: u32) -> Asked {
        Asked {
            variant_id,
            quantity: Quantity(quantity),
            day: day(on),
            currency: euro(),
        }
    }

    #[test]
    fn the_customers_list_comes_before_the_groups_before_the_base() {
        let (own, group) = (PriceListId::generate(), PriceListId::generate());
        let variant = ProductVariantId::generate();
        let prices = Prices::of(vec![step(own, variant, 10, 5), step(group, variant, 0, 7)]);
        let lists = Lists {
            customer: Some(own),
            group: Some(group),
        };
        let base = (Some(UnitPrice(9)), euro());
        let source = |quantity| {
            quote(&prices, lists, asked(variant, quantity, 1), base)
                .unwrap()
                .source
        };
        assert_eq!(source(10), PriceSource::CustomerList);
        assert_eq!(source(9), PriceSource::GroupList);
        let none = quote(&prices, Lists::default(), asked(variant, 9, 1), base).unwrap();
        assert_eq!(none.source, PriceSource::Base);
    }

    #[test]
    fn a_base_price_in_another_currency_does_not_apply() {
        let dollar = CurrencyCode::parse("USD").unwrap();
        let asked = asked(ProductVariantId::generate(), 1, 1);
        let base = (Some(UnitPrice(9)), dollar);
        assert_eq!(
            quote(&Prices::default(), Lists::default(), asked, base),
            None
        );
    }

    #[test]
    fn a_price_ends_with_its_last_day_and_a_later_one_takes_over() {
        let (list, variant) = (PriceListId::generate(), ProductVariantId::generate());
        let mut first = step(list, variant, 0, 5);
        first.valid_until = Some(day(10));
        let mut second = step(list, variant, 0, 6);
        second.valid_from = day(8);
        let prices = Prices::of(vec![second, first]);
        let lists = Lists {
            customer: Some(list),
            group: None,
        };
        let price = |on| {
            quote(&prices, lists, asked(variant, 1, on), (None, euro()))
                .unwrap()
                .unit_price
        };
        assert_eq!(
            (price(7), price(8), price(11)),
            (UnitPrice(5), UnitPrice(6), UnitPrice(6))
        );
    }

    proptest! {
        #[test]
        fn the_highest_minimum_reached_wins(
            minimums in prop::collection::btree_set(0_i64..100, 1..8),
            quantity in 0_i64..120,
        ) {
            let (list, variant) = (PriceListId::generate(), ProductVariantId::generate());
            let steps = minimums.iter().map(|from| step(list, variant, *from, *from));
            let prices = Prices::of(steps.collect());
            let lists = Lists { customer: Some(list), group: None };
            let found = quote(&prices, lists, asked(variant, quantity, 1), (None, euro()));
            let expected = minimums.iter().copied().filter(|from| *from <= quantity).max();
            prop_assert_eq!(found.map(|quote| quote.unit_price.0), expected);
        }
    }
}
