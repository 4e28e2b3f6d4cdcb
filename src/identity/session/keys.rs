//! The keys that access tokens are signed with: of the configuration, or of the database.
//!
//! Every server keeps the keys in memory, looks again every minute, and when a token names a key
//! that it does not know. A key signs until a newer one is there, and is believed for as long after
//! as its tokens may live.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant as Moment};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::identity::signing_key::Model;
use entity::vocab::Instant;
use sha2::{Digest, Sha256};

use super::jwt::{Key, LIFE_SECONDS};
use super::store;
use crate::identity::access::{AccessError, AccessSettings};
use crate::platform::clock;
use crate::platform::db::Db;
use crate::platform::rejection::OpError;

/// Between two looks at the database.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Between two looks for a key that is not known: anybody can name one.
const LOOK_FOR_UNKNOWN_EVERY: Duration = Duration::from_secs(1);
/// How long a key is believed after a newer one was made, in seconds: the life of its tokens, a
/// server that has not looked yet, and clocks that differ.
const BELIEVED_SECONDS: i64 = LIFE_SECONDS as i64 + 90;
/// Superseded keys are deleted after this many seconds.
const KEPT_SECONDS: i64 = 3_600;

/// The keys of one server; clones share them.
#[derive(Clone)]
pub struct Keys {
    shared: Arc<Shared>,
}

struct Shared {
    db: Db,
    /// The keys come from the configuration and do not change.
    is_fixed: bool,
    known: RwLock<Known>,
}

struct Known {
    /// Newest first, with when it was superseded.
    keys: Vec<(Arc<Key>, Option<Instant>)>,
    looked_at: Moment,
}

impl Keys {
    /// The keys of the configuration, or of the database, where the first start makes one. Of
    /// several servers that start at once only one may be here.
    ///
    /// # Errors
    /// [`AccessError`].
    pub async fn open(db: &Db, settings: &AccessSettings) -> Result<Self, AccessError> {
        let keys = match configured(settings)? {
            Some(keys) => keys,
            None => {
                let rows = store::keys(db.writer()).await.map_err(failed)?;
                if rows.is_empty() {
                    let first = generate();
                    store::insert_key(db.writer(), first.clone())
                        .await
                        .map_err(failed)?;
                    read(vec![first])?
                } else {
                    read(rows)?
                }
            }
        };
        let looked_at = Moment::now();
        Ok(Self {
            shared: Arc::new(Shared {
                db: db.clone(),
                is_fixed: settings.signing_key.is_some(),
                known: RwLock::new(Known { keys, looked_at }),
            }),
        })
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub async fn signing(&self) -> Result<Arc<Key>, OpError> {
        self.look_unless_within(LOOK_EVERY).await?;
        let newest = self.with_known(|known| known.keys.first().map(|(key, _)| Arc::clone(key)));
        newest.ok_or_else(|| OpError::Internal("there is no signing key".to_owned()))
    }

    /// The key of that name, while its tokens are believed.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub async fn by_id(&self, id: &str) -> Result<Option<Arc<Key>>, OpError> {
        self.look_unless_within(LOOK_EVERY).await?;
        if self.with_known(|known| !known.keys.iter().any(|(key, _)| key.id == id)) {
            self.look_unless_within(LOOK_FOR_UNKNOWN_EVERY).await?;
        }
        let now = clock::now();
        let is_believed = |superseded: &Option<Instant>| {
            superseded.is_none_or(|at| now.0 < at.0 + BELIEVED_SECONDS * 1_000_000)
        };
        Ok(self.with_known(|known| {
            let found = known.keys.iter().find(|(key, _)| key.id == id);
            let believed = found.filter(|(_, superseded)| is_believed(superseded));
            believed.map(|(key, _)| Arc::clone(key))
        }))
    }

