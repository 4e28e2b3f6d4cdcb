//! Reads the bearer token of a request, and tells what is wrong with one.

use actix_web::http::{
    StatusCode,
    header::{self, HeaderMap},
};

use super::errors::{Refusal, UNAUTHENTICATED, UNAVAILABLE};
use crate::platform::actor::Unauthenticated;

/// No token of ours or of an OpenID provider comes near this.
const LONGEST: usize = 16 * 1024;

/// The token in the Authorization header, if there is one.
pub fn from_headers(headers: &HeaderMap) -> Result<Option<String>, Unauthenticated> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Unauthenticated::Missing);
    }
    let value = value.to_str().map_err(|_| Unauthenticated::Missing)?;
    from_value(value).map(Some)
}

/// The token in the value of an Authorization header: `Bearer <token>` and nothing else.
pub fn from_value(value: &str) -> Result<String, Unauthenticated> {
    let (scheme, token) = value
        .trim()
        .split_once(' ')
        .ok_or(Unauthenticated::Missing)?;
    let token = token.trim_start();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let well_formed = !token.is_empty() && token.len() <= LONGEST && token.bytes().all(allowed);
    if scheme.eq_ignore_ascii_case("Bearer") && well_formed {
        Ok(token.to_owned())
    } else {
        Err(Unauthenticated::Missing)
    }
}

/// What the caller is told.
pub fn refusal(reason: Unauthenticated) -> Refusal {
    let (status, code) = (StatusCode::UNAUTHORIZED, UNAUTHENTICATED);
    match reason {
        Unauthenticated::Missing => Refusal::new(status, code, MALFORMED)
            .header(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_request\""),
        Unauthenticated::Invalid => Refusal::new(status, code, INVALID)
            .header(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""),
        Unauthenticated::Unavailable => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE, UNREACHABLE)
                .header(header::RETRY_AFTER, "1")
        }
    }
}

const MALFORMED: &str =
    "The credentials cannot be read. Send one header \"Authorization: Bearer <token>\".";
const INVALID: &str = "The token is wrong, expired or revoked. Sign in again for a fresh one.";
const UNREACHABLE: &str = "The token cannot be checked at the moment. Try again shortly.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bearer_token_is_taken() {
        assert_eq!(from_value("Bearer a.b-c"), Ok("a.b-c".to_owned()));
        assert_eq!(from_value("bearer  a"), Ok("a".to_owned()));
        for malformed in [
            "",
            "Bearer",
            "Bearer ",
            "Basic abc",
            "Bearer a b",
            "a",
            "Bearer \u{e9}",
        ] {
            assert_eq!(
                from_value(malformed),
                Err(Unauthenticated::Missing),
                "{malformed}"
            );
        }
    }
}
