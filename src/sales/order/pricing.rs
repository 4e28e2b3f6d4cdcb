//! What an order refers to, costs and is taxed with: pure.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::accounts::exchange_rate;
use entity::catalog::tax_rate;
use entity::sales::{sales_order, sales_order_line};
use entity::stock::warehouse;
use entity::vocab::{
    CurrencyCode, CustomerId, ExchangeRate, LineAmounts, Quantity, Rate, ShortagePolicy,
    SourcingStrategy, TaxClassId, UnitPrice, WarehouseId, line_amounts,
};
use serde_json::Value as Json;

use super::document::{NewLine, NewOrder};
use super::places::{Places, Purpose, Route, default_places, places};
use super::sourcing::{Spread, Wanted};
use crate::accounts::exchange_rate::rules::latest;
use crate::catalog::price_list::rules::{Asked, Lists, Prices, Quote, quote};
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::catalog::tax::rules::rate_on;
use crate::party::customer::store::Buyer;
use crate::platform::input::{check_unit, is_bookable, total_quantity};
use crate::platform::master;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::LevelKey;

/// Everything that orders refer to.
pub struct References {
    /// Customers with their groups.
    pub buyers: Vec<Buyer>,
    /// Variants with their units.
    pub variants: Vec<CountedVariant>,
    /// Warehouses, by code; all active ones when an order leaves the choice open.
    pub warehouses: Vec<warehouse::Model>,
    /// How the company chooses among them where an order does not say.
    pub sourcing_strategy: SourcingStrategy,
    /// Orders that have a wanted external id already.
    pub rivals: Vec<sales_order::Model>,
    /// The customers' and groups' prices of the variants.
    pub prices: Prices,
    /// The rates of the variants' tax classes.
    pub tax_rates: Vec<tax_rate::Model>,
    /// What the customers' currencies are worth on the orders' days, where they are not the
    /// company's.
    pub exchange_rates: Vec<exchange_rate::Model>,
}

/// What all lines of an order are priced and taxed by.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The order's currency.
    pub currency: CurrencyCode,
    /// The company's.
    pub base: CurrencyCode,
    /// The day prices and tax rates are looked up for.
    pub day: NaiveDate,
    /// Whether the unit prices are with tax.
    pub prices_include_tax: bool,
    /// The price lists that may apply.
    pub lists: Lists,
    /// Whether the customer pays no tax.
    pub is_tax_exempt: bool,
}

impl Frame {
    /// The frame of a customer's order.
    #[must_use]
    pub fn of(buyer: &Buyer, base: CurrencyCode, day: NaiveDate, with_tax: bool) -> Self {
        Self {
            currency: CurrencyCode::parse(&buyer.customer.currency).unwrap_or(base),
            base,
            day,
            prices_include_tax: with_tax,
            lists: lists_of(buyer),
            is_tax_exempt: buyer.customer.is_tax_exempt,
        }
    }

    /// The price of a variant; none when there is none.
    #[must_use]
    pub fn quote(
        &self,
        prices: &Prices,
        counted: &CountedVariant,
        quantity: Quantity,
    ) -> Option<Quote> {
        let asked = Asked {
            variant_id: counted.variant.id,
            quantity,
            day: self.day,
            currency: self.currency,
        };
        quote(
            prices,
            self.lists,
            asked,
            (counted.variant.price, self.base),
        )
    }

    /// What a variant is taxed with.
    #[must_use]
    pub fn tax(&self, rates: &[tax_rate::Model], counted: &CountedVariant) -> LineTax {
        let class = counted.variant.tax_class_id;
        let rate = if self.is_tax_exempt {
            Rate::ZERO
        } else {
            rate_on(rates, class, self.day)
        };
        LineTax { class, rate }
    }
}

/// The price lists that may apply to a customer.
#[must_use]
pub fn lists_of(buyer: &Buyer) -> Lists {
    Lists {
        customer: buyer.customer.price_list_id,
        group: buyer.group.as_ref().and_then(|group| group.price_list_id),
    }
}