    /// Looks at the database, unless that was done lately.
    async fn look_unless_within(&self, pause: Duration) -> Result<(), OpError> {
        if self.shared.is_fixed || self.with_known(|known| known.looked_at.elapsed() < pause) {
            return Ok(());
        }
        let rows = store::keys(self.shared.db.reader()).await?;
        let keys = read(rows).map_err(|error| OpError::Internal(error.to_string()))?;
        let looked_at = Moment::now();
        let mut known = self
            .shared
            .known
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *known = Known { keys, looked_at };
        Ok(())
    }

    fn with_known<T>(&self, look: impl FnOnce(&Known) -> T) -> T {
        let known = self.shared.known.read();
        look(&known.unwrap_or_else(PoisonError::into_inner))
    }
}

/// Makes a new key, which signs from now on; servers learn of it within a minute.
///
/// # Errors
/// The database's.
pub async fn rotate(db: &Db) -> Result<String, AccessError> {
    let new = generate();
    let id = new.id.clone();
    let old = Instant(new.created_at.0 - KEPT_SECONDS * 1_000_000);
    store::insert_key(db.writer(), new).await.map_err(failed)?;
    store::delete_superseded_keys(db.writer(), old)
        .await
        .map_err(failed)?;
    Ok(id)
}

fn failed(error: impl std::fmt::Display) -> AccessError {
    AccessError::Database(error.to_string())
}

fn generate() -> Model {
    let (mut id, mut secret) = ([0; 9], vec![0; 32]);
    getrandom::fill(&mut id).expect("the operating system has randomness");
    getrandom::fill(&mut secret).expect("the operating system has randomness");
    Model {
        id: URL_SAFE_NO_PAD.encode(id),
        secret,
        created_at: clock::now(),
    }
}

type Superseded = Vec<(Arc<Key>, Option<Instant>)>;

fn read(rows: Vec<Model>) -> Result<Superseded, AccessError> {
    let mut keys = Vec::with_capacity(rows.len());
    let mut newer = None;
    for row in rows {
        let key = Key::new(row.id.clone(), &row.secret);
        let key = key.ok_or(AccessError::DamagedKey(row.id))?;
        keys.push((Arc::new(key), newer));
        newer = Some(row.created_at);
    }
    Ok(keys)
}

fn configured(settings: &AccessSettings) -> Result<Option<Superseded>, AccessError> {
    let Some(present) = &settings.signing_key else {
        return Ok(None);
    };
    let named = |secret: &str, setting: &'static str| {
        // Eight bytes of a hash name the key and tell nothing of it.
        let id = URL_SAFE_NO_PAD.encode(&Sha256::digest(secret.as_bytes())[..8]);
        let key = Key::new(format!("c-{id}"), secret.as_bytes());
        key.map(Arc::new).ok_or(AccessError::ShortKey(setting))
    };
    let mut keys = vec![(named(present.expose(), "signing_key")?, None)];
    if let Some(previous) = &settings.previous_signing_key {
        // It is believed for as long as it is configured.
        keys.push((named(previous.expose(), "previous_signing_key")?, None));
    }
    Ok(Some(keys))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::secret::Secret;

    #[test]
    fn a_configured_key_is_long_enough() {
        let settings = |key: &str| AccessSettings {
            signing_key: Some(Secret::new(key)),
            ..AccessSettings::default()
        };
        for short in ["", "secret", &"x".repeat(31)] {
            let refused = configured(&settings(short));
            assert!(matches!(refused, Err(AccessError::ShortKey(_))), "{short}");
        }
        assert!(configured(&settings(&"x".repeat(32))).is_ok());
    }

    #[test]
    fn an_older_key_is_superseded_by_the_next_newer_one() {
        let (mut one, mut two) = (generate(), generate());
        (one.created_at, two.created_at) = (Instant(1), Instant(2));
        let keys = read(vec![two, one]).expect("both are long enough");
        assert_eq!((keys[0].1, keys[1].1), (None, Some(Instant(2))));
    }
}
