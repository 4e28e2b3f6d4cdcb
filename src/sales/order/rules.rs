//! What must hold when an order is placed or cancelled: pure.

use std::collections::BTreeSet;

use entity::party::customer;
use entity::sales::{sales_order, sales_order_line};
use entity::stock::warehouse;
use entity::vocab::{
    Amount, CurrencyCode, CustomerId, PriceSource, Progress, Quantity, RecordStatus,
    SalesOrderStatus, ShortagePolicy, UnitPrice, WarehouseId, line_net,
};

use super::place::{PlaceLine, PlaceOrder};
use super::sourcing::Wanted;
use crate::catalog::product::rules as variants;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::{check_unit, is_bookable, total_quantity};
use crate::platform::master;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::ledger::LevelKey;
use crate::stock::warehouse::rules as warehouses;

/// Everything that orders refer to.
pub struct References {
    /// Customers.
    pub customers: Vec<customer::Model>,
    /// Variants with their units.
    pub variants: Vec<CountedVariant>,
    /// Warehouses, by code; all active ones when an order leaves the choice open.
    pub warehouses: Vec<warehouse::Model>,
    /// Orders that have a wanted external id already.
    pub rivals: Vec<sales_order::Model>,
}

/// A line whose references and price are known.
#[derive(Clone, Debug)]
pub struct PricedLine {
    /// What it wants, and from where.
    pub wanted: Wanted,
    /// Price of one base unit.
    pub unit_price: UnitPrice,
    /// Where the price came from.
    pub price_source: PriceSource,
    /// Rounded net amount.
    pub net: Amount,
}

/// An order whose references and prices are known.
#[derive(Clone, Debug)]
pub struct PricedOrder {
    /// Who buys.
    pub customer_id: CustomerId,
    /// The lines, in order.
    pub lines: Vec<PricedLine>,
    /// Sum of the lines' rounded net amounts.
    pub net: Amount,
}

impl PricedOrder {
    /// The levels that must exist, and those that may serve if they do.
    #[must_use]
    pub fn keys(&self, policy: ShortagePolicy) -> (BTreeSet<LevelKey>, BTreeSet<LevelKey>) {
        let (mut keys, mut optional) = (BTreeSet::new(), BTreeSet::new());
        for line in &self.lines {
            for (rank, place) in line.wanted.warehouses.iter().enumerate() {
                let key = (line.wanted.variant_id, *place);
                if policy == ShortagePolicy::Split {
                    optional.insert(key);
                } else if rank == 0 {
                    keys.insert(key);
                }
            }
        }
        (keys, optional)
    }
}

/// Resolves references and prices.
///
/// # Errors
/// Everything that is wrong with them, all at once.
pub fn price(
    order: &PlaceOrder,
    found: &References,
    currency: CurrencyCode,
) -> Result<PricedOrder, Vec<Rejection>> {
    let mut rejections = Vec::new();
    let path = Path::input();
    let customer = master::usable(&found.customers, &order.customer, &path.at("customer"));
    let customer = customer.map_err(|reason| rejections.extend(reason)).ok();
    rejections.extend(external_id_taken(order, &found.rivals));
    let default_places = default_places(order, found).unwrap_or_else(|reason| {
        rejections.extend(reason);
        Vec::new()
    });
    let mut lines = Vec::with_capacity(order.lines.len());
    for (index, line) in order.lines.iter().enumerate() {
        let path = path.at("lines").at(index);
        let places = match &line.warehouse {
            Some(_) => places(order, line.warehouse.as_ref(), &path.at("warehouse"), found),
            None => Ok(default_places.clone()),
        };
        match price_line(line, &path, &found.variants, currency) {
            Ok((mut priced, problems)) => {
                rejections.extend(problems);
                priced.wanted.warehouses = places.unwrap_or_else(|reason| {
                    rejections.extend(reason);
                    Vec::new()
                });
                lines.push(priced);
            }
            Err(reason) => {
                rejections.extend(reason);
                rejections.extend(places.err().flatten());
            }
        }
    }
    let quantities = order.lines.iter().map(|line| line.quantity);
    let net = lines
        .iter()
        .try_fold(Amount::ZERO, |sum, line| sum.checked_add(line.net))
        .filter(|net| is_bookable(net.0) && total_quantity(quantities).is_some());
    match (customer, net) {
        (Some(customer), Some(net)) if rejections.is_empty() => Ok(PricedOrder {
            customer_id: customer.id,
            lines,
            net,
        }),
        (_, None) => {
            rejections.push(Rejection::invalid(
                path.at("lines"),
                "The lines add up to too much; split the order.",
            ));
            Err(rejections)
        }
        _ => Err(rejections),
    }
}

fn external_id_taken(order: &PlaceOrder, rivals: &[sales_order::Model]) -> Option<Rejection> {
    let wanted = order.external_id.as_ref()?;
    let rival = rivals
        .iter()
        .find(|rival| rival.external_id.as_ref() == Some(wanted))?;
    let existing = rival.id.to_string();
    let problem = Problem::Duplicate {
        field: "external id",
        existing,
    };
    Some(Rejection::new(Path::input().at("externalId"), problem))
}

