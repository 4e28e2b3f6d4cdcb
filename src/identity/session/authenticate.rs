//! Who calls, by the bearer token of a request: an API token or a session's access token.

use std::collections::HashMap;

use entity::identity::{api_token, user_account, user_session};
use entity::vocab::{SessionId, UserStatus};

use super::{jwt, store};
use crate::identity::access::Access;
use crate::identity::token::uses::Uses;
use crate::identity::token::{self, secret};
use crate::identity::user::rules;
use crate::platform::actor::{Actor, Unauthenticated};
use crate::platform::clock;
use crate::platform::db::Db;
use crate::platform::together::Together;

type Session = (user_session::Model, user_account::Model);

/// Tells who calls; clones share it. Every request is looked up anew, those of one moment together.
#[derive(Clone)]
pub struct Callers {
    access: Access,
    uses: Uses,
    tokens: Together<Vec<u8>, api_token::Model>,
    sessions: Together<SessionId, Session>,
}

impl Callers {
    /// Starts looking up.
    #[must_use]
    pub fn start(db: Db, access: Access, uses: Uses) -> Self {
        let of_sessions = db.clone();
        let tokens = Together::start(move |hashes: Vec<Vec<u8>>| {
            let db = db.clone();
            Box::pin(async move {
                let found = token::store::by_hashes(db.reader(), hashes).await?;
                let by_hash = found.into_iter().map(|row| (row.token_hash.clone(), row));
                Ok(by_hash.collect::<HashMap<_, _>>())
            })
        });
        let sessions = Together::start(move |ids: Vec<SessionId>| {
            let db = of_sessions.clone();
            Box::pin(async move {
                let found = store::with_users(db.reader(), ids).await?;
                let by_id = found.into_iter().map(|found| (found.0.id, found));
                Ok(by_id.collect::<HashMap<_, _>>())
            })
        });
        Self {
            access,
            uses,
            tokens,
            sessions,
        }
    }

    /// Who a bearer token belongs to.
    ///
    /// # Errors
    /// [`Unauthenticated`] when it is wrong, expired, revoked, or cannot be looked up now.
    pub async fn of(&self, bearer: &str) -> Result<Actor, Unauthenticated> {
        if jwt::is_one(bearer) {
            return self.by_session(bearer).await;
        }
        let found = self.tokens.ask(secret::hash(bearer)).await;
        let token = found
            .map_err(|error| unavailable("token", &*error))?
            .ok_or(Unauthenticated::Invalid)?;
        if !token::ops::is_valid(&token, clock::now()) {
            return Err(Unauthenticated::Invalid);
        }
        self.uses.note(token.id);
        Ok(token::ops::actor(token))
    }

    /// One indexed read of session and user: what has ended is refused at once.
    async fn by_session(&self, bearer: &str) -> Result<Actor, Unauthenticated> {
        let key_id = jwt::key_id(bearer).ok_or(Unauthenticated::Invalid)?;
        let key = self.access.keys.by_id(&key_id).await;
        let key = key
            .map_err(|error| unavailable("signing key", &error))?
            .ok_or(Unauthenticated::Invalid)?;
        let now = clock::now();
        let of = jwt::read(bearer, &key, now).ok_or(Unauthenticated::Invalid)?;
        let found = self.sessions.ask(of.session_id).await;
        let (session, user) = found
            .map_err(|error| unavailable("session", &*error))?
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
}

fn unavailable(what: &str, error: &dyn std::fmt::Display) -> Unauthenticated {
    tracing::warn!(%error, "could not look up a {what}");
    Unauthenticated::Unavailable
}
