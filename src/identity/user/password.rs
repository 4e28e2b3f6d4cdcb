//! Passwords: argon2id, computed on a bounded number of threads.
//!
//! A password costs some 20 ms of a core and 19 MiB by design, so at most as many are computed at
//! once as there are cores, a bounded number wait, and further callers are told to come back.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::identity::access::{AccessError, AccessSettings};
use crate::platform::rejection::OpError;
use crate::platform::secret::Secret;

/// Bytes of a salt, and of what is computed from it and the password.
const SALT: usize = 16;
const OUTPUT: usize = 32;

/// Hashes and checks passwords; clones share its threads.
#[derive(Clone)]
pub struct Passwords {
    shared: Arc<Shared>,
}

struct Shared {
    argon2: Argon2<'static>,
    /// Of no password: checked where there is no user, so that both take the same time.
    of_nobody: String,
    turns: Semaphore,
    waiting: AtomicUsize,
    waiting_max: usize,
}

impl Passwords {
    /// Passwords of that cost.
    ///
    /// # Errors
    /// [`AccessError::Cost`] when the cost is out of range.
    pub fn new(settings: &AccessSettings) -> Result<Self, AccessError> {
        let (memory, passes) = (settings.password_memory_kib, settings.password_passes);
        let params = Params::new(memory, passes, 1, None)
            .map_err(|error| AccessError::Cost(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            shared: Arc::new(Shared {
                argon2,
                of_nobody: of_nobody(memory, passes),
                turns: Semaphore::new(cores),
                waiting: AtomicUsize::new(0),
                waiting_max: settings.password_queue.saturating_add(cores),
            }),
        })
    }

    /// The hash of a password, as it is stored.
    ///
    /// # Errors
    /// [`OpError::Busy`] when too many wait.
    pub async fn hash(&self, password: Secret) -> Result<String, OpError> {
        let argon2 = self.shared.argon2.clone();
        let hashed = self.in_turn(move || hash(&argon2, &password)).await?;
        hashed.map_err(OpError::Internal)
    }

    /// Whether it is the password of that hash. Without a hash it is not, and takes as long.
    ///
    /// # Errors
    /// [`OpError::Busy`] when too many wait.
    pub async fn verify(&self, password: Secret, stored: Option<String>) -> Result<bool, OpError> {
        let argon2 = self.shared.argon2.clone();
        let is_known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.shared.of_nobody.clone());
        let matches = move || {
            let stored = PasswordHash::new(&stored).map_err(|error| error.to_string())?;
            let normal = normal(&password);
            Ok::<_, String>(argon2.verify_password(normal.as_bytes(), &stored).is_ok())
        };
        let matches = self.in_turn(matches).await?;
        Ok(matches.map_err(OpError::Internal)? && is_known)
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, OpError> {
        let place = Place(&self.shared.waiting);
        if place.0.fetch_add(1, Ordering::SeqCst) >= self.shared.waiting_max {
            return Err(OpError::Busy);
        }
        let turn = self.shared.turns.acquire().await;
        let _turn = turn.expect("the turns are never closed");
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| OpError::Internal(error.to_string()))
    }
}

/// A place among those who wait; given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What looks like the hash of a password, and is that of none: random bytes. To compute one would
/// take its 19 MiB at every start, and keep them.
fn of_nobody(memory_kib: u32, passes: u32) -> String {
    let mut bytes = [0; SALT + OUTPUT];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    let (salt, output) = bytes.split_at(SALT);
    let (salt, output) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(output));
    format!("$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${output}")
}

/// Keyboards write one letter in several ways; NFKC makes them one.
fn normal(password: &Secret) -> String {
    password.expose().nfkc().collect()
}

fn hash(argon2: &Argon2<'_>, password: &Secret) -> Result<String, String> {
    let hashed = argon2.hash_password(normal(password).as_bytes());
    hashed
        .map(|hash| hash.to_string())
        .map_err(|error| error.to_string())
}

/// A password that nobody guesses: 120 random bits in 20 letters.
#[must_use]
pub fn generate() -> Secret {
    let mut bytes = [0; 15];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    Secret::new(URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap(queue: usize) -> Passwords {
        let settings = AccessSettings {
            password_memory_kib: 8,
            password_passes: 1,
            password_queue: queue,
            ..AccessSettings::default()
        };
        Passwords::new(&settings).expect("argon2 takes 8 KiB")
    }

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let passwords = cheap(8);
        let hash = passwords.hash(Secret::new("correct horse")).await;
        let hash = hash.expect("it is hashed");
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        for (password, expected) in [
            ("correct horse", true),
            ("correct horse ", false),
            ("Correct horse", false),
            ("", false),
            ("ｃorrect horse", true),
        ] {
            let matches = passwords.verify(Secret::new(password), Some(hash.clone()));
            assert_eq!(matches.await.ok(), Some(expected), "{password:?}");
        }
        let nobody = passwords.verify(Secret::new("correct horse"), None).await;
        assert_eq!(nobody.ok(), Some(false));
    }

    #[tokio::test]
    async fn the_hash_of_nobody_looks_and_costs_like_any_other() {
        let passwords = cheap(8);
        let real = passwords.hash(generate()).await.expect("it is hashed");
        let nobody = passwords.shared.of_nobody.clone();
        let cost = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(cost(&real), cost(&nobody));
        assert_eq!(real.len(), nobody.len(), "as much salt and output");
        assert!(PasswordHash::new(&nobody).is_ok(), "{nobody}");
    }

    #[tokio::test]
    async fn the_default_cost_is_what_is_recommended() {
        let passwords = Passwords::new(&AccessSettings::default()).expect("the default is good");
        let hash = passwords.hash(Secret::new("correct horse")).await;
        assert!(
            hash.expect("it is hashed")
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
        );
    }

    #[tokio::test]
    async fn beyond_a_bound_nobody_waits() {
        let passwords = cheap(0);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let held = passwords
            .shared
            .turns
            .acquire_many(u32::try_from(cores).expect("few"))
            .await;
        let mut waiting: Vec<_> = (0..cores)
            .map(|_| Box::pin(passwords.hash(Secret::new("correct horse"))))
            .collect();
        for one in &mut waiting {
            assert!(futures_util::FutureExt::now_or_never(one).is_none());
        }
        let refused = passwords.hash(Secret::new("correct horse")).await;
        assert!(matches!(refused, Err(OpError::Busy)));
        drop(held);
        for one in waiting {
            assert!(one.await.is_ok());
        }
    }

    #[test]
    fn no_two_generated_passwords_are_alike() {
        assert_ne!(generate(), generate());
        assert_eq!(generate().expose().len(), 20);
        assert_eq!(format!("{:?}", generate()), "[redacted]");
    }
}
