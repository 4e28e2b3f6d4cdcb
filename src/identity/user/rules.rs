//! What must hold of users: who may sign in, who may change whom.

use std::collections::BTreeSet;

use entity::identity::user_account::Model;
use entity::vocab::{Instant, Role, UserId, UserStatus};
use serde_json::{Value as Json, json};

use crate::identity::role;
use crate::platform::actor::{Actor, Scope, SignIn};
use crate::platform::input::Check;
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::platform::secret::Secret;
use crate::platform::text_key::text_key;

/// Characters of an email, at most.
pub const EMAIL_LENGTH_MAX: usize = 254;
/// Characters of a password, at least and at most.
pub const PASSWORD_LENGTH_MIN: usize = 10;
/// Characters of a password, at most.
pub const PASSWORD_LENGTH_MAX: usize = 128;
/// So many wrong passwords are free.
const WRONG_MAX: i32 = 5;
/// How long the first one after that locks, in seconds; each further one doubles it.
const LOCK_SECONDS: i64 = 30;
/// The longest lock, in seconds.
const LOCK_SECONDS_MAX: i64 = 15 * 60;

/// An email: one line with a name, an `@` and a host. Whether it exists nobody but its owner knows.
pub fn email(check: &mut Check, path: &Path, text: &str) -> String {
    let before = check.complaint_count();
    let text = check.text(path.clone(), text, EMAIL_LENGTH_MAX);
    let is_email = text.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(' ')
    });
    if check.complaint_count() == before && !is_email {
        check.complain(path.clone(), "Must be an email such as anna@example.com.");
    }
    text
}

/// A new password: long enough, short enough, and not the email.
pub fn new_password(check: &mut Check, path: Path, password: &str, email: Option<&str>) {
    let length = password.chars().count();
    if length < PASSWORD_LENGTH_MIN {
        let message = format!("Must have at least {PASSWORD_LENGTH_MIN} characters.");
        check.complain(path, message);
    } else if length > PASSWORD_LENGTH_MAX {
        let message = format!("Must have at most {PASSWORD_LENGTH_MAX} characters.");
        check.complain(path, message);
    } else if password.trim().is_empty() {
        check.complain(path, "Must not be blank.");
    } else if email.is_some_and(|email| text_key(email) == text_key(password)) {
        check.complain(path, "Must not be the email.");
    }
}

/// Until when a user is locked after so many wrong passwords in a row.
#[must_use]
pub fn locked_until(failed_count: i32, now: Instant) -> Option<Instant> {
    let beyond = u32::try_from(failed_count - WRONG_MAX).ok()?;
    let seconds = LOCK_SECONDS
        .saturating_mul(1_i64.checked_shl(beyond.min(20)).unwrap_or(i64::MAX))
        .min(LOCK_SECONDS_MAX);
    Some(Instant(now.0.saturating_add(seconds * 1_000_000)))
}

/// Whether passwords of this user are looked at now.
#[must_use]
pub fn may_try(user: &Model, now: Instant) -> bool {
    user.status == UserStatus::Active && user.locked_until.is_none_or(|until| until <= now)
}

/// What is said to every sign-in that is refused: which of the reasons it was would help whoever
/// is guessing.
#[must_use]
pub fn refused_sign_in() -> Rejection {
    let message = "The email or the password is wrong, or there were too many attempts. Check \
        both; after several wrong ones wait, at most 15 minutes.";
    Rejection::invalid(Path::input(), message)
}

/// The user as a caller.
#[must_use]
pub fn actor(user: &Model, session_id: entity::vocab::SessionId) -> Actor {
    let roles = role::read(&user.roles);
    let scopes = role::scopes(&roles);
    let sign_in = SignIn {
        user_id: user.id,
        session_id,
        roles,
        must_change_password: user.must_change_password,
    };
    Actor::user(sign_in, user.name.clone(), scopes)
}

/// Nobody gives roles that may do more than it may itself.
#[must_use]
pub fn may_give(actor: &Actor, roles: &BTreeSet<Role>, path: &Path) -> Vec<Rejection> {
    let exceeds = |role: &&Role| !role::scopes_of(**role).is_subset(actor.scopes());
    let refused = roles.iter().filter(exceeds).map(|role| {
        let message = format!(
            "You cannot give the role {}, which may do more than you. Leave it out.",
            role.as_str()
        );
        Rejection::invalid(path.clone(), message)
    });
    refused.collect()
}

