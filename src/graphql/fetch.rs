//! Loaders: many resolvers ask for one record each, and one statement brings them all.
//!
//! Made anew for each request, and without a cache, but for the batches of a subscription: what one
//! caller may see, or a mutation has just changed, is never answered from somebody else's or an
//! earlier read.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use async_graphql::runtime::{Timer, TokioSpawner};
use futures_util::future::BoxFuture;
use sea_orm::DbErr;

use crate::platform::db::Db;

/// Fetches records by keys; each module says how for the keys of its own.
pub struct Fetch {
    /// Where from.
    pub db: Db,
}

/// Why records could not be loaded.
pub type LoadError = Arc<DbErr>;

type Loading = DataLoader<Fetch, HashMapCache>;

/// The loaders of one request; clones share them.
#[derive(Clone)]
pub struct Loaders {
    db: Db,
    current: Arc<RwLock<Arc<Loading>>>,
}

impl Loaders {
    /// New loaders, which remember nothing.
    #[must_use]
    pub fn new(db: &Db) -> Self {
        let loading = loading(db);
        loading.enable_all_cache(false);
        Self {
            db: db.clone(),
            current: Arc::new(RwLock::new(Arc::new(loading))),
        }
    }

    /// Forgets everything, and from now on remembers what is loaded. A subscription calls this
    /// before each batch of what it tells: async-graphql resolves one item after another, and what
    /// they have in common was loaded for all of them at once.
    pub fn remember_anew(&self) {
        let anew = Arc::new(loading(&self.db));
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = anew;
    }

    /// The record with this key; none when there is no such record.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_one<K>(&self, key: K) -> Result<Option<Found<K>>, NotLoaded<K>>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Fetch: Loader<K>,
    {
        self.current().load_one(key).await
    }

    /// The records with these keys.
    ///
    /// # Errors
    /// The database's.
    pub async fn load_many<K>(
        &self,
        keys: impl IntoIterator<Item = K>,
    ) -> Result<HashMap<K, Found<K>>, NotLoaded<K>>
    where
        K: Send + Sync + Hash + Eq + Clone + 'static,
        Fetch: Loader<K>,
    {
        self.current().load_many(keys).await
    }

    fn current(&self) -> Arc<Loading> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }
}

type Found<K> = <Fetch as Loader<K>>::Value;
type NotLoaded<K> = <Fetch as Loader<K>>::Error;

fn loading(db: &Db) -> Loading {
    let fetch = Fetch { db: db.clone() };
    DataLoader::with_cache(
        fetch,
        TokioSpawner::current(),
        NextTurn,
        HashMapCache::default(),
    )
}

/// Loads when everybody who is about to ask has asked: keys that are asked for in one turn of the
/// executor share a statement. A timer, even one of no time, would wait for the clock's next
/// millisecond.
struct NextTurn;

impl Timer for NextTurn {
    fn delay(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::task::yield_now())
    }
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
