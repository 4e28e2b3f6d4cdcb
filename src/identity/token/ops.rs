//! What can be done with tokens: create, revoke.

use std::collections::BTreeSet;

use entity::identity::api_token;
use entity::vocab::{ApiTokenId, Instant, PrincipalId};
use futures_util::future::BoxFuture;

use super::{secret, store};
use crate::platform::actor::{Actor, Scope};
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Db, End, Tx, TxError};
use crate::platform::rejection::{OpError, Path, Problem, Rejection};

/// Whether a token is neither revoked nor expired.
#[must_use]
pub fn is_valid(token: &api_token::Model, now: Instant) -> bool {
    token.revoked_at.is_none() && token.expires_at.is_none_or(|expiry| now < expiry)
}

/// Who a token acts as.
#[must_use]
pub fn actor(token: api_token::Model) -> Actor {
    // A scope that is no longer known allows nothing.
    let scopes = token.scopes.split(' ').filter_map(Scope::parse).collect();
    Actor::token(token.id, token.name, scopes)
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct CreateToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// What else there is to say about it.
    pub description: Option<String>,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// From when on it is refused.
    pub expires_at: Option<Instant>,
    /// Its secret.
    pub secret: String,
}

impl CreateToken {
    fn row(&self, created_by: Option<PrincipalId>, now: Instant) -> api_token::Model {
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
        api_token::Model {
            id: self.id,
            name: self.name.clone(),
            description: self.description.clone(),
            prefix: secret::beginning(&self.secret),
            token_hash: secret::hash(&self.secret),
            scopes: scopes.join(" "),
            created_by,
            created_at: now,
            expires_at: self.expires_at,
            revoked_at: None,
        }
    }
}

/// Makes a token on behalf of whoever runs the server; for the command line and the first start.
///
/// # Errors
/// What went wrong in the database.
pub async fn create_as_operator(db: &Db, command: &CreateToken) -> Result<(), OpError> {
    let command = command.clone();
    db.transact(move |tx| {
        let command = command.clone();
        Box::pin(async move {
            store::insert(tx.conn(), command.row(None, tx.now())).await?;
            Ok(End::Commit(()))
        })
    })
    .await
    .map_err(|error| OpError::Internal(error.to_string()))
}

/// Makes a token; the caller cannot give scopes it does not have itself.
///
/// # Errors
/// [`command::Refusal`].
pub async fn create(app: &App, envelope: Envelope<CreateToken>) -> Verdict {
    envelope.call.actor.require(Scope::TokensWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<CreateToken>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        for scope in command.scopes.difference(call.actor.scopes()) {
            let message = format!(
                "You cannot give the scope {}, which your own token lacks. Leave it out.",
                scope.as_str()
            );
            rejections.push(Rejection::invalid(Path::input().at("scopes"), message));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let maker = Some(call.actor.caller_id());
        store::insert(tx.conn(), command.row(maker, tx.now())).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

/// A token to be taken back.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    /// Which one; none when the id was not readable.
    pub id: Option<ApiTokenId>,
}

/// Takes a token back; from then on it is refused on every server.
///
/// # Errors
/// [`command::Refusal`].
pub async fn revoke(app: &App, envelope: Envelope<RevokeToken>) -> Verdict {
    envelope.call.actor.require(Scope::TokensWrite)?;
    command::run(app, envelope, handle_revoke).await
}

fn handle_revoke<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<RevokeToken>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let Some(id) = command.id else {
            return Ok(Done::refused(rejections));
        };
        let path = Path::input().at("id");
        match store::by_id(tx.conn(), id).await? {
            None => rejections.push(Rejection::new(path, Problem::NotFound("token"))),
            Some(token) if token.revoked_at.is_some() => {
                let message = "This token is already revoked; nothing needs to be done.";
                let problem = Problem::InvalidState {
                    state: "REVOKED",
                    allowed: &[],
                    message: message.to_owned(),
                };
                rejections.push(Rejection::new(path, problem));
            }
            Some(_) => {}
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        store::revoke(tx.conn(), id, tx.now()).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}
