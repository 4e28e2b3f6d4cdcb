//! What must hold of suppliers.

use entity::party::supplier::Model;
use entity::vocab::{RecordStatus, SupplierId};

use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};

/// The supplier that a document names, when new documents may use it.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable<'r>(
    found: &'r [Model],
    wanted: &Reference<SupplierId>,
    path: &Path,
) -> Result<&'r Model, Option<Rejection>> {
    let row = reference::find(found, wanted, path)?;
    if row.status == RecordStatus::Archived {
        return Err(Some(Rejection::new(
            path.clone(),
            Problem::Archived("supplier"),
        )));
    }
    Ok(row)
}
