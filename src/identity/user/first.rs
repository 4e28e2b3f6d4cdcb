//! Users made by whoever runs the server: the first administrator, and those of the command line.

use std::collections::BTreeSet;

use entity::identity::user_account::Model;
use entity::vocab::{Role, UserId};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::ops::Create;
use super::{password, rules, store};
use crate::identity::access::{Access, AccessError, AdminSettings};
use crate::identity::{role, session};
use crate::platform::audit::{self, Audit, Note};
use crate::platform::db::{Db, End, Tx, TxError};
use crate::platform::input::{Check, NAME_LENGTH_MAX};
use crate::platform::reference::Reference;
use crate::platform::rejection::Path;
use crate::platform::secret::Secret;
use crate::platform::text_key::text_key;

/// The first administrator, just made.
#[derive(Clone, Debug)]
pub struct First {
    /// What it signs in with.
    pub email: String,
    /// Its password, when it was not given but made: to be shown once.
    pub password: Option<Secret>,
}

/// Makes an administrator when there is no user at all. Of several servers that start at once only
/// one may be here.
///
/// # Errors
/// [`AccessError`].
pub async fn administrator(
    db: &Db,
    access: &Access,
    settings: &AdminSettings,
) -> Result<Option<First>, AccessError> {
    let is_any = store::is_any(db.writer()).await;
    if is_any.map_err(|error| AccessError::Database(error.to_string()))? {
        return Ok(None);
    }
    let given = settings.password.clone();
    let command = command(
        (&settings.email, "Administrator"),
        [Role::Administrator].into(),
        given.clone(),
    );
    let command = Create {
        must_change_password: true,
        ..command.map_err(AccessError::Administrator)?
    };
    let first = First {
        email: command.email.clone(),
        password: given.is_none().then(|| command.password.clone()),
    };
    let made = create(db, access, command).await;
    made.map_err(AccessError::Administrator)?;
    Ok(Some(first))
}

/// What is to be made, when it may be; the password is made when none is given.
///
/// # Errors
/// What is wrong, in one line.
pub fn command(
    (email, name): (&str, &str),
    roles: BTreeSet<Role>,
    given: Option<Secret>,
) -> Result<Create, String> {
    let mut check = Check::default();
    let path = |field: &str| Path::default().at(field);
    let email = rules::email(&mut check, &path("email"), email);
    let name = check.text(path("name"), name, NAME_LENGTH_MAX);
    let must_change_password = given.is_none();
    let password = given.unwrap_or_else(password::generate);
    let place = path("password");
    rules::new_password(&mut check, place, password.expose(), Some(&email));
    complaints(check)?;
    Ok(Create {
        id: UserId::generate(),
        email,
        name,
        roles,
        password,
        must_change_password,
        external_id: None,
    })
}

fn complaints(check: Check) -> Result<(), String> {
    match check.into_complaints().first() {
        None => Ok(()),
        Some(one) => Err(format!("{}: {}", one.path.steps().join("."), one.problem)),
    }
}

/// Makes a user on behalf of whoever runs the server.
///
/// # Errors
/// What is wrong, in one line.
pub async fn create(db: &Db, access: &Access, command: Create) -> Result<UserId, String> {
    let hash = access.passwords.hash(command.password.clone()).await;
    let hash = hash.map_err(|error| error.to_string())?;
    let id = command.id;
    let made = db.transact(move |tx| {
        let (command, hash) = (command.clone(), hash.clone());
        Box::pin(async move {
            let rival = store::by_email(tx.conn(), &text_key(&command.email)).await?;
            if rival.is_some() {
                return Ok(End::Rollback(Err("email: There is such a user already.")));
            }
            store::insert(tx.conn(), command.row(hash, tx.now())).await?;
            note(tx, "userCreate", id.0).await?;
            Ok(End::Commit(Ok(id)))
        })
    });
    made.await
        .map_err(|error| error.to_string())?
        .map_err(str::to_owned)
}

async fn note(tx: &Tx, command: &'static str, record_id: Uuid) -> Result<(), TxError> {
    let note = Note {
        command,
        caller: None,
        record_id,
        audit: Audit::default(),
    };
    Ok(audit::note(tx.conn(), note, tx.now()).await?)
}

/// What the command line does to a user.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Lets it in no more.
    Disable,
    /// Gives it a password to be changed when it signs in.
    SetPassword(Secret),
}

/// Does it on behalf of whoever runs the server.
///
/// # Errors
/// What is wrong, in one line.
pub async fn change(db: &Db, access: &Access, email: &str, deed: Deed) -> Result<(), String> {
    let hash = match &deed {
        Deed::SetPassword(password) => {
            let mut check = Check::default();
            let place = Path::default().at("password");
            rules::new_password(&mut check, place, password.expose(), Some(email));
            complaints(check)?;
            let hash = access.passwords.hash(password.clone()).await;
            Some(hash.map_err(|error| error.to_string())?)
        }
        Deed::Disable => None,
    };
    let key = text_key(email);
    let changed = db.transact(move |tx| {
        let (key, hash) = (key.clone(), hash.clone());
        Box::pin(async move {
            match apply(tx, key, hash).await? {
                Ok(()) => Ok(End::Commit(Ok(()))),
                Err(reason) => Ok(End::Rollback(Err(reason))),
            }
        })
    });
    changed.await.map_err(|error| error.to_string())?
}

/// Sets the password when there is a hash of one, else disables.
async fn apply(tx: &Tx, key: String, hash: Option<String>) -> Result<Result<(), String>, TxError> {
    let reference = Reference::Key(key.clone());
    let all = store::lock_with_administrators(tx.conn(), &reference).await?;
    let Some(before) = all.iter().find(|user| user.email_key == key) else {
        return Ok(Err("email: There is no such user.".to_owned()));
    };
    let mut after = before.clone();
    let command = match hash {
        Some(hash) => {
            rules::give_password(&mut after, hash, tx.now());
            after.must_change_password = true;
            "userSetPassword"
        }
        None => {
            after.status = entity::vocab::UserStatus::Disabled;
            let last = rules::leaves_an_administrator(&all, &after, &Path::default());
            if let Some(last) = last {
                return Ok(Err(last.problem.to_string()));
            }
            "userDisable"
        }
    };
    after.version += 1;
    after.updated_at = tx.now();
    store::save(tx.conn(), &after).await?;
    session::store::end_all_of(tx.conn(), after.id, None, tx.now()).await?;
    note(tx, command, after.id.0).await?;
    Ok(Ok(()))
}

/// What the command line tells of a user as JSON.
#[must_use]
pub fn told(user: &Model) -> Json {
    let roles: Vec<&str> = role::read(&user.roles)
        .iter()
        .map(|role| role.as_str())
        .collect();
    json!({
        "id": user.id.to_string(),
        "email": user.email,
        "name": user.name,
        "status": user.status.as_str(),
        "roles": roles,
    })
}

/// A line about a user, for the command line.
#[must_use]
pub fn line(user: &Model) -> String {
    let roles: Vec<&str> = role::read(&user.roles)
        .iter()
        .map(|role| role.as_str())
        .collect();
    format!(
        "{}  {}  {}  {}",
        user.email,
        user.name,
        user.status.as_str(),
        roles.join(",")
    )
}
