//! What can be done with users: create, change, disable, enable, set a password.

use std::collections::BTreeSet;

use entity::identity::user_account::Model;
use entity::vocab::{Instant, Role, UserId, UserStatus};
use futures_util::future::BoxFuture;

use super::{rules, store};
use crate::identity::access::Access;
use crate::identity::{role, session};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::reference::{self, Reference};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::secret::Secret;
use crate::platform::text_key::text_key;

/// A user to be made.
#[derive(Clone, Debug)]
pub struct Create {
    /// Its id.
    pub id: UserId,
    /// What it signs in with.
    pub email: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub roles: BTreeSet<Role>,
    /// Its first password.
    pub password: Secret,
    /// Whether it has to choose another one when it signs in.
    pub must_change_password: bool,
    /// The id that a partner's system knows it by.
    pub external_id: Option<String>,
}

impl Create {
    /// The row, with the hash of the password.
    #[must_use]
    pub fn row(&self, password_hash: String, now: Instant) -> Model {
        Model {
            id: self.id,
            email: self.email.clone(),
            email_key: text_key(&self.email),
            name: self.name.clone(),
            name_key: text_key(&self.name),
            password_hash,
            password_changed_at: now,
            must_change_password: self.must_change_password,
            roles: role::write(&self.roles),
            status: UserStatus::Active,
            failed_count: 0,
            locked_until: None,
            last_sign_in_at: None,
            external_id: self.external_id.clone(),
            metadata: None,
            created_at: now,
            updated_at: now,
            version: 1,
        }
    }
}

/// A command and the hash of the password that came with it.
pub type Hashed<C> = (C, String);

/// Hashes the password of a command, before any transaction: it takes long.
pub(in crate::identity) async fn hashed<C>(
    access: &Access,
    envelope: Envelope<C>,
    password: Secret,
) -> Result<Envelope<Hashed<C>>, command::Refusal> {
    let Envelope { call, command } = envelope;
    // An input that is refused anyway is not worth the work.
    let hash = if call.complaints.is_empty() {
        access.passwords.hash(password).await?
    } else {
        String::new()
    };
    let command = (command, hash);
    Ok(Envelope { call, command })
}

/// Makes a user.
///
/// # Errors
/// [`command::Refusal`].
pub async fn create(app: &App, access: &Access, envelope: Envelope<Create>) -> Verdict {
    envelope.call.actor.require(Scope::UsersWrite)?;
    let password = envelope.command.password.clone();
    let envelope = hashed(access, envelope, password).await?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Hashed<Create>>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let call = &batch[0].call;
        let (command, hash) = &batch[0].command;
        let rival = store::by_email(tx.conn(), &text_key(&command.email)).await?;
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::taken_email(rival.as_ref(), command.id));
        let external_id = command.external_id.clone().map(Reference::ExternalId);
        if let Some(wanted) = external_id
            && let Some(rival) = store::find(tx.conn(), &wanted).await?
        {
            let problem = Problem::Duplicate {
                field: "external id",
                existing: rival.id.to_string(),
            };
            rejections.push(Rejection::new(Path::input().at("externalId"), problem));
        }
        let path = Path::input().at("roles");
        rejections.extend(rules::may_give(&call.actor, &command.roles, &path));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        store::insert(tx.conn(), command.row(hash.clone(), tx.now())).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

/// A user to be changed; what is none stays.
#[derive(Clone, Debug)]
pub struct Update {
    /// Which one.
    pub user: Reference<UserId>,
    /// Its new name.
    pub name: Option<String>,
    /// Its new email.
    pub email: Option<String>,
    /// All of its roles from now on.
    pub roles: Option<BTreeSet<Role>>,
    /// The version the caller has seen.
    pub expected_version: Option<i64>,
}

