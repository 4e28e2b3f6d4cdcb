//! References to records in inputs: by id, by natural key, or by a partner's own id.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Value,
};
use serde::{Deserialize, Serialize};

use super::rejection::{Path, Problem, Rejection};

/// How an input names a record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Reference<I> {
    /// By its id.
    Id(I),
    /// By its natural key: the key form of its code or SKU, or its number.
    Key(String),
    /// By the id a partner's system knows it by.
    ExternalId(String),
    /// Not readable; a complaint about it was already made.
    Unusable,
}

/// How a record can be found.
pub trait Referable {
    /// The type of its id.
    type Id: Copy + PartialEq + Into<Value>;
    /// What the caller calls it, in error messages.
    const NOUN: &'static str;
    /// Its id.
    fn id(&self) -> Self::Id;
    /// Its natural key.
    fn key(&self) -> &str;
    /// The id a partner's system knows it by.
    fn external_id(&self) -> Option<&str>;
}

/// The columns by which a table's records are found.
pub struct ReferenceColumns<C> {
    /// The id.
    pub id: C,
    /// The natural key.
    pub key: C,
    /// The partner's id.
    pub external_id: C,
}

/// A condition that finds the records of all references at once; each part is served by an index.
#[must_use]
pub fn any_of<I: Copy + Into<Value>, C: ColumnTrait>(
    references: &[&Reference<I>],
    columns: &ReferenceColumns<C>,
) -> Condition {
    let mut ids: Vec<Value> = Vec::new();
    let mut keys = Vec::new();
    let mut external_ids = Vec::new();
    for reference in references {
        match reference {
            Reference::Id(id) => ids.push((*id).into()),
            Reference::Key(key) => keys.push(key.clone()),
            Reference::ExternalId(id) => external_ids.push(id.clone()),
            Reference::Unusable => {}
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let mut any = Condition::any();
    if !keys.is_empty() {
        any = any.add(columns.key.is_in(keys));
    }
    if !external_ids.is_empty() {
        any = any.add(columns.external_id.is_in(external_ids));
    }
    if !ids.is_empty() || any.is_empty() {
        any = any.add(columns.id.is_in(ids));
    }
    any
}

/// The record that a reference names, among those that were loaded.
///
/// # Errors
/// `None` inside for a reference that was already complained about, else that there is none.
pub fn find<'r, R: Referable>(
    records: &'r [R],
    reference: &Reference<R::Id>,
    path: &Path,
) -> Result<&'r R, Option<Rejection>> {
    let found = match reference {
        Reference::Id(id) => records.iter().find(|record| record.id() == *id),
        Reference::Key(key) => records.iter().find(|record| record.key() == key),
        Reference::ExternalId(id) => records
            .iter()
            .find(|record| record.external_id() == Some(id)),
        Reference::Unusable => return Err(None),
    };
    found.ok_or_else(|| Some(Rejection::new(path.clone(), Problem::NotFound(R::NOUN))))
}

/// Makes the rows of a table findable by references: implements [`Referable`], and declares `find`
/// and, for documents, `find_and_lock`.
macro_rules! referable {
    ($module:path, $id:ty, $noun:literal, $key:ident($column:ident)) => {
        const _: () = {
            use $module as table;
            impl $crate::platform::reference::Referable for table::Model {
                type Id = $id;
                const NOUN: &'static str = $noun;

                fn id(&self) -> $id {
                    self.id
                }

                fn key(&self) -> &str {
                    &self.$key
                }

                fn external_id(&self) -> Option<&str> {
                    self.external_id.as_deref()
                }
            }

            impl $crate::platform::reference::Stored for table::Entity {
                type Id = $id;
                const COLUMNS: $crate::platform::reference::ReferenceColumns<table::Column> =
                    $crate::platform::reference::ReferenceColumns {
                        id: table::Column::Id,
                        key: table::Column::$column,
                        external_id: table::Column::ExternalId,
                    };
            }
        };
    };
}
pub(crate) use referable;

/// A table whose records can be named by references.
pub trait Stored: EntityTrait {
    /// The type of its id.
    type Id: Copy + PartialEq + Into<Value>;
    /// The columns they are found by.
    const COLUMNS: ReferenceColumns<Self::Column>;
}

/// The record that a reference names.
///
/// # Errors
/// The database's.
pub async fn find_one<E: Stored>(
    conn: &impl ConnectionTrait,
    reference: &Reference<E::Id>,
) -> Result<Option<E::Model>, DbErr> {
    E::find()
        .filter(any_of(&[reference], &E::COLUMNS))
        .one(conn)
        .await
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn find_and_lock<E: Stored>(
    conn: &impl ConnectionTrait,
    reference: &Reference<E::Id>,
) -> Result<Option<E::Model>, DbErr> {
    E::find()
        .filter(any_of(&[reference], &E::COLUMNS))
        .lock_exclusive()
        .one(conn)
        .await
}
