//! What must hold of tax classes: pure.

use entity::catalog::tax_class::Model;
use entity::vocab::{RecordStatus, TaxClassId};

use super::ops::CreateTaxClass;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::text_key::text_key;

/// Code and external id are unique, also among archived ones.
#[must_use]
pub fn check_unique(command: &CreateTaxClass, rivals: &[Model]) -> Vec<Rejection> {
    let key = text_key(&command.code);
    let taken = |field: &'static str, step: &str, rival: &Model| {
        let existing = rival.id.to_string();
        let problem = Problem::Duplicate { field, existing };
        Rejection::new(Path::input().at(step), problem)
    };
    let mut rejections = Vec::new();
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

/// The class that is named, when it is in use.
///
/// # Errors
/// Why not; empty when the reference was complained about already.
pub fn in_use<'r>(
    found: &'r [Model],
    wanted: &Reference<TaxClassId>,
) -> Result<&'r Model, Vec<Rejection>> {
    let path = Path::input().at("taxClass");
    let row = reference::find(found, wanted, &path)
        .map_err(|reason| reason.into_iter().collect::<Vec<_>>())?;
    if row.status == RecordStatus::Archived {
        let problem = Problem::InvalidState {
            state: row.status.as_str(),
            allowed: &["taxClassCreate"],
            message: "This tax class is archived. Create another one.".to_owned(),
        };
        return Err(vec![Rejection::new(path, problem)]);
    }
    Ok(row)
}
