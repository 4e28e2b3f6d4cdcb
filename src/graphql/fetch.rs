//! Loaders: many resolvers ask for one record each, and one statement brings them all.
//!
//! Made anew for each request, without a cache: what one caller may see, or a mutation has just
//! changed, is never answered from somebody else's or an earlier read.

use std::time::Duration;

use async_graphql::dataloader::DataLoader;
use async_graphql::runtime::{TokioSpawner, TokioTimer};

use crate::platform::db::Db;

/// Fetches records by keys; each module says how for the keys of its own.
pub struct Fetch {
    /// Where from.
    pub db: Db,
}

/// The loaders of one request.
pub type Loaders = DataLoader<Fetch>;

/// New loaders for a request. No delay: keys asked for in one turn of the executor share a
/// statement already, and waiting longer costs latency.
#[must_use]
pub fn loaders(db: &Db) -> Loaders {
    DataLoader::new(
        Fetch { db: db.clone() },
        TokioSpawner::current(),
        TokioTimer::default(),
    )
    .delay(Duration::ZERO)
}

/// Loads the rows of a table by their primary key.
macro_rules! loader_by_id {
    ($module:path, $id:ty) => {
        const _: () = {
            use $module as table;
            impl async_graphql::dataloader::Loader<$id> for $crate::graphql::Fetch {
                type Value = table::Model;
                type Error = std::sync::Arc<sea_orm::DbErr>;

                async fn load(
                    &self,
                    keys: &[$id],
                ) -> Result<std::collections::HashMap<$id, table::Model>, Self::Error> {
                    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
                    let wanted = table::Column::Id.is_in(keys.iter().copied());
                    let rows = table::Entity::find()
                        .filter(wanted)
                        .all(self.db.reader())
                        .await?;
                    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
                }
            }
        };
    };
}
pub(crate) use loader_by_id;

/// Declares a key that asks for all rows of a table that belong to one record, in order.
macro_rules! loader_of_many {
    (
        $(#[$doc:meta])* $key:ident($parent:ty),
        $module:path, $column:ident($field:expr), by $order:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $key(pub $parent);

        const _: () = {
            use $module as table;
            impl async_graphql::dataloader::Loader<$key> for $crate::graphql::Fetch {
                type Value = Vec<table::Model>;
                type Error = std::sync::Arc<sea_orm::DbErr>;

                async fn load(
                    &self,
                    keys: &[$key],
                ) -> Result<std::collections::HashMap<$key, Self::Value>, Self::Error> {
                    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
                    let rows = table::Entity::find()
                        .filter(table::Column::$column.is_in(keys.iter().map(|key| key.0)))
                        .order_by_asc(table::Column::$column)
                        .order_by_asc(table::Column::$order)
                        .all(self.db.reader())
                        .await?;
                    let parent: fn(&table::Model) -> Option<$parent> = $field;
                    let mut found =
                        std::collections::HashMap::<$key, Self::Value>::with_capacity(keys.len());
                    for row in rows {
                        if let Some(id) = parent(&row) {
                            found.entry($key(id)).or_default().push(row);
                        }
                    }
                    Ok(found)
                }
            }
        };
    };
}
pub(crate) use loader_of_many;