/// Nobody changes a user who may do more than itself: a new password would be a way up.
#[must_use]
pub fn may_manage(actor: &Actor, user: &Model) -> Option<Rejection> {
    let theirs: BTreeSet<Scope> = role::scopes(&role::read(&user.roles));
    (!theirs.is_subset(actor.scopes())).then(|| {
        let message = "This user may do more than you. Ask somebody who may do as much.";
        Rejection::invalid(Path::input().at("user"), message)
    })
}

/// Whether a user is one of those that must not run out.
#[must_use]
pub fn is_administrator(user: &Model) -> bool {
    user.status == UserStatus::Active && role::read(&user.roles).contains(&Role::Administrator)
}

/// Somebody must be left who can let others in.
#[must_use]
pub fn leaves_an_administrator(all: &[Model], changed: &Model, path: &Path) -> Option<Rejection> {
    let was = all
        .iter()
        .any(|one| one.id == changed.id && is_administrator(one));
    let others = all
        .iter()
        .filter(|one| one.id != changed.id)
        .any(is_administrator);
    (was && !others && !is_administrator(changed)).then(|| {
        let message = "This is the last active administrator. Make somebody else one first.";
        Rejection::invalid(path.clone(), message)
    })
}

/// An email belongs to one user.
#[must_use]
pub fn taken_email(rival: Option<&Model>, own: UserId) -> Option<Rejection> {
    let rival = rival.filter(|rival| rival.id != own)?;
    let problem = Problem::Duplicate {
        field: "email",
        existing: rival.id.to_string(),
    };
    Some(Rejection::new(Path::input().at("email"), problem))
}

/// A user that is in the wanted state already.
#[must_use]
pub fn already(user: &Model, wanted: UserStatus) -> Option<Rejection> {
    let (name, allowed): (_, &'static [&'static str]) = match wanted {
        UserStatus::Active => ("enabled", &["userDisable"]),
        UserStatus::Disabled => ("disabled", &["userEnable"]),
    };
    (user.status == wanted).then(|| {
        let problem = Problem::InvalidState {
            state: user.status.as_str(),
            allowed,
            message: format!("This user is already {name}; nothing needs to be done."),
        };
        Rejection::new(Path::input().at("user"), problem)
    })
}

/// A password that is the user's email.
#[must_use]
pub fn is_email(password: &Secret, user: &Model, field: &str) -> Option<Rejection> {
    (text_key(password.expose()) == user.email_key)
        .then(|| Rejection::invalid(Path::input().at(field), "Must not be the email."))
}

/// A new password, which also unlocks.
pub fn give_password(user: &mut Model, hash: String, now: Instant) {
    user.password_hash = hash;
    user.password_changed_at = now;
    (user.failed_count, user.locked_until) = (0, None);
}

/// What the audit log shows of a user.
#[must_use]
pub fn shown(user: &Model) -> Json {
    json!({
        "email": user.email,
        "name": user.name,
        "roles": user.roles,
        "status": user.status.as_str(),
        "mustChangePassword": user.must_change_password,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_are_free_but_the_last_locks_and_each_further_one_longer() {
        let now = Instant(1_000_000_000);
        let seconds = |count| locked_until(count, now).map(|until| (until.0 - now.0) / 1_000_000);
        assert_eq!((1..=4).filter_map(seconds).count(), 0);
        let longer: Vec<_> = (5..=11).filter_map(seconds).collect();
        assert_eq!(longer, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(seconds(i32::MAX), Some(900));
    }

    #[test]
    fn an_email_has_a_name_and_a_host() {
        let told = |text: &str| {
            let mut check = Check::default();
            email(&mut check, &Path::input().at("email"), text);
            check.into_complaints().len()
        };
        for good in ["a@b", "anna@example.com", " anna@example.com "] {
            assert_eq!(told(good), 0, "{good}");
        }
        for bad in ["", "anna", "@b", "a@", "a@b@c", "a b@c", "a\n@b"] {
            assert_eq!(told(bad), 1, "{bad}");
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_email() {
        let told = |text: &str| {
            let mut check = Check::default();
            let path = Path::input().at("password");
            new_password(&mut check, path, text, Some("anna@example.com"));
            check.into_complaints().len()
        };
        assert_eq!(told("correct horse"), 0);
        assert_eq!(told(&"x".repeat(128)), 0);
        for bad in ["", "short", "ANNA@example.com", "            "] {
            assert_eq!(told(bad), 1, "{bad}");
        }
        assert_eq!(told(&"x".repeat(129)), 1);
    }
}
