//! Inputs about users, and how they are read.

use std::collections::BTreeSet;

use async_graphql::{Enum, InputObject};
use entity::vocab::{Role, UserId, UserStatus};
use uuid::Uuid;

use super::account::ChangePassword;
use super::ops::{Create, SetPassword, SetStatus, Update};
use super::{password, rules};
use crate::graphql::{Reading, reference_input};
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;
use crate::platform::secret::Secret;

/// What a user does in the company; each role is a set of scopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "Role", remote = "Role")]
pub enum RoleKind {
    /// Buys: suppliers, purchase orders, goods receipts, products.
    Purchasing,
    /// Sells: customers, orders, returns; does not see costs.
    Sales,
    /// Moves goods: receives, ships, transfers, adjusts; does not see costs.
    Warehouse,
    /// Keeps the books: invoices, payments, credit, prices; approves purchase orders.
    Finance,
    /// Reads everything about the business, costs included; changes nothing.
    Analyst,
    /// May do everything.
    Administrator,
}

/// Whether a user may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "UserStatus", remote = "UserStatus")]
pub enum UserStatusKind {
    /// May sign in.
    Active,
    /// Kept for history; may not sign in.
    Disabled,
}

fn read_roles(roles: Vec<RoleKind>) -> BTreeSet<Role> {
    roles.into_iter().map(Role::from).collect()
}

reference_input!(
    /// Names a user.
    UserReference -> UserId,
    /// Its email.
    Email("email")
);

/// A new user.
#[derive(InputObject)]
pub struct UserCreateInput {
    /// What it signs in with, at most 254 characters, unique whatever the case.
    email: String,
    /// Its name, at most 200 characters.
    name: String,
    /// What it does; together at most what you may do yourself. Without roles it may do nothing.
    roles: Vec<RoleKind>,
    /// Its first password, of 10 to 128 characters. Left out, one is made and shown once, and has
    /// to be changed when the user signs in.
    password: Option<String>,
    /// The id your own system knows it by, unique among users.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent. The
    /// password does not count as input.
    idempotency_key: Option<String>,
}

