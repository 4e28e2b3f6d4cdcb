//! What must hold of purchase orders: pure.

use std::collections::HashMap;

use chrono::{Days, NaiveDate};
use entity::party::{payment_terms, supplier};
use entity::purchasing::{purchase_order, purchase_order_line, supplier_item, supplier_item_price};
use entity::stock::warehouse;
use entity::vocab::{
    Amount, Coverage, CurrencyCode, ExchangeRate, PaymentTermsId, PurchaseOrderStatus, Quantity,
    Rate, TaxClassId, WarehouseId, line_amounts,
};

use super::draft::{DraftLine, DraftOrder};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, is_bookable, total_quantity};
use crate::platform::master;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::purchasing::supplier_item::rules as items;
use crate::stock::warehouse::rules as warehouses;

/// An offer and its prices.
pub type Offer = (supplier_item::Model, Vec<supplier_item_price::Model>);

/// Everything that an order refers to.
pub struct References {
    /// The supplier.
    pub suppliers: Vec<supplier::Model>,
    /// The payment terms.
    pub terms: Vec<payment_terms::Model>,
    /// The warehouse.
    pub warehouses: Vec<warehouse::Model>,
    /// Variants with their units.
    pub variants: Vec<CountedVariant>,
    /// What the supplier offers of them.
    pub offers: Vec<Offer>,
    /// Tax rates on the order's day.
    pub tax_rates: HashMap<TaxClassId, Rate>,
    /// The order that has the wanted external id already.
    pub rival: Option<purchase_order::Model>,
}

/// What an order comes to.
pub struct PricedOrder {
    /// From whom.
    pub supplier: supplier::Model,
    /// Where the goods shall come in.
    pub warehouse_id: WarehouseId,
    /// What one unit of its currency is worth in the base currency.
    pub exchange_rate: ExchangeRate,
    /// When it is to be paid.
    pub payment_terms_id: Option<PaymentTermsId>,
    /// The day by which everything is expected.
    pub expected_on: NaiveDate,
    /// Sum of the lines.
    pub net: Amount,
    /// Sum of the lines.
    pub tax: Amount,
    /// Sum of the lines.
    pub gross: Amount,
    /// Its lines.
    pub lines: Vec<purchase_order_line::Model>,
}

/// Resolves references, finds prices and taxes, adds up.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn price(
    order: &DraftOrder,
    found: &References,
    base: CurrencyCode,
) -> Result<PricedOrder, Vec<Rejection>> {
    let path = Path::input();
    let mut rejections = Vec::new();
    let supplier = master::usable(&found.suppliers, &order.supplier, &path.at("supplier"));
    let supplier = supplier.map_err(|reason| rejections.extend(reason)).ok();
    let place = warehouses::usable(&found.warehouses, &order.warehouse, &path.at("warehouse"));
    let place = place.map_err(|reason| rejections.extend(reason)).ok();
    rejections.extend(external_id_taken(order, found));
    let terms = terms(order, found, supplier);
    let terms = terms.unwrap_or_else(|reason| {
        rejections.extend(reason);
        None
    });
    let rate = supplier.map(|supplier| exchange_rate(order, supplier, base));
    let rate = rate.and_then(|rate| rate.map_err(|reason| rejections.push(reason)).ok());
    let pricing = Pricing {
        order,
        found,
        supplier,
        currency: supplier.and_then(|row| CurrencyCode::parse(&row.currency)),
    };
    let mut lines = Vec::with_capacity(order.lines.len());
    for (index, line) in order.lines.iter().enumerate() {
        let (priced, problems) = pricing.line(index, line);
        lines.extend(priced);
        rejections.extend(problems);
    }
    let sums = add_up(&lines, rate.unwrap_or(ExchangeRate::ONE), base);
    if sums.is_none() {
        let message = "The lines add up to too much; split the order.";
        rejections.push(Rejection::invalid(path.at("lines"), message));
    }
    match (supplier, place, rate, sums) {
        (Some(supplier), Some(place), Some(rate), Some((net, tax, gross)))
            if rejections.is_empty() =>
        {
            let last = lines.iter().map(|line| line.expected_on).max();
            Ok(PricedOrder {
                supplier: supplier.clone(),
                warehouse_id: place.id,
                exchange_rate: rate,
                payment_terms_id: terms,
                expected_on: order.expected_on.or(last).unwrap_or(order.date),
                net,
                tax,
                gross,
                lines,
            })
        }
        _ => Err(rejections),
    }
}

