//! Which warehouses may serve an order: pure.

use entity::vocab::{RecordStatus, ShortagePolicy, WarehouseId};

use super::document::{NewLine, NewOrder};
use super::pricing::References;
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

/// Where lines are served from that name no warehouse. Where the order names none either, that is
/// a question only when there are such lines of goods, and stock is reserved.
///
/// # Errors
/// Why none may.
pub(super) fn default_places(
    order: &NewOrder,
    found: &References,
    purpose: Purpose,
) -> Result<Vec<WarehouseId>, Option<Rejection>> {
    let named = order.warehouse.as_ref();
    let is_settled = |line: &NewLine| {
        let path = Path::input();
        let known = variants::known(&found.variants, &line.variant, &path);
        line.warehouse.is_some() || known.is_ok_and(|row| !row.variant.is_stock_tracked)
    };
    if named.is_none() && order.lines.iter().all(is_settled) {
        return Ok(Vec::new());
    }
    let policy = (order.on_shortage, purpose);
    places(policy, named, &Path::input().at("warehouse"), found)
}

/// The warehouses that may serve, the preferred one first. Where none is named, the only active
/// one serves; a split may use all active ones. An offer names at most the preferred one.
///
/// # Errors
/// Why none may; `None` inside when the reference was complained about already.
pub fn places(
    (policy, purpose): (ShortagePolicy, Purpose),
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
    if purpose == Purpose::Offer {
        return Ok(preferred.into_iter().collect());
    }
    if policy == ShortagePolicy::Split {
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
