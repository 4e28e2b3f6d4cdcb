//! What must hold of warehouses.

use entity::stock::warehouse::Model;
use entity::vocab::{RecordStatus, WarehouseId};

use super::ops::Create;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// Code and external id are unique, also among archived ones.
#[must_use]
pub fn check_unique(command: &Create, rivals: &[Model]) -> Vec<Rejection> {
    let mut rejections = Vec::new();
    let key = text_key(&command.code);
    let taken = |field: &'static str, step: &str, rival: &Model| {
        let existing = rival.id.to_string();
        Rejection::new(
            Path::input().at(step),
            Problem::Duplicate { field, existing },
        )
    };
    if let Some(rival) = rivals.iter().find(|rival| rival.code_key == key) {
        rejections.push(taken("code", "code", rival));
    }
    let by_external_id =
        |rival: &&Model| rival.external_id.is_some() && rival.external_id == command.external_id;
    if let Some(rival) = rivals.iter().find(by_external_id) {
        rejections.push(taken("external id", "externalId", rival));
    }
    rejections
}

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
    let row = reference::find(found, wanted, &path)
        .map_err(|reason| reason.into_iter().collect::<Vec<_>>())?;
    if row.status == RecordStatus::Archived {
        let problem = Problem::InvalidState {
            state: row.status.as_str(),
            allowed: &[],
            message: "This warehouse is already archived; nothing needs to be done.".to_owned(),
        };
        return Err(vec![Rejection::new(path, problem)]);
    }
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

/// The warehouse that a document names, when new documents may use it.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable<'r>(
    found: &'r [Model],
    wanted: &Reference<WarehouseId>,
    path: &Path,
) -> Result<&'r Model, Option<Rejection>> {
    let row = reference::find(found, wanted, path)?;
    if row.status == RecordStatus::Archived {
        return Err(Some(Rejection::new(
            path.clone(),
            Problem::Archived("warehouse"),
        )));
    }
    Ok(row)
}