impl UserCreateInput {
    pub(super) fn read(self) -> (Reading, Option<String>, Create, bool) {
        let mut reading = Reading::of("userCreate", &self);
        let Self {
            email,
            name,
            roles,
            password,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        let email = rules::email(&mut reading.check, &path.at("email"), &email);
        let is_generated = password.is_none();
        let password = password.map_or_else(password::generate, Secret::new);
        let place = path.at("password");
        rules::new_password(&mut reading.check, place, password.expose(), Some(&email));
        let command = Create {
            id: UserId::generate(),
            email,
            name: reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            roles: read_roles(roles),
            password,
            must_change_password: is_generated,
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
        };
        (reading, idempotency_key, command, is_generated)
    }
}

/// What of a user is to change; what is left out stays.
#[derive(InputObject)]
pub struct UserUpdateInput {
    /// The user.
    user: UserReference,
    /// Its new name, at most 200 characters.
    name: Option<String>,
    /// Its new email, at most 254 characters, unique whatever the case.
    email: Option<String>,
    /// All of its roles from now on; together at most what you may do yourself.
    roles: Option<Vec<RoleKind>>,
    /// The version you have seen; when it is another by now, nothing is changed.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl UserUpdateInput {
    pub(super) fn read(self) -> (Reading, Option<String>, Update) {
        let mut reading = Reading::of("userUpdate", &self);
        let Self {
            user,
            name,
            email,
            roles,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = Update {
            user: user.read(&mut reading, &path.at("user")),
            name: reading
                .check
                .optional_text(path.at("name"), name.as_deref(), NAME_LENGTH_MAX),
            email: email.map(|email| rules::email(&mut reading.check, &path.at("email"), &email)),
            roles: roles.map(read_roles),
            expected_version,
        };
        (reading, idempotency_key, command)
    }
}

macro_rules! of_one_user {
    ($(#[$doc:meta])* $name:ident($command:literal)) => {
        $(#[$doc])*
        #[derive(InputObject)]
        pub struct $name {
            /// The user.
            user: UserReference,
            /// A key of your own: the same key and input is done once, however often it is sent.
            idempotency_key: Option<String>,
        }

        impl $name {
            pub(in crate::identity) fn read(
                self,
            ) -> (Reading, Option<String>, crate::platform::reference::Reference<UserId>) {
                let mut reading = Reading::of($command, &self);
                let Self { user, idempotency_key } = self;
                let user = user.read(&mut reading, &Path::input().at("user"));
                (reading, idempotency_key, user)
            }
        }
    };
}

of_one_user!(
    /// Which user to disable.
    UserDisableInput("userDisable")
);

of_one_user!(
    /// Which user to enable.
    UserEnableInput("userEnable")
);

of_one_user!(
    /// Whose sessions to end.
    UserSessionsEndInput("userSessionsEnd")
);

pub(super) fn status_envelope(
    user: crate::platform::reference::Reference<UserId>,
    status: UserStatus,
) -> (Uuid, SetStatus) {
    (Uuid::nil(), SetStatus { user, status })
}

/// A password for somebody.
#[derive(InputObject)]
pub struct UserSetPasswordInput {
    /// The user.
    user: UserReference,
    /// The password, of 10 to 128 characters.
    password: String,
    /// Whether the user has to choose another one when it signs in; true when left out.
    must_change_password: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent. The
    /// password does not count as input.
    idempotency_key: Option<String>,
}

impl UserSetPasswordInput {
    pub(super) fn read(self) -> (Reading, Option<String>, SetPassword) {
        let mut reading = Reading::of("userSetPassword", &self);
        let Self {
            user,
            password,
            must_change_password,
            idempotency_key,
        } = self;
        let path = Path::input();
        let user = user.read(&mut reading, &path.at("user"));
        let password = Secret::new(password);
        let place = path.at("password");
        rules::new_password(&mut reading.check, place, password.expose(), None);
        let command = SetPassword {
            user,
            password,
            must_change_password: must_change_password.unwrap_or(true),
        };
        (reading, idempotency_key, command)
    }
}

/// A password of your own choice.
#[derive(InputObject)]
pub struct PasswordChangeInput {
    /// The password that you have.
    current_password: String,
    /// The password that you want, of 10 to 128 characters; not your email.
    new_password: String,
    /// A key of your own: the same key and input is done once, however often it is sent. The
    /// passwords do not count as input.
    idempotency_key: Option<String>,
}

impl PasswordChangeInput {
    pub(super) fn read(self) -> (Reading, Option<String>, ChangePassword) {
        let mut reading = Reading::of("passwordChange", &self);
        let Self {
            current_password,
            new_password,
            idempotency_key,
        } = self;
        let path = Path::input();
        given_password(&mut reading, path.at("currentPassword"), &current_password);
        let new = Secret::new(new_password);
        let place = path.at("newPassword");
        rules::new_password(&mut reading.check, place.clone(), new.expose(), None);
        if new.expose() == current_password {
            let message = "Must not be the password that you have.";
            reading.check.complain(place, message);
        }
        let command = ChangePassword {
            current: Secret::new(current_password),
            new,
        };
        (reading, idempotency_key, command)
    }
}

/// A password that is to be checked: not so long that checking it would be work for nothing.
pub(in crate::identity) fn given_password(reading: &mut Reading, path: Path, password: &str) {
    if password.is_empty() {
        reading.check.complain(path, "Must not be empty.");
    } else if password.chars().count() > rules::PASSWORD_LENGTH_MAX {
        let message = format!(
            "Must have at most {} characters.",
            rules::PASSWORD_LENGTH_MAX
        );
        reading.check.complain(path, message);
    }
}
