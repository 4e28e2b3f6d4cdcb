//! Which warehouses may serve an order: pure.

use entity::stock::warehouse;
use entity::vocab::{RecordStatus, ShortagePolicy, SourcingStrategy, WarehouseId};

use super::document::{NewLine, NewOrder, Sourcing};
use super::pricing::References;
use super::sourcing::Spread;
use crate::catalog::product::rules as variants;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Rejection};
use crate::stock::warehouse::rules as warehouses;

/// Whether stock has to be found for an order now, or only when it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Stock is reserved now.
    Reserve,
    /// It is only offered.
    Offer,
}

/// The warehouses that may serve a line.
#[derive(Clone, Debug)]
pub struct Places {
    /// The preferred one first.
    pub warehouses: Vec<WarehouseId>,
    /// How a line is shared among them.
    pub spread: Spread,
    /// The one that was named, or is the only one; none where it is chosen with the stock.
    pub own: Option<WarehouseId>,
}

impl Places {
    /// No warehouse at all.
    #[must_use]
    pub fn none() -> Self {
        Self::one(None)
    }

    fn one(own: Option<WarehouseId>) -> Self {
        Self {
            warehouses: own.into_iter().collect(),
            spread: Spread::OnePlace,
            own,
        }
    }
}

/// How warehouses are chosen for the lines of an order that name none.
#[derive(Clone, Debug)]
pub struct Route {
    strategy: SourcingStrategy,
    /// In order.
    warehouses: Vec<WarehouseId>,
    is_listed: bool,
}

impl Route {
    /// The way an order is on: its own, else that of the warehouse it names, else the company's;
    /// and what is wrong with the warehouses that it lists.
    #[must_use]
    pub fn of(
        sourcing: Option<&Sourcing>,
        is_named: bool,
        found: &References,
    ) -> (Self, Vec<Rejection>) {
        let strategy = match sourcing {
            Some(sourcing) => sourcing.strategy,
            None if is_named => SourcingStrategy::GivenWarehouse,
            None => found.sourcing_strategy,
        };
        let listed = sourcing.map_or(&[][..], |sourcing| &sourcing.warehouses);
        let mut route = Self {
            strategy,
            warehouses: Vec::new(),
            is_listed: !listed.is_empty(),
        };
        let mut rejections = Vec::new();
        for (index, reference) in listed.iter().enumerate() {
            let path = Path::input().at("sourcing").at("warehouses").at(index);
            match warehouses::usable(&found.warehouses, reference, &path) {
                Ok(row) if route.warehouses.contains(&row.id) => {
                    let message = "This warehouse is named twice; each is asked once.";
                    rejections.push(Rejection::invalid(path, message));
                }
                Ok(row) => route.warehouses.push(row.id),
                Err(reason) => rejections.extend(reason),
            }
        }
        if !route.is_listed {
            let mut active: Vec<&warehouse::Model> = found
                .warehouses
                .iter()
                .filter(|row| row.status == RecordStatus::Active)
                .collect();
            active.sort_by(|a, b| (a.priority, &a.code_key).cmp(&(b.priority, &b.code_key)));
            route.warehouses = active.into_iter().map(|row| row.id).collect();
        }
        (route, rejections)
    }

    fn spread(&self, policy: ShortagePolicy) -> Spread {
        match (self.strategy, policy) {
            (SourcingStrategy::FewestShipments, _) => Spread::Fewest,
            (SourcingStrategy::Priority, _) | (_, ShortagePolicy::Split) => Spread::InOrder,
            (SourcingStrategy::GivenWarehouse, _) => Spread::OnePlace,
        }
    }
}

/// Where lines are served from that name no warehouse. Where the order names none either, that is
/// a question only when there are such lines of goods, and stock is reserved.
///
/// # Errors
/// Why none may.
pub(super) fn default_places(
    order: &NewOrder,
    found: &References,
    route: &Route,
    purpose: Purpose,
) -> Result<Places, Option<Rejection>> {
    let named = order.warehouse.as_ref();
    let is_settled = |line: &NewLine| {
        let path = Path::input();
        let known = variants::known(&found.variants, &line.variant, &path);
        line.warehouse.is_some() || known.is_ok_and(|row| !row.variant.is_stock_tracked)
    };
    if named.is_none() && order.lines.iter().all(is_settled) {
        return Ok(Places::none());
    }
    let policy = (order.on_shortage, purpose, route);
    places(policy, named, &Path::input().at("warehouse"), found)
}

/// The warehouses that may serve, the preferred one first. Whoever is named serves, and with SPLIT
/// the others after it. Where none is named, the strategy says who serves; without one it is the
/// only active warehouse. An offer names at most the preferred one.
///
/// # Errors
/// Why none may; `None` inside when the reference was complained about already.
pub fn places(
    (policy, purpose, route): (ShortagePolicy, Purpose, &Route),
    named: Option<&Reference<WarehouseId>>,
    path: &Path,
    found: &References,
) -> Result<Places, Option<Rejection>> {
    let preferred = match named {
        Some(reference) => Some(warehouses::usable(&found.warehouses, reference, path)?.id),
        None => None,
    };
    if purpose == Purpose::Offer {
        return Ok(Places::one(preferred));
    }
    if let Some(own) = preferred {
        let others = route.warehouses.iter().copied().filter(|id| *id != own);
        return Ok(match policy {
            ShortagePolicy::Split => Places {
                warehouses: std::iter::once(own).chain(others).collect(),
                spread: Spread::InOrder,
                own: Some(own),
            },
            _ => Places::one(Some(own)),
        });
    }
    match (route.spread(policy), route.warehouses.as_slice()) {
        (_, []) if route.is_listed => Err(None),
        (_, []) => Err(Some(Rejection::invalid(
            path.clone(),
            "There is no active warehouse.",
        ))),
        (Spread::OnePlace, [only]) => Ok(Places::one(Some(*only))),
        (Spread::OnePlace, _) => Err(Some(Rejection::invalid(
            path.clone(),
            "There are several warehouses; name the one that shall serve this order, or say with \
             sourcing how one is chosen.",
        ))),
        (spread, all) => Ok(Places {
            warehouses: all.to_vec(),
            spread,
            own: None,
        }),
    }
}
