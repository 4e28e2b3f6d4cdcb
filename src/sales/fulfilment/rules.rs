//! What must hold when goods are picked, shipped and delivered: pure.

use std::collections::BTreeMap;

use entity::sales::{fulfilment_line, sales_order, sales_order_line};
use entity::stock::reservation;
use entity::vocab::{FulfilmentStatus, ProductVariantId, Quantity, SalesOrderLineId, WarehouseId};

use super::store::OpenLine;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::sales::order::rules::on_hold;

/// A step that a fulfilment can be asked to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its goods are taken from the shelves.
    Pick,
    /// They are packed.
    Pack,
    /// They leave.
    Ship,
    /// They have arrived.
    Deliver,
    /// It is given up.
    Cancel,
    /// Carrier and tracking change.
    Update,
}

impl Step {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Pick,
        Self::Pack,
        Self::Ship,
        Self::Deliver,
        Self::Cancel,
        Self::Update,
    ];

    /// The mutation.
    #[must_use]
    pub fn mutation(self) -> &'static str {
        match self {
            Self::Pick => "fulfilmentPick",
            Self::Pack => "fulfilmentPack",
            Self::Ship => "fulfilmentShip",
            Self::Deliver => "fulfilmentDeliver",
            Self::Cancel => "fulfilmentCancel",
            Self::Update => "fulfilmentUpdate",
        }
    }
}

/// Whether a step can be taken now; `hold` says in words what holds the order.
///
/// # Errors
/// Why not, and what can be done instead.
pub fn check(step: Step, status: FulfilmentStatus, hold: Option<&str>) -> Result<(), Problem> {
    use FulfilmentStatus::{Cancelled, Delivered, Packed, Pending, Picked, Shipped};
    let refuse = |allowed, message: &str| {
        Err(Problem::InvalidState {
            state: status.as_str(),
            allowed,
            message: message.to_owned(),
        })
    };
    match (step, status) {
        (_, Cancelled) => refuse(&[], "This fulfilment is cancelled; nothing can follow."),
        (Step::Pick, Pending) | (Step::Pack, Pending | Picked) => on_hold(status.as_str(), hold),
        (Step::Ship, Pending | Picked | Packed) => on_hold(status.as_str(), hold),
        (Step::Deliver, Shipped) | (Step::Cancel, Pending | Picked | Packed) => Ok(()),
        (Step::Update, Pending | Picked | Packed | Shipped | Delivered) => Ok(()),
        (Step::Pick, Picked | Packed) => refuse(
            &["fulfilmentPack", "fulfilmentShip", "fulfilmentCancel"],
            "These goods have been picked already.",
        ),
        (Step::Pack, Packed) => refuse(
            &["fulfilmentShip", "fulfilmentCancel"],
            "These goods have been packed already.",
        ),
        (Step::Deliver, Pending | Picked | Packed) => refuse(
            &["fulfilmentShip"],
            "These goods have not left yet; ship them first.",
        ),
        (Step::Cancel, Shipped | Delivered) => refuse(
            &[],
            "These goods have left, so the fulfilment can no longer be cancelled.",
        ),
        (Step::Pick | Step::Pack | Step::Ship, Shipped) => {
            refuse(&["fulfilmentDeliver"], "These goods have left already.")
        }
        (_, Delivered) => refuse(&[], "These goods have been delivered."),
    }
}

/// How much of a line is to be shipped.
#[derive(Clone, Copy, Debug)]
pub struct AskedLine {
    /// The order line; none when its id was not readable.
    pub line_id: Option<SalesOrderLineId>,
    /// How much.
    pub quantity: Quantity,
}

/// Goods of an order line in a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The order line.
    pub line_id: SalesOrderLineId,
    /// The variant.
    pub variant_id: ProductVariantId,
    /// The warehouse.
    pub warehouse_id: WarehouseId,
    /// How much.
    pub quantity: Quantity,
}

/// What is reserved for an order and in no fulfilment, line by line.
#[must_use]
pub fn free(
    lines: &[sales_order_line::Model],
    reservations: &[reservation::Model],
    open: &[OpenLine],
) -> Vec<Pick> {
    let mut picks: Vec<Pick> = Vec::new();
    for line in lines {
        let of_line = |row: &&reservation::Model| row.sales_order_line_id == Some(line.id);
        let mut by_place: BTreeMap<WarehouseId, i64> = BTreeMap::new();
        for row in reservations.iter().filter(of_line) {
            *by_place.entry(row.warehouse_id).or_default() += row.reserved.0;
        }
        for taken in open
            .iter()
            .filter(|taken| taken.sales_order_line_id == line.id)
        {
            *by_place.entry(taken.warehouse_id).or_default() -= taken.quantity.0;
        }
        let left = by_place.into_iter().filter(|(_, quantity)| *quantity > 0);
        picks.extend(left.map(|(warehouse_id, quantity)| Pick {
            line_id: line.id,
            variant_id: line.variant_id,
            warehouse_id,
            quantity: Quantity(quantity),
        }));
    }
    picks
}

/// The sum of picks.
#[must_use]
pub fn sum(picks: &[Pick]) -> Quantity {
    Quantity(picks.iter().map(|pick| pick.quantity.0).sum())
}

/// What the decision is about.
pub struct Loaded<'l> {
    /// The order.
    pub order: &'l sales_order::Model,
    /// Its lines.
    pub lines: &'l [sales_order_line::Model],
    /// The variants of its lines.
    pub variants: &'l [CountedVariant],
    /// What is reserved and in no fulfilment; of the named warehouse only, if one was named.
    pub free: Vec<Pick>,
}

