//! What can be done with sessions: sign in, sign out, end those of somebody else.

use std::sync::atomic::{AtomicI64, Ordering};

use entity::identity::{refresh_token, user_session};
use entity::vocab::{Instant, SessionId, UserId};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{jwt, store};
use crate::identity::access::Access;
use crate::identity::token::secret;
use crate::identity::user::{rules, store as users};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::audit::{self, Audit, Note};
use crate::platform::command::{self, Call, Done, Envelope, Refusal, Verdict};
use crate::platform::db::{Db, End, Tx, TxError, op_error};
use crate::platform::idempotency;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{OpError, Path, Rejection};
use crate::platform::secret::Secret;
use crate::platform::text_key::text_key;

/// How long a refresh token is good for.
const REFRESH_MICROS: i64 = 30 * 24 * 60 * 60 * 1_000_000;
/// Refused sign-ins of emails that nobody has are written down at most so often: a stranger must
/// not fill the audit log.
const STRANGERS_EVERY_MICROS: i64 = 1_000_000;

/// The tokens of a session, as they are shown once.
#[derive(Clone, Debug)]
pub struct Issued {
    /// To be sent with every request.
    pub access_token: Secret,
    /// From when on the access token is refused.
    pub access_token_expires_at: Instant,
    /// Brings the next pair, once.
    pub refresh_token: Secret,
    /// From when on the refresh token is refused.
    pub refresh_token_expires_at: Instant,
}

/// Signs the tokens of a session; the refresh token was stored by its command.
pub(super) async fn issue(
    access: &Access,
    of: jwt::Bearer,
    (refresh_token, now): (Secret, Instant),
) -> Result<Issued, OpError> {
    let key = access.keys.signing().await?;
    let (token, expires_at) = jwt::issue(&key, of, now).map_err(OpError::Internal)?;
    Ok(Issued {
        access_token: Secret::new(token),
        access_token_expires_at: expires_at,
        refresh_token,
        refresh_token_expires_at: refresh_expiry(now),
    })
}

pub(super) fn refresh_expiry(now: Instant) -> Instant {
    Instant(now.0 + REFRESH_MICROS)
}

/// The row of a new refresh token.
pub(super) fn refresh_row(
    token: &Secret,
    session_id: SessionId,
    now: Instant,
) -> refresh_token::Model {
    refresh_token::Model {
        token_hash: secret::hash(token.expose()),
        session_id,
        created_at: now,
        expires_at: refresh_expiry(now),
        used_at: None,
    }
}

/// Somebody who wants to sign in.
#[derive(Clone, Debug)]
pub struct Begin {
    /// The email.
    pub email: String,
    /// The password.
    pub password: Secret,
}

/// A session to be written: whose password was looked at, and what it was then.
#[derive(Clone, Debug)]
struct Welcome {
    user_id: UserId,
    session_id: SessionId,
    password_hash: String,
    refresh_token: Secret,
}

/// Signs in: every reason to refuse is told alike, and takes as long.
///
/// # Errors
/// [`Refusal`].
pub async fn begin(
    app: &App,
    access: &Access,
    envelope: Envelope<Begin>,
) -> Result<(UserId, Issued), Refusal> {
    let Envelope { mut call, command } = envelope;
    if !call.complaints.is_empty() {
        return Err(Refusal::Rejected(call.complaints));
    }
    let user = users::by_email(app.db.reader(), &text_key(&command.email)).await;
    let user = user.map_err(|error| op_error(&error))?;
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let matches = access.passwords.verify(command.password, stored).await?;
    let Some(user) = user.as_ref().filter(|_| matches) else {
        let id = user.map(|user| user.id);
        note_wrong_password(app, &call, id, "sessionCreate.refused").await?;
        return Err(refused());
    };
    let session_id = SessionId::generate();
    call.actor = rules::actor(user, session_id);
    call.record_id = session_id.0;
    let refresh_token = secret::generate_refresh_token();
    let command = Welcome {
        user_id: user.id,
        session_id,
        password_hash: user.password_hash.clone(),
        refresh_token: refresh_token.clone(),
    };
    command::run(app, Envelope { call, command }, handle_begin).await?;
    let of = jwt::Bearer {
        user_id: user.id,
        session_id,
    };
    let now = crate::platform::clock::now();
    let issued = issue(access, of, (refresh_token, now)).await?;
    Ok((user.id, issued))
}

fn refused() -> Refusal {
    Refusal::Rejected(vec![rules::refused_sign_in()])
}