/// What a line is taxed with.
#[derive(Clone, Copy, Debug)]
pub struct LineTax {
    /// The variant's class.
    pub class: Option<TaxClassId>,
    /// The rate of the day.
    pub rate: Rate,
}

/// A line whose references and price are known.
#[derive(Clone, Debug)]
pub struct PricedLine {
    /// What it wants, and from where; nothing of what is not kept in stock.
    pub wanted: Wanted,
    /// Whether it is goods.
    pub is_stock_tracked: bool,
    /// Where it is to be served from, where that is known.
    pub warehouse_id: Option<WarehouseId>,
    /// Its price, and where that came from.
    pub quote: Quote,
    /// What it is taxed with.
    pub tax: LineTax,
    /// Rounded amounts.
    pub amounts: LineAmounts,
}

/// An order whose references and prices are known.
#[derive(Clone, Debug)]
pub struct PricedOrder {
    /// Who buys.
    pub customer_id: CustomerId,
    /// The customer's currency.
    pub currency: CurrencyCode,
    /// What one unit of it is worth in the company's.
    pub exchange_rate: ExchangeRate,
    /// The lines, in order.
    pub lines: Vec<PricedLine>,
    /// Sums of the lines' rounded amounts.
    pub totals: LineAmounts,
    /// Where the customer's goods go when the order does not say.
    pub shipping_address: Option<Json>,
    /// Where the customer's bills go when the order does not say.
    pub billing_address: Option<Json>,
}

/// The levels that must exist, and those that may serve if they do.
pub fn keys<'w>(
    wanted: impl Iterator<Item = &'w Wanted>,
    policy: ShortagePolicy,
) -> (BTreeSet<LevelKey>, BTreeSet<LevelKey>) {
    let (mut keys, mut optional) = (BTreeSet::new(), BTreeSet::new());
    for want in wanted {
        let mut places = want
            .warehouses
            .iter()
            .map(|place| (want.variant_id, *place));
        if want.spread == Spread::OnePlace || policy == ShortagePolicy::Backorder {
            keys.extend(places.next());
        }
        optional.extend(places);
    }
    (keys, optional)
}

/// Resolves references and prices.
///
/// # Errors
/// Everything that is wrong with them, all at once.
pub fn price(
    order: &NewOrder,
    found: &References,
    base: CurrencyCode,
    purpose: Purpose,
) -> Result<PricedOrder, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let path = Path::input();
    let buyer = master::usable(&found.buyers, &order.customer, &path.at("customer"));
    let buyer = buyer.map_err(|reason| rejections.extend(reason)).ok();
    let external_id = order.details.external_id.as_deref();
    rejections.extend(external_id_taken(external_id, None, &found.rivals));
    let frame = buyer.map(|one| Frame::of(one, base, order.date, order.prices_include_tax));
    let rate = frame.map(|frame| {
        let of_day = latest(&found.exchange_rates, frame.currency.code(), order.date);
        exchange_rate(order.exchange_rate.or(of_day), frame.currency, base)
    });
    let rate = rate.and_then(|rate| rate.map_err(|one| rejections.push(one)).ok());
    let (lines, problems) = price_lines(order, found, frame, purpose);
    rejections.extend(problems);
    let totals = add_up(lines.iter().map(|line| &line.amounts), rate, base)
        .filter(|_| total_quantity(order.lines.iter().map(|line| line.quantity)).is_some());
    if totals.is_none() {
        rejections.push(too_large(path.at("lines")));
    }
    match (buyer, frame, rate, totals) {
        (Some(buyer), Some(frame), Some(exchange_rate), Some(totals)) if rejections.is_empty() => {
            Ok(PricedOrder {
                customer_id: buyer.customer.id,
                currency: frame.currency,
                exchange_rate,
                lines,
                totals,
                shipping_address: buyer.customer.shipping_address.clone(),
                billing_address: buyer.customer.billing_address.clone(),
            })
        }
        _ => Err(rejections),
    }
}

