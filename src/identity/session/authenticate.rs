//! Who calls, by the bearer token of a request: an API token or a session's access token.

use entity::vocab::UserStatus;

use super::{jwt, store};
use crate::identity::access::Access;
use crate::identity::token;
use crate::identity::token::uses::Uses;
use crate::identity::user::rules;
use crate::platform::actor::{Actor, Unauthenticated};
use crate::platform::clock;
use crate::platform::db::Db;

/// Who a bearer token belongs to.
///
/// # Errors
/// [`Unauthenticated`] when it is wrong, expired, revoked, or cannot be looked up now.
pub async fn authenticate(
    db: &Db,
    access: &Access,
    uses: &Uses,
    bearer: &str,
) -> Result<Actor, Unauthenticated> {
    if jwt::is_one(bearer) {
        return by_session(db, access, bearer).await;
    }
    let (id, actor) = token::ops::authenticate(db, bearer).await?;
    uses.note(id);
    Ok(actor)
}

/// One indexed read of session and user: what has ended is refused at once.
async fn by_session(db: &Db, access: &Access, bearer: &str) -> Result<Actor, Unauthenticated> {
    let unavailable = |error: &dyn std::fmt::Display| {
        tracing::warn!(%error, "could not look up a session");
        Unauthenticated::Unavailable
    };
    let key_id = jwt::key_id(bearer).ok_or(Unauthenticated::Invalid)?;
    let key = access.keys.by_id(&key_id).await;
    let key = key
        .map_err(|error| unavailable(&error))?
        .ok_or(Unauthenticated::Invalid)?;
    let now = clock::now();
    let of = jwt::read(bearer, &key, now).ok_or(Unauthenticated::Invalid)?;
    let found = store::with_user(db.reader(), of.session_id).await;
    let (session, user) = found
        .map_err(|error| unavailable(&error))?
        .ok_or(Unauthenticated::Invalid)?;
    let is_good = session.user_id == of.user_id
        && session.ended_at.is_none()
        && now < session.expires_at
        && user.status == UserStatus::Active;
    if is_good {
        Ok(rules::actor(&user, session.id))
    } else {
        Err(Unauthenticated::Invalid)
    }
}