/// Picks what was asked for from what is free; without lines, everything that is.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn pick(loaded: &Loaded<'_>, asked: Option<&[AskedLine]>) -> Result<Vec<Pick>, Vec<Rejection>> {
    let Some(asked) = asked else {
        if !loaded.free.is_empty() {
            return Ok(loaded.free.clone());
        }
        let problem = Problem::InvalidState {
            state: loaded.order.fulfilment.as_str(),
            allowed: &["goodsReceiptPost"],
            message: "Nothing of this order is reserved there and free, so there is nothing to \
                ship from there."
                .to_owned(),
        };
        return Err(vec![Rejection::new(Path::input().at("warehouse"), problem)]);
    };
    let mut rejections = Vec::new();
    let mut left = loaded.free.clone();
    let mut picks = Vec::new();
    for (index, wanted) in asked.iter().enumerate() {
        let path = Path::input().at("lines").at(index);
        match pick_line(loaded, wanted, &mut left, &path) {
            Ok(more) => picks.extend(more),
            Err(reason) => rejections.extend(reason),
        }
    }
    if rejections.is_empty() {
        Ok(picks)
    } else {
        Err(rejections)
    }
}

fn pick_line(
    loaded: &Loaded<'_>,
    wanted: &AskedLine,
    left: &mut [Pick],
    path: &Path,
) -> Result<Vec<Pick>, Option<Rejection>> {
    let line_id = wanted.line_id.ok_or(None)?;
    let line = loaded.lines.iter().find(|line| line.id == line_id);
    let line = line.ok_or_else(|| {
        Some(Rejection::new(
            path.at("line"),
            Problem::NotFound("line of this order"),
        ))
    })?;
    if !line.is_stock_tracked {
        let message = "This line is not kept in stock, so it is never shipped; leave it out.";
        return Err(Some(Rejection::invalid(path.at("line"), message)));
    }
    let quantity_path = path.at("quantity");
    let is_it = |row: &&CountedVariant| row.variant.id == line.variant_id;
    if let Some(counted) = loaded.variants.iter().find(is_it) {
        check_unit(&quantity_path, wanted.quantity, &counted.unit).map_err(Some)?;
    }
    let mut open = wanted.quantity;
    let mut picks = Vec::new();
    for free in left.iter_mut().filter(|free| free.line_id == line_id) {
        let quantity = open.at_most(free.quantity);
        if quantity.is_positive() {
            free.quantity.0 -= quantity.0;
            open.0 -= quantity.0;
            picks.push(Pick { quantity, ..*free });
        }
    }
    if open.is_zero() {
        return Ok(picks);
    }
    let place = loaded.free.iter().find(|free| free.line_id == line_id);
    let problem = Problem::InsufficientStock {
        variant: line.variant_id,
        warehouse: place.map(|free| free.warehouse_id),
        requested: wanted.quantity,
        available: Quantity(wanted.quantity.0 - open.0),
    };
    Err(Some(Rejection::new(quantity_path, problem)))
}

/// Picks put together: by warehouse, and within it one line per order line.
#[must_use]
pub fn parcels(picks: Vec<Pick>) -> BTreeMap<WarehouseId, Vec<Pick>> {
    let mut parcels: BTreeMap<WarehouseId, Vec<Pick>> = BTreeMap::new();
    for pick in picks {
        let lines = parcels.entry(pick.warehouse_id).or_default();
        match lines.iter_mut().find(|line| line.line_id == pick.line_id) {
            Some(line) => line.quantity.0 += pick.quantity.0,
            None => lines.push(pick),
        }
    }
    parcels
}

/// What a fulfilment takes must still be reserved for it: a count or damage may have taken it away
/// meanwhile.
#[must_use]
pub fn check_reserved(
    lines: &[fulfilment_line::Model],
    warehouse_id: WarehouseId,
    reservations: &[reservation::Model],
) -> Vec<Rejection> {
    let lacking = lines.iter().filter_map(|line| {
        let serves = |row: &&reservation::Model| {
            row.warehouse_id == warehouse_id
                && row.sales_order_line_id == Some(line.sales_order_line_id)
        };
        let reserved = reservations.iter().filter(serves);
        let available = Quantity(reserved.map(|row| row.reserved.0).sum());
        (available < line.quantity).then(|| {
            let problem = Problem::InsufficientStock {
                variant: line.variant_id,
                warehouse: Some(warehouse_id),
                requested: line.quantity,
                available,
            };
            Rejection::new(Path::input().at("fulfilment"), problem)
        })
    });
    lacking.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goods_that_have_left_do_not_come_back_by_cancelling() {
        for status in [FulfilmentStatus::Shipped, FulfilmentStatus::Delivered] {
            assert!(check(Step::Cancel, status, None).is_err());
        }
    }

    #[test]
    fn a_hold_stops_picking_packing_and_shipping_and_nothing_else() {
        let status = FulfilmentStatus::Pending;
        let stopped = |step| check(step, status, Some("REVIEW: a new customer")).is_err();
        assert!(
            [Step::Pick, Step::Pack, Step::Ship]
                .into_iter()
                .all(stopped)
        );
        assert!(![Step::Cancel, Step::Update].into_iter().any(stopped));
    }

    #[test]
    fn what_is_in_another_fulfilment_is_not_free() {
        let line = SalesOrderLineId::generate();
        let (variant_id, warehouse_id) = (ProductVariantId::generate(), WarehouseId::generate());
        let pick = |quantity| Pick {
            line_id: line,
            variant_id,
            warehouse_id,
            quantity: Quantity(quantity),
        };
        let merged = parcels(vec![pick(3), pick(4)]);
        assert_eq!(merged[&warehouse_id], vec![pick(7)]);
        assert_eq!(sum(&[pick(3), pick(4)]), Quantity(7));
    }
}
