//! What must hold when goods are shipped: pure.

use std::collections::BTreeMap;

use entity::sales::{sales_order, sales_order_line};
use entity::stock::reservation;
use entity::vocab::{Quantity, ReservationId, SalesOrderLineId, SalesOrderStatus, WarehouseId};

use super::ops::ShipLine;
use crate::catalog::product::store::CountedVariant;
use crate::platform::input::check_unit;
use crate::platform::rejection::{Path, Problem, Rejection};

/// What leaves: from which reservation, for which line, how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The order line.
    pub line_id: SalesOrderLineId,
    /// The warehouse.
    pub warehouse_id: WarehouseId,
    /// The reservation that is consumed.
    pub reservation_id: ReservationId,
    /// How much.
    pub quantity: Quantity,
}

/// What the decision is about.
pub struct Loaded<'l> {
    /// The order.
    pub order: &'l sales_order::Model,
    /// Its lines.
    pub lines: &'l [sales_order_line::Model],
    /// The variants of its lines.
    pub variants: &'l [CountedVariant],
    /// Its active reservations, oldest first; of the named warehouse only, if one was named.
    pub reservations: Vec<reservation::Model>,
}

/// An order can be shipped while it is confirmed.
///
/// # Errors
/// Why not.
pub fn check_state(order: &sales_order::Model) -> Result<(), Rejection> {
    if order.status == SalesOrderStatus::Confirmed {
        return Ok(());
    }
    let problem = Problem::InvalidState {
        state: order.status.as_str(),
        allowed: &[],
        message: "This order is cancelled, so nothing of it can be shipped.".to_owned(),
    };
    Err(Rejection::new(Path::input().at("salesOrder"), problem))
}

/// Picks what was asked for from what is reserved; without lines, everything that is reserved.
///
/// # Errors
/// Everything that is wrong, all at once.
pub fn pick(loaded: &Loaded<'_>, asked: Option<&[ShipLine]>) -> Result<Vec<Pick>, Vec<Rejection>> {
    let Some(asked) = asked else {
        let picks: Vec<Pick> = loaded.reservations.iter().filter_map(everything).collect();
        if picks.is_empty() {
            let problem = Problem::InvalidState {
                state: loaded.order.fulfilment.as_str(),
                allowed: &["goodsReceiptPost"],
                message: "Nothing of this order is reserved, so there is nothing to ship."
                    .to_owned(),
            };
            return Err(vec![Rejection::new(
                Path::input().at("salesOrder"),
                problem,
            )]);
        }
        return Ok(picks);
    };
    let mut rejections = Vec::new();
    let mut left: BTreeMap<ReservationId, Quantity> = loaded
        .reservations
        .iter()
        .map(|row| (row.id, row.reserved))
        .collect();
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

fn everything(row: &reservation::Model) -> Option<Pick> {
    let line_id = row.sales_order_line_id?;
    let quantity = Some(row.reserved).filter(|reserved| reserved.is_positive())?;
    Some(Pick {
        line_id,
        warehouse_id: row.warehouse_id,
        reservation_id: row.id,
        quantity,
    })
}

fn pick_line(
    loaded: &Loaded<'_>,
    wanted: &ShipLine,
    left: &mut BTreeMap<ReservationId, Quantity>,
    path: &Path,
) -> Result<Vec<Pick>, Option<Rejection>> {
    let Some(line_id) = wanted.line_id else {
        return Err(None);
    };
    let line = loaded.lines.iter().find(|line| line.id == line_id);
    let line = line.ok_or_else(|| {
        Some(Rejection::new(
            path.at("line"),
            Problem::NotFound("line of this order"),
        ))
    })?;
    let quantity_path = path.at("quantity");
    if let Some(counted) = loaded
        .variants
        .iter()
        .find(|row| row.variant.id == line.variant_id)
    {
        check_unit(&quantity_path, wanted.quantity, &counted.unit).map_err(Some)?;
    }
    let mut open = wanted.quantity;
    let mut picks = Vec::new();
    let of_line = |row: &&reservation::Model| row.sales_order_line_id == Some(line_id);
    for row in loaded.reservations.iter().filter(of_line) {
        let free = left.get_mut(&row.id).expect("made from the same list");
        let quantity = open.at_most(*free);
        if quantity.is_positive() {
            free.0 -= quantity.0;
            open.0 -= quantity.0;
            let warehouse_id = row.warehouse_id;
            picks.push(Pick {
                line_id,
                warehouse_id,
                reservation_id: row.id,
                quantity,
            });
        }
    }
    if open.is_zero() {
        return Ok(picks);
    }
    let problem = Problem::InsufficientStock {
        variant: line.variant_id,
        warehouse: loaded
            .reservations
            .iter()
            .find(of_line)
            .map(|row| row.warehouse_id),
        requested: wanted.quantity,
        available: Quantity(wanted.quantity.0 - open.0),
    };
    Err(Some(Rejection::new(quantity_path, problem)))
}
