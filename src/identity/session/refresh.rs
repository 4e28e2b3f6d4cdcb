//! Refreshing a session: a refresh token brings the next pair of tokens, once.

use entity::vocab::{SessionId, UserId, UserStatus};
use futures_util::future::BoxFuture;

use super::ops::{Issued, issue, refresh_expiry, refresh_row};
use super::{jwt, store};
use crate::identity::access::Access;
use crate::identity::token::secret;
use crate::identity::user::rules;
use crate::platform::app::App;
use crate::platform::audit::{self, Note};
use crate::platform::clock;
use crate::platform::command::{self, Call, Done, Envelope, Refusal};
use crate::platform::db::{End, Tx, TxError, op_error};
use crate::platform::rejection::{OpError, Path, Rejection};
use crate::platform::secret::Secret;

/// A session to go on.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// The refresh token it was given last.
    pub refresh_token: Secret,
}

#[derive(Clone, Debug)]
struct Exchange {
    session_id: SessionId,
    old: Vec<u8>,
    new: Secret,
}

fn refused() -> Rejection {
    let message = "This refresh token is unknown, expired or used, or its session has ended. Sign \
        in again.";
    Rejection::invalid(Path::input().at("refreshToken"), message)
}

/// Gives the next pair of tokens. A token that was used before ends the session: one of the two
/// who used it is a thief.
///
/// # Errors
/// [`Refusal`].
pub async fn refresh(
    app: &App,
    access: &Access,
    envelope: Envelope<Refresh>,
) -> Result<(UserId, Issued), Refusal> {
    let Envelope { mut call, command } = envelope;
    if !call.complaints.is_empty() {
        return Err(Refusal::Rejected(call.complaints));
    }
    let old = secret::hash(command.refresh_token.expose());
    let known = store::refresh_token(app.db.reader(), old.clone()).await;
    let Some(known) = known.map_err(|error| op_error(&error))? else {
        return Err(Refusal::Rejected(vec![refused()]));
    };
    let found = store::with_user(app.db.reader(), known.session_id).await;
    let Some((session, user)) = found.map_err(|error| op_error(&error))? else {
        return Err(Refusal::Rejected(vec![refused()]));
    };
    call.actor = rules::actor(&user, session.id);
    call.record_id = session.id.0;
    let new = secret::generate_refresh_token();
    let command = Exchange {
        session_id: session.id,
        old: old.clone(),
        new: new.clone(),
    };
    let envelope = Envelope {
        call: call.clone(),
        command,
    };
    if let Err(refusal) = command::run(app, envelope, handle).await {
        if matches!(refusal, Refusal::Rejected(_)) {
            end_stolen(app, &call, old).await?;
        }
        return Err(refusal);
    }
    let of = jwt::Bearer {
        user_id: user.id,
        session_id: session.id,
    };
    let issued = issue(access, of, (new, clock::now())).await?;
    Ok((user.id, issued))
}

fn handle<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Exchange>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (command, now) = (&batch[0].command, tx.now());
        let id = command.session_id;
        // The lock lets two who use one token come one after the other.
        let is_open = match store::lock(tx.conn(), id).await? {
            Some(session) => session.ended_at.is_none() && now < session.expires_at,
            None => false,
        };
        let user = store::with_user(tx.conn(), id).await?;
        let is_let_in = user.is_some_and(|(_, user)| user.status == UserStatus::Active);
        let is_first = is_open
            && is_let_in
            && store::use_refresh_token(tx.conn(), command.old.clone(), now).await?;
        if !is_first {
            return Ok(Done::refused(vec![refused()]));
        }
        store::insert_refresh_token(tx.conn(), refresh_row(&command.new, id, now)).await?;
        store::extend(tx.conn(), id, now, refresh_expiry(now)).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// Ends the session when the token was refused because it had been used, and writes that down.
async fn end_stolen(app: &App, call: &Call, hash: Vec<u8>) -> Result<(), OpError> {
    let id = SessionId(call.record_id);
    let note = Note {
        command: "sessionRefresh.refused",
        caller: None,
        record_id: id.0,
        audit: call.audit.clone(),
    };
    let ended = app.db.transact(move |tx| {
        let (note, hash) = (note.clone(), hash.clone());
        Box::pin(async move {
            let session = store::lock(tx.conn(), id).await?;
            let token = store::refresh_token(tx.conn(), hash).await?;
            let is_open = session.is_some_and(|session| session.ended_at.is_none());
            let is_used = token.is_some_and(|token| token.used_at.is_some());
            if !(is_open && is_used) {
                return Ok(End::Rollback(()));
            }
            store::end(tx.conn(), id, tx.now()).await?;
            audit::note(tx.conn(), note, tx.now()).await?;
            Ok(End::Commit(()))
        })
    });
    ended.await.map_err(|error| {
        tracing::error!(%error, "a session whose token was stolen could not be ended");
        OpError::Busy
    })
}