/// The external id belongs to no other order.
fn external_id_taken(order: &DraftOrder, found: &References) -> Option<Rejection> {
    let rival = found.rival.as_ref().filter(|rival| rival.id != order.id)?;
    let existing = rival.id.to_string();
    let field = "external id";
    let problem = Problem::Duplicate { field, existing };
    Some(Rejection::new(Path::input().at("externalId"), problem))
}

/// The payment terms that the order names, else the supplier's.
fn terms(
    order: &DraftOrder,
    found: &References,
    supplier: Option<&supplier::Model>,
) -> Result<Option<PaymentTermsId>, Option<Rejection>> {
    match &order.payment_terms {
        Some(Some(terms)) => {
            let path = Path::input().at("paymentTerms");
            master::usable(&found.terms, terms, &path).map(|terms| Some(terms.id))
        }
        Some(None) => Ok(None),
        None => Ok(supplier.and_then(|supplier| supplier.payment_terms_id)),
    }
}

/// The rate is needed for another currency, and is 1 for the company's own.
fn exchange_rate(
    order: &DraftOrder,
    supplier: &supplier::Model,
    base: CurrencyCode,
) -> Result<ExchangeRate, Rejection> {
    let (path, code) = (Path::input().at("exchangeRate"), &supplier.currency);
    let is_base = *code == base.code();
    match order.exchange_rate {
        None if is_base => Ok(ExchangeRate::ONE),
        None if order.is_rate_unread => Ok(ExchangeRate::ONE),
        None => {
            let message = format!(
                "This supplier is paid in {code}; say what one {code} is worth in {}.",
                base.code()
            );
            Err(Rejection::invalid(path, message))
        }
        Some(rate) if is_base && rate != ExchangeRate::ONE => {
            let message = format!("This supplier is paid in {code}, the company's own currency.");
            Err(Rejection::invalid(path, message))
        }
        Some(rate) => Ok(rate),
    }
}

fn add_up(
    lines: &[purchase_order_line::Model],
    rate: ExchangeRate,
    base: CurrencyCode,
) -> Option<(Amount, Amount, Amount)> {
    total_quantity(lines.iter().map(|line| line.quantity))?;
    let sum = |of: fn(&purchase_order_line::Model) -> Amount| {
        let mut amounts = lines.iter().map(of);
        amounts.try_fold(Amount::ZERO, Amount::checked_add)
    };
    let (net, tax) = (sum(|line| line.net)?, sum(|line| line.tax)?);
    let gross = sum(|line| line.gross)?;
    let in_base = rate.to_base(gross, base)?;
    (is_bookable(gross.0) && is_bookable(in_base.0)).then_some((net, tax, gross))
}

const TOO_LARGE: &str = "The line's amount is too large.";
const NO_PRICE: &str = "The supplier has no price for this variant and quantity; say one here, or \
    put it into the supplier item.";

/// What the lines of an order are priced with.
struct Pricing<'a> {
    order: &'a DraftOrder,
    found: &'a References,
    supplier: Option<&'a supplier::Model>,
    currency: Option<CurrencyCode>,
}

