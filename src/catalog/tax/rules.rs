//! What must hold of tax classes: pure.

use chrono::NaiveDate;
use entity::catalog::tax_class::Model;
use entity::catalog::tax_rate;
use entity::vocab::{Rate, RecordStatus, TaxClassId};

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

/// The rate of a class on a day: the latest that is valid by then; zero without a class, and
/// before its first rate.
#[must_use]
pub fn rate_on(rates: &[tax_rate::Model], class: Option<TaxClassId>, day: NaiveDate) -> Rate {
    let valid = rates
        .iter()
        .filter(|rate| Some(rate.tax_class_id) == class && rate.valid_from <= day);
    valid
        .max_by_key(|rate| rate.valid_from)
        .map_or(Rate::ZERO, |rate| rate.rate)
}

/// The class that a variant names, when it may use it; none where it names none.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable(
    found: &[Model],
    wanted: Option<&Reference<TaxClassId>>,
    path: &Path,
) -> Result<Option<TaxClassId>, Option<Rejection>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let row = reference::find(found, wanted, path)?;
    if row.status == RecordStatus::Archived {
        let problem = Problem::Archived("tax class");
        return Err(Some(Rejection::new(path.clone(), problem)));
    }
    Ok(Some(row.id))
}