/// Changes a user.
///
/// # Errors
/// [`command::Refusal`].
pub async fn update(app: &App, envelope: Envelope<Update>) -> Verdict {
    envelope.call.actor.require(Scope::UsersWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Update>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = store::lock_with_administrators(tx.conn(), &command.user).await?;
        let (before, mut rejections) = match managed(call, &found, &command.user) {
            Ok(managed) => managed,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let mut after = before.clone();
        if let Some(name) = &command.name {
            after.name.clone_from(name);
            after.name_key = text_key(name);
        }
        if let Some(email) = &command.email {
            after.email.clone_from(email);
            after.email_key = text_key(email);
            let rival = store::by_email(tx.conn(), &after.email_key).await?;
            rejections.extend(rules::taken_email(rival.as_ref(), after.id));
        }
        if let Some(roles) = &command.roles {
            after.roles = role::write(roles);
            let path = Path::input().at("roles");
            rejections.extend(rules::may_give(&call.actor, roles, &path));
            rejections.extend(rules::leaves_an_administrator(&found, &after, &path));
        }
        rejections.extend(check_version(command.expected_version, before.version).err());
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        saved(tx, &before, after).await
    })
}

/// The user that a command changes, and what is wrong so far.
fn managed(
    call: &Call,
    found: &[Model],
    wanted: &Reference<UserId>,
) -> Result<(Model, Vec<Rejection>), Vec<Rejection>> {
    let mut rejections = call.complaints.clone();
    match reference::find(found, wanted, &Path::input().at("user")) {
        Ok(user) => {
            rejections.extend(rules::may_manage(&call.actor, user));
            Ok((user.clone(), rejections))
        }
        Err(reason) => {
            rejections.extend(reason);
            Err(rejections)
        }
    }
}

/// Writes a changed user, and how it changed.
pub(in crate::identity) async fn saved(
    tx: &Tx,
    before: &Model,
    mut after: Model,
) -> Result<Done, TxError> {
    after.updated_at = tx.now();
    after.version = before.version + 1;
    store::save(tx.conn(), &after).await?;
    let (was, is) = (rules::shown(before), rules::shown(&after));
    Ok(Done::changed(after.id.0, &was, &is))
}

/// Whether a user is to be let in.
#[derive(Clone, Debug)]
pub struct SetStatus {
    /// Which one.
    pub user: Reference<UserId>,
    /// What it is to be.
    pub status: UserStatus,
}

/// Disables or enables a user. The sessions of a disabled one end at once, on every server.
///
/// # Errors
/// [`command::Refusal`].
pub async fn set_status(app: &App, envelope: Envelope<SetStatus>) -> Verdict {
    envelope.call.actor.require(Scope::UsersWrite)?;
    command::run(app, envelope, handle_set_status).await
}

fn handle_set_status<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<SetStatus>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = store::lock_with_administrators(tx.conn(), &command.user).await?;
        let (before, mut rejections) = match managed(call, &found, &command.user) {
            Ok(managed) => managed,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let mut after = before.clone();
        after.status = command.status;
        let path = Path::input().at("user");
        rejections.extend(rules::already(&before, command.status));
        rejections.extend(rules::leaves_an_administrator(&found, &after, &path));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        if command.status == UserStatus::Disabled {
            session::store::end_all_of(tx.conn(), after.id, None, tx.now()).await?;
        }
        // Whoever is let in again begins anew.
        (after.failed_count, after.locked_until) = (0, None);
        saved(tx, &before, after).await
    })
}

/// A password to be set by somebody else.
#[derive(Clone, Debug)]
pub struct SetPassword {
    /// Whose.
    pub user: Reference<UserId>,
    /// The password.
    pub password: Secret,
    /// Whether the user has to choose another one when it signs in.
    pub must_change_password: bool,
}

/// Sets a user's password, ends its sessions, and takes away what wrong passwords have locked.
///
/// # Errors
/// [`command::Refusal`].
pub async fn set_password(app: &App, access: &Access, envelope: Envelope<SetPassword>) -> Verdict {
    envelope.call.actor.require(Scope::UsersWrite)?;
    let password = envelope.command.password.clone();
    let envelope = hashed(access, envelope, password).await?;
    command::run(app, envelope, handle_set_password).await
}

fn handle_set_password<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<Hashed<SetPassword>>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let call = &batch[0].call;
        let (command, hash) = &batch[0].command;
        let found = store::lock_with_administrators(tx.conn(), &command.user).await?;
        let (before, mut rejections) = match managed(call, &found, &command.user) {
            Ok(managed) => managed,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        rejections.extend(rules::is_email(&command.password, &before, "password"));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let mut after = before.clone();
        rules::give_password(&mut after, hash.clone(), tx.now());
        after.must_change_password = command.must_change_password;
        session::store::end_all_of(tx.conn(), after.id, None, tx.now()).await?;
        saved(tx, &before, after).await
    })
}