impl Pricing<'_> {
    /// The line's row, as far as it can be made, and what is wrong with it.
    fn line(
        &self,
        index: usize,
        line: &DraftLine,
    ) -> (Option<purchase_order_line::Model>, Vec<Rejection>) {
        let path = Path::input().at("lines").at(index);
        let (known, at) = (&self.found.variants, path.at("variant"));
        let counted = match variants::usable_in_stock(known, &line.variant, &at) {
            Ok(counted) => counted,
            Err(reason) => return (None, reason.into_iter().collect()),
        };
        let mut problems = Vec::new();
        problems.extend(check_unit(&path.at("quantity"), line.quantity, &counted.unit).err());
        let of_variant = |(item, _): &&Offer| item.variant_id == counted.variant.id;
        let offer = self.found.offers.iter().find(of_variant);
        let offered = offer.and_then(|(_, prices)| items::price_of(prices, line.quantity));
        let unit_price = line.unit_price.or(offered);
        if unit_price.is_none() && self.supplier.is_some() && !line.is_quantity_unread {
            problems.push(Rejection::invalid(path.at("unitPrice"), NO_PRICE));
        }
        let class = counted.variant.tax_class_id;
        let tax_rate = self.tax_rate(class, &path).unwrap_or_else(|problem| {
            problems.push(problem);
            Rate::ZERO
        });
        let item = offer.map(|(item, _)| item);
        let expected_on = self.expected_on(line, item);
        let (Some(currency), Some(unit_price)) = (self.currency, unit_price) else {
            return (None, problems);
        };
        let numbers = (line.quantity, unit_price, line.discount_rate);
        let Some(amounts) = line_amounts(numbers, tax_rate, false, currency) else {
            problems.push(Rejection::invalid(path.at("quantity"), TOO_LARGE));
            return (None, problems);
        };
        let row = purchase_order_line::Model {
            id: line.id,
            purchase_order_id: self.order.id,
            position: i32::try_from(index + 1).expect("a document has few lines"),
            variant_id: counted.variant.id,
            supplier_item_id: item.map(|item| item.id),
            supplier_sku: item.and_then(|item| item.supplier_sku.clone()),
            quantity: line.quantity,
            unit_price,
            discount_rate: line.discount_rate,
            tax_class_id: class,
            tax_rate,
            net: amounts.net,
            tax: amounts.tax,
            gross: amounts.gross,
            expected_on,
            confirmed_quantity: None,
            promised_on: None,
            accepted: Quantity::ZERO,
            rejected: Quantity::ZERO,
            short: Quantity::ZERO,
            closed: Quantity::ZERO,
        };
        (Some(row), problems)
    }

    /// The rate of a tax class on the order's day; zero without a class.
    fn tax_rate(&self, class: Option<TaxClassId>, path: &Path) -> Result<Rate, Rejection> {
        let Some(class) = class else {
            return Ok(Rate::ZERO);
        };
        self.found.tax_rates.get(&class).copied().ok_or_else(|| {
            let message = format!(
                "The tax class of this variant has no rate on {}; give it one first.",
                self.order.date
            );
            Rejection::invalid(path.at("variant"), message)
        })
    }

    /// The line's own day, else the order's, else the order's date and the lead time.
    fn expected_on(&self, line: &DraftLine, item: Option<&supplier_item::Model>) -> NaiveDate {
        let given = line.expected_on.or(self.order.expected_on);
        let of_item = item.and_then(|item| item.lead_time_days);
        let of_supplier = self.supplier.and_then(|row| row.lead_time_days);
        let days = of_item.or(of_supplier).unwrap_or(0);
        let days = Days::new(u64::try_from(days).expect("a check keeps lead times above zero"));
        let later = self.order.date.checked_add_days(days);
        given.or(later).unwrap_or(self.order.date)
    }
}

/// What the supplier would refuse: quantities below the minimum, or no multiple.
#[must_use]
pub fn check_minimums(
    lines: &[purchase_order_line::Model],
    items: &[supplier_item::Model],
) -> Vec<Rejection> {
    let refused = lines.iter().filter_map(|line| {
        let is_its = |item: &&supplier_item::Model| Some(item.id) == line.supplier_item_id;
        let why = items::refuses(items.iter().find(is_its)?, line.quantity)?;
        let message = format!(
            "Line {}: {why}. Change the quantity, or submit with ignoreMinimums.",
            line.position
        );
        let path = Path::input().at("purchaseOrder");
        Some(Rejection::invalid(path, message))
    });
    refused.collect()
}