/// The complaint about lines that cannot be added up.
#[must_use]
pub fn too_large(path: Path) -> Rejection {
    Rejection::invalid(path, "The lines add up to too much; split the order.")
}

/// Sums of lines' amounts, when they can be reckoned with, also in the company's currency.
pub fn add_up<'a>(
    mut lines: impl Iterator<Item = &'a LineAmounts>,
    rate: Option<ExchangeRate>,
    base: CurrencyCode,
) -> Option<LineAmounts> {
    let sum = lines.try_fold(LineAmounts::default(), |sum, line| {
        Some(LineAmounts {
            net: sum.net.checked_add(line.net)?,
            tax: sum.tax.checked_add(line.tax)?,
            gross: sum.gross.checked_add(line.gross)?,
        })
    });
    sum.filter(|sum| {
        let in_base = rate.unwrap_or(ExchangeRate::ONE).to_base(sum.gross, base);
        is_bookable(sum.gross.0) && in_base.is_some_and(|amount| is_bookable(amount.0))
    })
}

/// Lines with their references and places; without a frame unpriced. What is wrong with them.
pub(in crate::sales) fn price_lines(
    order: &NewOrder,
    found: &References,
    frame: Option<Frame>,
    purpose: Purpose,
) -> (Vec<PricedLine>, Vec<Rejection>) {
    let is_named = order.warehouse.is_some();
    let (route, mut rejections) = Route::of(order.sourcing.as_ref(), is_named, found);
    let default_places = default_places(order, found, &route, purpose).unwrap_or_else(|reason| {
        rejections.extend(reason);
        Places::none()
    });
    let mut lines = Vec::with_capacity(order.lines.len());
    for (index, line) in order.lines.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        let places = match &line.warehouse {
            Some(_) => {
                let policy = (order.on_shortage, purpose, &route);
                places(
                    policy,
                    line.warehouse.as_ref(),
                    &path.at("warehouse"),
                    found,
                )
            }
            None => Ok(default_places.clone()),
        };
        match price_line(line, &path, found, frame) {
            Ok((mut priced, problems)) => {
                rejections.extend(problems);
                let places = places.unwrap_or_else(|reason| {
                    rejections.extend(reason);
                    Places::none()
                });
                rejections.extend(place_line(&mut priced, line, places, &path));
                lines.push(priced);
            }
            Err(reason) => {
                rejections.extend(reason);
                rejections.extend(places.err().flatten());
            }
        }
    }
    (lines, rejections)
}

/// Says where a line is served from; what is not kept in stock is served from nowhere.
pub fn place_line(
    priced: &mut PricedLine,
    line: &NewLine,
    places: Places,
    path: &Path,
) -> Option<Rejection> {
    if priced.is_stock_tracked {
        priced.warehouse_id = places.own;
        priced.wanted.warehouses = places.warehouses;
        priced.wanted.spread = places.spread;
        return None;
    }
    line.warehouse.as_ref().map(|_| {
        let message = "This variant is not kept in stock, so no warehouse serves it; leave it out.";
        Rejection::invalid(path.at("warehouse"), message)
    })
}

/// An external id names one order.
#[must_use]
pub fn external_id_taken(
    wanted: Option<&str>,
    own: Option<entity::vocab::SalesOrderId>,
    rivals: &[sales_order::Model],
) -> Option<Rejection> {
    let wanted = wanted?;
    let rival = rivals
        .iter()
        .find(|rival| rival.external_id.as_deref() == Some(wanted) && Some(rival.id) != own)?;
    let existing = rival.id.to_string();
    let problem = Problem::Duplicate {
        field: "external id",
        existing,
    };
    Some(Rejection::new(Path::input().at("externalId"), problem))
}

