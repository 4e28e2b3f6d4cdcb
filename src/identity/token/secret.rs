//! The secret of a token: 32 random bytes behind a prefix that scanners of leaked secrets can find.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::platform::secret::Secret;

const PREFIX: &str = "stockroom_";
const REFRESH_PREFIX: &str = "stockroom_refresh_";
/// Characters of a secret behind its prefix that are shown, to tell it from others.
const SHOWN: usize = 4;
const BYTES: usize = 32;

/// A new secret; it is shown once and never stored.
#[must_use]
pub fn generate() -> String {
    format!("{PREFIX}{}", random())
}

/// A new refresh token; it is shown once and never stored.
#[must_use]
pub fn generate_refresh_token() -> Secret {
    Secret::new(format!("{REFRESH_PREFIX}{}", random()))
}

fn random() -> String {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// How a secret begins: enough to tell it from others, not enough to guess the rest.
#[must_use]
pub fn beginning(secret: &str) -> String {
    secret.chars().take(PREFIX.len() + SHOWN).collect()
}

/// What is stored of a secret. One round is enough: the secret itself has 256 random bits.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_secrets_differ_and_neither_is_its_hash() {
        let (one, two) = (generate(), generate());
        assert_ne!(one, two);
        assert_eq!(hash(&one), hash(&one));
        assert_ne!(hash(&one), one.as_bytes());
        assert_eq!(one.len(), PREFIX.len() + 43);
    }
}