/// What came in of a line.
#[must_use]
pub fn delivered(line: &purchase_order_line::Model) -> Quantity {
    Quantity(line.accepted.0 + line.rejected.0)
}

/// What of a line is still waited for.
#[must_use]
pub fn open(line: &purchase_order_line::Model) -> Quantity {
    Quantity(line.quantity.0 - delivered(line).0 - line.closed.0).or_zero()
}

/// The day on which a line is due: the supplier's, else the one expected.
#[must_use]
pub fn due(line: &purchase_order_line::Model) -> NaiveDate {
    line.promised_on.unwrap_or(line.expected_on)
}

/// The earliest day on which something open of a sent order is due.
#[must_use]
pub fn due_on(
    status: PurchaseOrderStatus,
    lines: &[purchase_order_line::Model],
) -> Option<NaiveDate> {
    if status != PurchaseOrderStatus::Sent {
        return None;
    }
    let waiting = lines.iter().filter(|line| open(line).is_positive());
    waiting.map(due).min()
}

/// How much of an order was delivered, by its lines; rejected goods were delivered too.
#[must_use]
pub fn receiving(lines: &[purchase_order_line::Model]) -> Coverage {
    if lines.iter().all(|line| delivered(line).is_zero()) {
        Coverage::None
    } else if lines.iter().any(|line| delivered(line) < line.quantity) {
        Coverage::Partial
    } else if lines.iter().any(|line| delivered(line) > line.quantity) {
        Coverage::Over
    } else {
        Coverage::Full
    }
}

/// What the supplier confirmed of a line.
#[derive(Clone, Debug)]
pub struct ConfirmedLine {
    /// The order line; none when its id was not readable.
    pub line_id: Option<entity::vocab::PurchaseOrderLineId>,
    /// How much the supplier will deliver.
    pub quantity: Option<Quantity>,
    /// When.
    pub promised_on: Option<NaiveDate>,
}

/// The lines after the supplier's confirmation; those that changed, by their place.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn confirm(
    lines: &mut [purchase_order_line::Model],
    said: &[ConfirmedLine],
    variants: &[CountedVariant],
) -> Result<Vec<usize>, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let mut named = Vec::new();
    for (place, one) in said.iter().enumerate() {
        let path = Path::input().at("lines").at(place);
        let Some(index) = find_line(lines, one.line_id, &named, &path, &mut rejections) else {
            continue;
        };
        named.push(index);
        let line = &mut lines[index];
        let is_its = |row: &&CountedVariant| row.variant.id == line.variant_id;
        if let (Some(counted), Some(quantity)) = (variants.iter().find(is_its), one.quantity) {
            let checked = check_unit(&path.at("quantity"), quantity, &counted.unit);
            rejections.extend(checked.err());
        }
        line.confirmed_quantity = one.quantity.or(line.confirmed_quantity);
        line.promised_on = one.promised_on.or(line.promised_on);
    }
    if rejections.is_empty() {
        Ok(named)
    } else {
        Err(rejections)
    }
}

/// The place of the order line that an input line names, once.
pub fn find_line(
    lines: &[purchase_order_line::Model],
    id: Option<entity::vocab::PurchaseOrderLineId>,
    named: &[usize],
    path: &Path,
    rejections: &mut Vec<Rejection>,
) -> Option<usize> {
    let id = id?;
    let Some(index) = lines.iter().position(|line| line.id == id) else {
        let problem = Problem::NotFound("line of this order");
        rejections.push(Rejection::new(path.at("line"), problem));
        return None;
    };
    if named.contains(&index) {
        let message = "This line is named twice; say everything about it at once.";
        rejections.push(Rejection::invalid(path.at("line"), message));
        return None;
    }
    Some(index)
}