/// What one unit of the order's currency is worth in the company's.
///
/// # Errors
/// Why it cannot be told, or is not what was given.
pub fn exchange_rate(
    given: Option<ExchangeRate>,
    currency: CurrencyCode,
    base: CurrencyCode,
) -> Result<ExchangeRate, Rejection> {
    let refuse = |message: String| Rejection::invalid(Path::input().at("exchangeRate"), message);
    match given {
        None if currency == base => Ok(ExchangeRate::ONE),
        Some(rate) if currency != base || rate == ExchangeRate::ONE => Ok(rate),
        Some(_) => Err(refuse(format!(
            "Must be 1 or left out: the customer buys in {}, the company's own currency.",
            base.code()
        ))),
        None => Err(refuse(format!(
            "The customer buys in {}; say what one {} is worth in {}, or set the rate of the day \
             with exchangeRateSet.",
            currency.code(),
            currency.code(),
            base.code()
        ))),
    }
}

/// A priced line without its warehouses, and what is wrong with its numbers. Without a frame, for
/// its customer is not known, only the rest is looked at.
///
/// # Errors
/// Why its variant cannot be ordered; `None` inside when that was complained about already.
pub fn price_line(
    line: &NewLine,
    path: &Path,
    found: &References,
    frame: Option<Frame>,
) -> Result<(PricedLine, Vec<Rejection>), Option<Rejection>> {
    let counted = variants::usable(&found.variants, &line.variant, &path.at("variant"))?;
    let mut problems = Vec::new();
    problems.extend(check_unit(&path.at("quantity"), line.quantity, &counted.unit).err());
    let listed = || frame.map(|frame| frame.quote(&found.prices, counted, line.quantity));
    let quote = match line.unit_price {
        Some(given) => Quote::given(given),
        None => listed().flatten().unwrap_or_else(|| {
            problems.extend(frame.map(|frame| no_price(path.at("unitPrice"), counted, frame)));
            Quote::given(UnitPrice::ZERO)
        }),
    };
    let none = LineTax {
        class: counted.variant.tax_class_id,
        rate: Rate::ZERO,
    };
    let tax = frame.map_or(none, |frame| frame.tax(&found.tax_rates, counted));
    let entered = (line.quantity, quote.unit_price, line.discount_rate);
    let amounts = frame.map_or(Some(LineAmounts::default()), |frame| {
        line_amounts(entered, tax.rate, frame.prices_include_tax, frame.currency)
    });
    if amounts.is_none() {
        let message = "The line's amount is too large.";
        problems.push(Rejection::invalid(path.at("quantity"), message));
    }
    let is_stock_tracked = counted.variant.is_stock_tracked;
    let wanted = Wanted {
        variant_id: counted.variant.id,
        quantity: if is_stock_tracked {
            line.quantity
        } else {
            Quantity::ZERO
        },
        warehouses: Vec::new(),
        spread: Spread::OnePlace,
    };
    let priced = PricedLine {
        wanted,
        is_stock_tracked,
        warehouse_id: None,
        quote,
        tax,
        amounts: amounts.unwrap_or_default(),
    };
    Ok((priced, problems))
}

/// What is said where no list and no base price applies.
#[must_use]
pub fn no_price(path: Path, counted: &CountedVariant, frame: Frame) -> Rejection {
    let sku = &counted.variant.sku;
    let message = match (counted.variant.price, frame.currency == frame.base) {
        (Some(_), false) => format!(
            "{sku} has no price in {}: its base price is in {} and is not converted. Put it on a \
             price list of the customer, or give the line a unitPrice.",
            frame.currency.code(),
            frame.base.code()
        ),
        _ => format!(
            "{sku} has no price that applies; put it on a price list of the customer, or give the \
             line a unitPrice."
        ),
    };
    Rejection::invalid(path, message)
}

/// The amounts of a line as it stands; `None` when they do not fit.
#[must_use]
pub fn amounts_of(
    line: &sales_order_line::Model,
    prices_include_tax: bool,
    currency: CurrencyCode,
) -> Option<LineAmounts> {
    let entered = (line.quantity, line.unit_price, line.discount_rate);
    line_amounts(entered, line.tax_rate, prices_include_tax, currency)
}
