//! What must hold of warehouses.

use entity::stock::warehouse::Model;
use entity::vocab::WarehouseId;

use crate::platform::master::archivable;
pub use crate::platform::master::usable;
use crate::platform::reference::Reference;
use crate::platform::rejection::{Path, Problem, Rejection};

/// Only an active warehouse can be archived, and only when it holds nothing and nothing is
/// promised from it.
///
/// # Errors
/// Why not; empty when the reference was complained about already.
pub fn archive(
    found: &[Model],
    wanted: &Reference<WarehouseId>,
    is_empty: bool,
) -> Result<WarehouseId, Vec<Rejection>> {
    let path = Path::input().at("warehouse");
    let row = archivable(found, wanted, &path)
        .map_err(|reason| reason.into_iter().collect::<Vec<_>>())?;
    if !is_empty {
        let problem = Problem::InvalidState {
            state: row.status.as_str(),
            allowed: &["stockTransferCreate", "stockAdjust"],
            message: "This warehouse still holds or expects goods. Move or adjust them first."
                .to_owned(),
        };
        return Err(vec![Rejection::new(path, problem)]);
    }
    Ok(row.id)
}