/// Where lines are served from that name no warehouse. Where the order names none either, that is
/// a question only when there are such lines.
fn default_places(
    order: &PlaceOrder,
    found: &References,
) -> Result<Vec<WarehouseId>, Option<Rejection>> {
    let named = order.warehouse.as_ref();
    if named.is_none() && order.lines.iter().all(|line| line.warehouse.is_some()) {
        return Ok(Vec::new());
    }
    places(order, named, &Path::input().at("warehouse"), found)
}

/// The warehouses that may serve, the preferred one first. Where none is named, the only active
/// one serves; a split may use all active ones.
fn places(
    order: &PlaceOrder,
    named: Option<&Reference<WarehouseId>>,
    path: &Path,
    found: &References,
) -> Result<Vec<WarehouseId>, Option<Rejection>> {
    let active = || {
        found
            .warehouses
            .iter()
            .filter(|row| row.status == RecordStatus::Active)
    };
    let preferred = match named {
        Some(reference) => Some(warehouses::usable(&found.warehouses, reference, path)?.id),
        None => None,
    };
    if order.on_shortage == ShortagePolicy::Split {
        let others = active()
            .map(|row| row.id)
            .filter(|id| Some(*id) != preferred);
        return Ok(preferred.into_iter().chain(others).collect());
    }
    if let Some(preferred) = preferred {
        return Ok(vec![preferred]);
    }
    let mut active = active();
    match (active.next(), active.next()) {
        (Some(only), None) => Ok(vec![only.id]),
        (None, _) => Err(Some(Rejection::invalid(
            path.clone(),
            "There is no active warehouse.",
        ))),
        (Some(_), Some(_)) => Err(Some(Rejection::invalid(
            path.clone(),
            "There are several warehouses; name the one that shall serve this order.",
        ))),
    }
}

/// A priced line without its warehouses, and what is wrong with its numbers.
fn price_line(
    line: &PlaceLine,
    path: &Path,
    found: &[CountedVariant],
    currency: CurrencyCode,
) -> Result<(PricedLine, Vec<Rejection>), Option<Rejection>> {
    let counted = variants::usable(found, &line.variant, &path.at("variant"))?;
    let mut problems = Vec::new();
    problems.extend(check_unit(&path.at("quantity"), line.quantity, &counted.unit).err());
    let (unit_price, price_source) = match (line.unit_price, counted.variant.price) {
        (Some(given), _) => (given, PriceSource::Given),
        (None, Some(base)) => (base, PriceSource::Base),
        (None, None) => {
            let message = "This variant has no price; give the line a unitPrice.";
            problems.push(Rejection::invalid(path.at("unitPrice"), message));
            (UnitPrice::ZERO, PriceSource::Given)
        }
    };
    let net = line_net(line.quantity, unit_price, line.discount_rate, currency);
    if net.is_none() {
        problems.push(Rejection::invalid(
            path.at("quantity"),
            "The line's amount is too large.",
        ));
    }
    let wanted = Wanted {
        variant_id: counted.variant.id,
        quantity: line.quantity,
        warehouses: Vec::new(),
    };
    let net = net.unwrap_or_default();
    Ok((
        PricedLine {
            wanted,
            unit_price,
            price_source,
            net,
        },
        problems,
    ))
}

/// Only a confirmed order of which nothing was shipped can be cancelled.
///
/// # Errors
/// Why not.
pub fn cancel(order: &sales_order::Model, path: &Path) -> Result<(), Rejection> {
    let refused = |state, allowed, message: &str| {
        let message = message.to_owned();
        Rejection::new(
            path.clone(),
            Problem::InvalidState {
                state,
                allowed,
                message,
            },
        )
    };
    match (order.status, order.fulfilment) {
        (SalesOrderStatus::Confirmed, Progress::None) => Ok(()),
        (SalesOrderStatus::Cancelled, _) => Err(refused(
            "CANCELLED",
            &[],
            "This order is already cancelled; nothing needs to be done.",
        )),
        (SalesOrderStatus::Confirmed, Progress::Partial) => Err(refused(
            "CONFIRMED",
            &["fulfilmentShip"],
            "A part of this order has been shipped, so it can no longer be cancelled.",
        )),
        (SalesOrderStatus::Confirmed, Progress::Full) => Err(refused(
            "CONFIRMED",
            &[],
            "This order has been shipped in full, so it can no longer be cancelled.",
        )),
    }
}

/// How much of an order has been shipped, by its lines.
#[must_use]
pub fn progress(lines: &[sales_order_line::Model]) -> Progress {
    if lines.iter().all(|line| line.shipped == line.quantity) {
        Progress::Full
    } else if lines.iter().all(|line| line.shipped == Quantity::ZERO) {
        Progress::None
    } else {
        Progress::Partial
    }
}
