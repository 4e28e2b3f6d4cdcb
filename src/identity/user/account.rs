//! What a user does with its own account: change its password.

use entity::vocab::UserId;
use futures_util::future::BoxFuture;

use super::ops::{Hashed, hashed, saved};
use super::{rules, store};
use crate::identity::access::Access;
use crate::identity::session;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Refusal, Verdict};
use crate::platform::db::{Tx, TxError, op_error};
use crate::platform::rejection::{OpError, Path, Rejection};
use crate::platform::secret::Secret;

/// A password to be changed by its owner.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The one it has.
    pub current: Secret,
    /// The one it wants.
    pub new: Secret,
}

/// Changes the caller's own password, and ends its other sessions.
///
/// # Errors
/// [`command::Refusal`].
pub async fn change_password(
    app: &App,
    access: &Access,
    envelope: Envelope<ChangePassword>,
) -> Verdict {
    envelope.call.actor.require_identity()?;
    let Some(sign_in) = envelope.call.actor.sign_in().cloned() else {
        let message = "An API token has no password; call apiTokenCreate for a new one.";
        let rejection = Rejection::invalid(Path::input(), message);
        return Err(Refusal::Rejected(vec![rejection]));
    };
    if envelope.call.complaints.is_empty() {
        check_current(app, access, sign_in.user_id, &envelope).await?;
    }
    let new = envelope.command.new.clone();
    let envelope = hashed(access, envelope, new).await?;
    command::run(app, envelope, handle_change).await
}

/// Whoever took over a session must not find out the password by trying: wrong ones count here as
/// they do when signing in.
async fn check_current(
    app: &App,
    access: &Access,
    id: UserId,
    envelope: &Envelope<ChangePassword>,
) -> Result<(), Refusal> {
    let (call, command) = (&envelope.call, &envelope.command);
    let reference = crate::platform::reference::Reference::Id(id);
    let user = store::find(app.db.reader(), &reference).await;
    let user = user.map_err(|error| op_error(&error))?;
    let user = user.ok_or(OpError::Unauthenticated)?;
    // A repetition of what was done finds the new password in place, and is told so below.
    let stored = Some(user.password_hash.clone());
    let matches = access.passwords.verify(command.current.clone(), stored);
    if matches.await? || session::ops::is_repetition(&app.db, call).await? {
        return Ok(());
    }
    session::ops::note_wrong_password(app, call, Some(id), "passwordChange.refused").await?;
    let path = Path::input().at("currentPassword");
    let message = "This is not your password, or there were too many attempts. Check it; after \
        several wrong ones wait, at most 15 minutes.";
    Err(Refusal::Rejected(vec![Rejection::invalid(path, message)]))
}

fn handle_change<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Hashed<ChangePassword>>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let call = &batch[0].call;
        let (command, hash) = &batch[0].command;
        let mut rejections = call.complaints.clone();
        let sign_in = call.actor.sign_in();
        let sign_in = sign_in.ok_or(TxError::internal("only users come here"))?;
        let Some(before) = store::lock(tx.conn(), sign_in.user_id).await? else {
            return Err(TxError::internal("a user is never deleted"));
        };
        if !rules::may_try(&before, tx.now()) {
            rejections.push(rules::refused_sign_in());
        }
        rejections.extend(rules::is_email(&command.new, &before, "newPassword"));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let mut after = before.clone();
        rules::give_password(&mut after, hash.clone(), tx.now());
        after.must_change_password = false;
        let present = Some(sign_in.session_id);
        session::store::end_all_of(tx.conn(), after.id, present, tx.now()).await?;
        saved(tx, &before, after).await
    })
}
