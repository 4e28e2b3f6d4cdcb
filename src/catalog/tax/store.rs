//! The rows of tax classes and their rates.

use entity::catalog::{tax_class, tax_rate};
use entity::vocab::TaxClassId;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::platform::reference::{self, Reference, Stored, referable};

referable!(
    entity::catalog::tax_class,
    TaxClassId,
    "tax class",
    code_key(CodeKey)
);

/// The tax classes that references name, in one statement; none where none is named.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<TaxClassId>],
) -> Result<Vec<tax_class::Model>, DbErr> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    tax_class::Entity::find()
        .filter(reference::any_of(references, &tax_class::Entity::COLUMNS))
        .all(conn)
        .await
}

/// All rates of these classes; no statement where there is no class.
///
/// # Errors
/// The database's.
pub async fn rates_of(
    conn: &impl ConnectionTrait,
    classes: Vec<TaxClassId>,
) -> Result<Vec<tax_rate::Model>, DbErr> {
    if classes.is_empty() {
        return Ok(Vec::new());
    }
    tax_rate::Entity::find()
        .filter(tax_rate::Column::TaxClassId.is_in(classes))
        .all(conn)
        .await
}
