//! Sessions in the schema.

use async_graphql::{Context, Description, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::identity::user_session::Model;
use entity::vocab::{SessionId, UserId};
use uuid::Uuid;

use super::inputs::{SessionCreateInput, SessionEndInput, SessionRefreshInput};
use super::ops::Issued;
use super::{ops, refresh};
use crate::graphql::context::{Asked, actor, date_time};
use crate::graphql::payload::{internal, split};
use crate::graphql::user_error::UserError;
use crate::graphql::{Reading, app, failed, loaders, payload};
use crate::identity::user::graphql::{User, access};
use crate::identity::user::inputs::UserSessionsEndInput;
use crate::platform::actor::Scope;
use crate::platform::command::Refusal;

/// A user's stay, from signing in until signing out.
#[derive(Description)]
pub struct Session(Model);

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Session {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// When the user signed in.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When its tokens were last renewed.
    async fn refreshed_at(&self) -> DateTime<Utc> {
        date_time(self.0.refreshed_at)
    }

    /// Until when it can be refreshed; each time moves this on by 30 days.
    async fn expires_at(&self) -> DateTime<Utc> {
        date_time(self.0.expires_at)
    }

    /// When it was ended before that; null while it was not.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at.map(date_time)
    }
}

/// What signing in brought.
#[derive(Default, SimpleObject)]
pub struct SessionCreatePayload {
    /// The user who is signed in. Null when there are errors.
    user: Option<User>,
    /// To be sent as `Authorization: Bearer …` with every request. Null when there are errors.
    access_token: Option<String>,
    /// From when on the access token is refused, 10 minutes from now; refresh the session before.
    access_token_expires_at: Option<DateTime<Utc>>,
    /// Brings the next pair of tokens by `sessionRefresh`, once. Null when there are errors.
    refresh_token: Option<String>,
    /// From when on the refresh token is refused, 30 days from now.
    refresh_token_expires_at: Option<DateTime<Utc>>,
    /// Everything that is wrong with the input. A wrong email, a wrong password, a disabled user
    /// and too many attempts are told alike.
    errors: Vec<UserError>,
    /// Always false: every sign-in is a session of its own.
    replayed: bool,
}

/// What refreshing a session brought.
#[derive(Default, SimpleObject)]
pub struct SessionRefreshPayload {
    /// The user who is signed in. Null when there are errors.
    user: Option<User>,
    /// The next access token. Null when there are errors.
    access_token: Option<String>,
    /// From when on the access token is refused, 10 minutes from now.
    access_token_expires_at: Option<DateTime<Utc>>,
    /// The next refresh token; the former one must not be used again. Null when there are errors.
    refresh_token: Option<String>,
    /// From when on the refresh token is refused, 30 days from now.
    refresh_token_expires_at: Option<DateTime<Utc>>,
    /// Everything that is wrong with the input.
    errors: Vec<UserError>,
    /// Always false: a refresh token is used once.
    replayed: bool,
}

payload! {
    /// What signing out brought.
    SessionEndPayload {
        /// The ended session.
        session: Session = SessionId
    }
}

payload! {
    /// What ending a user's sessions brought.
    UserSessionsEndPayload {
        /// The user, who has to sign in again.
        user: User = UserId
    }
}

/// The user and the tokens, or what is wrong.
async fn outcome(
    ctx: &Context<'_>,
    outcome: Result<(UserId, Issued), Refusal>,
) -> Result<(Option<(Option<User>, Issued)>, Vec<UserError>)> {
    match outcome {
        Ok((id, issued)) => {
            let row = loaders(ctx).load_one(id).await;
            let user = row.map_err(|error| internal(&error))?.map(User);
            Ok((Some((user, issued)), Vec::new()))
        }
        Err(refusal) => Ok((None, split(Err(refusal))?.1)),
    }
}

/// Begins and ends sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs a user in by email and password. Fails with one and the same error when either is
    /// wrong, when the user is disabled, and for some time after five wrong passwords. Scope: none.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who wants to sign in.")] input: SessionCreateInput,
    ) -> Result<SessionCreatePayload> {
        let (reading, command) = input.read();
        let envelope = reading.finish(ctx, None, (Uuid::nil(), command));
        let begun = ops::begin(app(ctx), access(ctx), envelope).await;
        let (made, errors) = outcome(ctx, begun).await?;
        let Some((user, issued)) = made else {
            return Ok(SessionCreatePayload {
                errors,
                ..Default::default()
            });
        };
        Ok(SessionCreatePayload {
            user,
            access_token: Some(issued.access_token.expose().to_owned()),
            access_token_expires_at: Some(date_time(issued.access_token_expires_at)),
            refresh_token: Some(issued.refresh_token.expose().to_owned()),
            refresh_token_expires_at: Some(date_time(issued.refresh_token_expires_at)),
            errors,
            replayed: false,
        })
    }

    /// Renews the tokens of a session. A refresh token is good for one use: a second one ends the
    /// session, for one of the two who used it has stolen it. Scope: none.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session.")] input: SessionRefreshInput,
    ) -> Result<SessionRefreshPayload> {
        let (reading, command) = input.read();
        let envelope = reading.finish(ctx, None, (Uuid::nil(), command));
        let renewed = refresh::refresh(app(ctx), access(ctx), envelope).await;
        let (made, errors) = outcome(ctx, renewed).await?;
        let Some((user, issued)) = made else {
            return Ok(SessionRefreshPayload {
                errors,
                ..Default::default()
            });
        };
        Ok(SessionRefreshPayload {
            user,
            access_token: Some(issued.access_token.expose().to_owned()),
            access_token_expires_at: Some(date_time(issued.access_token_expires_at)),
            refresh_token: Some(issued.refresh_token.expose().to_owned()),
            refresh_token_expires_at: Some(date_time(issued.refresh_token_expires_at)),
            errors,
            replayed: false,
        })
    }

    /// Signs the caller out: its session's tokens are refused from then on, on every server. For
    /// users who are signed in. Scope: none.
    async fn session_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Nothing needs to be said.")] input: SessionEndInput,
    ) -> Result<SessionEndPayload> {
        actor(ctx).require_identity().map_err(failed)?;
        let reading = Reading::of("sessionEnd", &input);
        let SessionEndInput { idempotency_key } = input;
        let envelope = reading.finish(ctx, idempotency_key, (Uuid::nil(), ops::EndOwn));
        SessionEndPayload::answer(ctx, ops::end(app(ctx), envelope).await).await
    }

    /// Ends all sessions of a user, who has to sign in again everywhere. Fails when the user may
    /// do more than the caller.
    /// Scope: `users:write`.
    async fn user_sessions_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose sessions.")] input: UserSessionsEndInput,
    ) -> Result<UserSessionsEndPayload> {
        ctx.require(Scope::UsersWrite)?;
        let (reading, key, user) = input.read();
        let envelope = reading.finish(ctx, key, (Uuid::nil(), ops::EndAll { user }));
        UserSessionsEndPayload::answer(ctx, ops::end_all(app(ctx), envelope).await).await
    }
}
