//! Access tokens: JSON Web Tokens, signed and checked.
//!
//! HS256 and nothing else: only the servers of this cluster read these tokens, and they share the
//! key through the database; a public key would have no reader. The algorithm belongs to the key,
//! never to the token.

use entity::vocab::{Instant, SessionId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

/// How long an access token is good for, in seconds.
pub const LIFE_SECONDS: u64 = 600;
/// How far the clocks of two servers may be apart, in seconds.
const LEEWAY_SECONDS: u64 = 10;
/// Bytes of a key, at least.
pub const KEY_BYTES_MIN: usize = 32;
/// Characters of a token, at most; ours have some 400.
const LENGTH_MAX: usize = 2_048;

const TYPE: &str = "at+jwt";
const ISSUER: &str = "stockroom";
const AUDIENCE: &str = "stockroom";

/// A secret that signs and checks.
pub struct Key {
    /// Its name in the header of tokens.
    pub id: String,
    encoding: EncodingKey,
    decoding: DecodingKey,
}

impl Key {
    /// A key of these bytes, when there are enough of them.
    #[must_use]
    pub fn new(id: String, secret: &[u8]) -> Option<Self> {
        (secret.len() >= KEY_BYTES_MIN).then(|| Self {
            id,
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
        })
    }
}

/// What a token says. Every field is of one type and must be there.
#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: u64,
    nbf: u64,
    exp: u64,
}

/// Whose token it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bearer {
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
}

/// Whether a bearer token looks like one of these: API tokens have no dots.
#[must_use]
pub fn is_one(token: &str) -> bool {
    token.split('.').count() == 3
}

fn seconds(at: Instant) -> u64 {
    u64::try_from(at.0 / 1_000_000).unwrap_or(0)
}

/// A token for a session, and from when on it is refused.
///
/// # Errors
/// When it cannot be signed.
pub fn issue(key: &Key, of: Bearer, now: Instant) -> Result<(String, Instant), String> {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(key.id.clone());
    let begins = seconds(now);
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: of.user_id.to_string(),
        sid: of.session_id.to_string(),
        iat: begins,
        nbf: begins,
        exp: begins + LIFE_SECONDS,
    };
    let token = jsonwebtoken::encode(&header, &claims, &key.encoding);
    let token = token.map_err(|error| error.to_string())?;
    let expires = i64::try_from(claims.exp).unwrap_or(i64::MAX / 1_000_000);
    Ok((token, Instant(expires * 1_000_000)))
}

/// The name of the key that a token says it was signed with; none when it cannot be one of ours.
#[must_use]
pub fn key_id(token: &str) -> Option<String> {
    if token.len() > LENGTH_MAX {
        return None;
    }
    let header = jsonwebtoken::decode_header(token).ok()?;
    let is_ours = header.alg == Algorithm::HS256 && header.typ.as_deref() == Some(TYPE);
    header.kid.filter(|_| is_ours)
}

/// Whose token it is, when it is good at this moment.
#[must_use]
pub fn read(token: &str, key: &Key, now: Instant) -> Option<Bearer> {
    if key_id(token)? != key.id {
        return None;
    }
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub", "nbf"]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.validate_nbf = true;
    validation.leeway = LEEWAY_SECONDS;
    let data = jsonwebtoken::decode::<Claims>(token, &key.decoding, &validation).ok()?;
    let claims = data.claims;
    let is_from_the_future = claims.iat > seconds(now) + LEEWAY_SECONDS;
    let lives_too_long = claims.exp.saturating_sub(claims.iat) > LIFE_SECONDS;
    if is_from_the_future || lives_too_long {
        return None;
    }
    Some(Bearer {
        user_id: UserId::parse(&claims.sub).ok()?,
        session_id: SessionId::parse(&claims.sid).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Instant {
        chrono::Utc::now().into()
    }

    fn bearer() -> Bearer {
        Bearer {
            user_id: UserId::generate(),
            session_id: SessionId::generate(),
        }
    }

    #[test]
    fn a_token_is_read_with_its_own_key_alone() {
        let key = Key::new("a".to_owned(), &[1; 32]).expect("long enough");
        let twin = Key::new("a".to_owned(), &[2; 32]).expect("long enough");
        let other = Key::new("b".to_owned(), &[1; 32]).expect("long enough");
        let of = bearer();
        let (token, expires) = issue(&key, of, now()).expect("it is signed");
        assert!(is_one(&token) && token.len() < LENGTH_MAX);
        assert!(expires > now());
        assert_eq!(read(&token, &key, now()), Some(of));
        assert_eq!(read(&token, &twin, now()), None);
        assert_eq!(read(&token, &other, now()), None);
    }

    #[test]
    fn a_short_key_is_none() {
        assert!(Key::new("a".to_owned(), &[1; 31]).is_none());
        assert!(Key::new("a".to_owned(), b"").is_none());
    }

    #[test]
    fn a_token_of_another_time_is_refused() {
        let key = Key::new("a".to_owned(), &[1; 32]).expect("long enough");
        let shifted = |by: i64| Instant(now().0 + by * 1_000_000);
        for by in [-700, 60] {
            let (token, _) = issue(&key, bearer(), shifted(by)).expect("it is signed");
            assert_eq!(read(&token, &key, now()), None, "{by}");
        }
    }
}
