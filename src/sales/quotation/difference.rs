//! What a changed order wants more of stock, and less: pure.

use entity::sales::sales_order_line;
use entity::vocab::{Quantity, SalesOrderLineId, SalesOrderStatus, WarehouseId};

use super::command::UpdateOrder;
use super::edit::{Line, Loaded};
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;
use crate::sales::order::places::{self, Purpose, Route};
use crate::sales::order::sourcing::{Spread, Wanted};

/// More that is wanted of a level, or less.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The line.
    pub line_id: SalesOrderLineId,
    /// Its place in the input.
    pub path: Path,
    /// What is wanted more; nothing where less is.
    pub more: Wanted,
    /// What is given up.
    pub less: Quantity,
}

/// What a confirmed order wants more and less than before.
///
/// `wanted` is what the new lines want, in their order.
pub(super) fn differences(
    loaded: &Loaded<'_>,
    command: &UpdateOrder,
    lines: &[Line],
    wanted: &[Wanted],
) -> Vec<Difference> {
    if loaded.order.status == SalesOrderStatus::Draft {
        return Vec::new();
    }
    let before = |id| loaded.lines.iter().find(|line| line.id == id);
    let mut wanted = wanted.iter();
    let (route, _) = Route::of(None, true, loaded.found);
    let of_goods = lines.iter().filter_map(|(line, path)| {
        let old = before(line.id);
        let places = match old {
            Some(old) => old_places(loaded, (command, &route), old),
            None => wanted
                .next()
                .map(|want| (want.warehouses.clone(), want.spread)),
        };
        let (warehouses, spread) = places.unwrap_or((Vec::new(), Spread::OnePlace));
        let had = old.map_or(Quantity::ZERO, |old| old.quantity);
        let more = Quantity(line.quantity.0 - had.0).or_zero();
        let less = Quantity(had.0 - line.quantity.0).or_zero();
        let is_any = more.is_positive() || less.is_positive();
        (line.is_stock_tracked && is_any).then(|| Difference {
            line_id: line.id,
            path: path.at("quantity"),
            more: Wanted {
                variant_id: line.variant_id,
                quantity: more,
                warehouses,
                spread,
            },
            less,
        })
    });
    of_goods.collect()
}

fn old_places(
    loaded: &Loaded<'_>,
    (command, route): (&UpdateOrder, &Route),
    line: &sales_order_line::Model,
) -> Option<(Vec<WarehouseId>, Spread)> {
    let named = line.warehouse_id.map(Reference::Id);
    let policy = (command.on_shortage, Purpose::Reserve, route);
    let found = loaded.found;
    let places = places::places(policy, named.as_ref(), &Path::input(), found).ok()?;
    Some((places.warehouses, places.spread))
}