fn handle_begin<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Welcome>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let command = &batch[0].command;
        let (now, id) = (tx.now(), command.session_id);
        // Looked at under the lock: of many guesses at once the right one counts only when too
        // many wrong ones have not come before it.
        let user = users::lock(tx.conn(), command.user_id).await?;
        let user = user.filter(|user| {
            rules::may_try(user, now) && user.password_hash == command.password_hash
        });
        let Some(user) = user else {
            return Ok(Done::refused(vec![rules::refused_sign_in()]));
        };
        users::note_sign_in(tx.conn(), user.id, (0, None), Some(now)).await?;
        let session = user_session::Model {
            id,
            user_id: user.id,
            created_at: now,
            refreshed_at: now,
            expires_at: refresh_expiry(now),
            ended_at: None,
        };
        store::insert(tx.conn(), session).await?;
        let token = refresh_row(&command.refresh_token, id, now);
        store::insert_refresh_token(tx.conn(), token).await?;
        Ok(Done::accepted(id.0, Vec::new()))
    })
}

/// Counts a wrong password and writes it down, in a transaction of its own. Neither is done while
/// the user is locked, so that guessing on adds nothing.
///
/// The email is not kept: of a user that is known its id says more, and what was typed where an
/// email belongs is often a password.
///
/// # Errors
/// What went wrong in the database.
pub async fn note_wrong_password(
    app: &App,
    call: &Call,
    user_id: Option<UserId>,
    command: &'static str,
) -> Result<(), OpError> {
    let note = Note {
        command,
        caller: None,
        record_id: user_id.map_or(Uuid::nil(), |id| id.0),
        audit: Audit {
            input: None,
            ..call.audit.clone()
        },
    };
    if user_id.is_none() && !is_strangers_turn() {
        tracing::info!("a sign-in with an unknown email was refused");
        return Ok(());
    }
    let noted = app.db.transact(move |tx| {
        let note = note.clone();
        Box::pin(async move {
            if let Some(id) = user_id {
                let user = users::lock(tx.conn(), id).await?;
                let Some(user) = user.filter(|user| rules::may_try(user, tx.now())) else {
                    return Ok(End::Rollback(()));
                };
                let count = user.failed_count.saturating_add(1);
                let failed = (count, rules::locked_until(count, tx.now()));
                users::note_sign_in(tx.conn(), id, failed, None).await?;
            }
            audit::note(tx.conn(), note, tx.now()).await?;
            Ok(End::Commit(()))
        })
    });
    noted.await.map_err(|error| {
        tracing::warn!(%error, "a wrong password could not be counted");
        OpError::Busy
    })
}

/// Whether a stranger's attempt is to be written down now.
fn is_strangers_turn() -> bool {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = crate::platform::clock::now().0;
    let last = LAST.load(Ordering::Relaxed);
    now - last >= STRANGERS_EVERY_MICROS
        && LAST
            .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
}

/// Whether this call repeats one that was accepted under its key.
///
/// # Errors
/// The database's.
pub async fn is_repetition(db: &Db, call: &Call) -> Result<bool, OpError> {
    let kept = idempotency::is_kept(db.reader(), call).await;
    kept.map_err(|error| op_error(&error))
}

/// The caller's own session to be ended.
#[derive(Clone, Debug)]
pub struct EndOwn;

/// Signs out: the session's tokens are refused from then on, on every server.
///
/// # Errors
/// [`Refusal`].
pub async fn end(app: &App, mut envelope: Envelope<EndOwn>) -> Verdict {
    envelope.call.actor.require_identity()?;
    let Some(sign_in) = envelope.call.actor.sign_in() else {
        let message = "An API token has no session; call apiTokenRevoke to end it.";
        let rejection = Rejection::invalid(Path::input(), message);
        return Err(Refusal::Rejected(vec![rejection]));
    };
    envelope.call.record_id = sign_in.session_id.0;
    command::run(app, envelope, handle_end).await
}

fn handle_end<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<EndOwn>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let call = &batch[0].call;
        if !call.complaints.is_empty() {
            return Ok(Done::refused(call.complaints.clone()));
        }
        store::end(tx.conn(), SessionId(call.record_id), tx.now()).await?;
        Ok(Done::accepted(call.record_id, Vec::new()))
    })
}

/// All sessions of a user to be ended.
#[derive(Clone, Debug)]
pub struct EndAll {
    /// Whose.
    pub user: Reference<UserId>,
}

/// Ends all sessions of a user, which has to sign in again everywhere.
///
/// # Errors
/// [`Refusal`].
pub async fn end_all(app: &App, envelope: Envelope<EndAll>) -> Verdict {
    envelope.call.actor.require(Scope::UsersWrite)?;
    command::run(app, envelope, handle_end_all).await
}

fn handle_end_all<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<EndAll>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found: Vec<_> = users::find(tx.conn(), &command.user)
            .await?
            .into_iter()
            .collect();
        let mut rejections = call.complaints.clone();
        let path = Path::input().at("user");
        match reference::find(&found, &command.user, &path) {
            Ok(user) => rejections.extend(rules::may_manage(&call.actor, user)),
            Err(reason) => rejections.extend(reason),
        }
        let ([user], true) = (found.as_slice(), rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        store::end_all_of(tx.conn(), user.id, None, tx.now()).await?;
        Ok(Done::accepted(user.id.0, Vec::new()))
    })
}
