//! Commands about who may do what: users and tokens.

use std::collections::BTreeSet;

use entity::vocab::ApiTokenId;
use serde_json::json;

use super::{OK, Outcome, UserCommand, open, say};
use crate::config::Config;
use crate::identity::access::Access;
use crate::identity::role;
use crate::identity::session::keys::Keys;
use crate::identity::token::ops::{CreateToken, create_as_operator};
use crate::identity::token::secret;
use crate::identity::user::password::{self, Passwords};
use crate::identity::user::{first, store};
use crate::platform::actor::Scope;
use crate::platform::secret::Secret;

/// The password on the standard input, without the end of its line.
fn read_password() -> std::io::Result<Secret> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

/// Creates, lists and changes users.
pub(super) async fn user(config: &Config, command: UserCommand) -> Outcome {
    let db = open(config).await?;
    let access = Access {
        passwords: Passwords::new(&config.access)?,
        keys: Keys::open(&db, &config.access).await?,
    };
    match command {
        UserCommand::Create {
            email,
            name,
            roles,
            password_stdin,
        } => {
            let known =
                |name: &String| role::parse(name).ok_or_else(|| format!("{name:?} is not a role"));
            let roles = roles.iter().map(known).collect::<Result<_, String>>()?;
            let given = password_stdin.then(read_password).transpose()?;
            let command = first::command((&email, &name), roles, given.clone())?;
            let password = command.password.clone();
            first::create(&db, &access, command).await?;
            if given.is_none() {
                say(password.expose());
            }
        }
        UserCommand::List { json } => {
            let users = store::list(db.reader()).await?;
            if json {
                let told: Vec<_> = users.iter().map(first::told).collect();
                say(&serde_json::to_string_pretty(&told)?);
            } else {
                for user in users {
                    say(&first::line(&user));
                }
            }
        }
        UserCommand::Disable { email } => {
            first::change(&db, &access, &email, first::Deed::Disable).await?;
        }
        UserCommand::SetPassword {
            email,
            password_stdin,
        } => {
            let given = password_stdin.then(read_password).transpose()?;
            let is_made = given.is_none();
            let password = given.unwrap_or_else(password::generate);
            let deed = first::Deed::SetPassword(password.clone());
            first::change(&db, &access, &email, deed).await?;
            if is_made {
                say(password.expose());
            }
        }
    }
    Ok(OK)
}

/// Makes a token.
pub(super) async fn token(
    config: &Config,
    (name, scopes): (String, &[String]),
    as_json: bool,
) -> Outcome {
    let scopes = if scopes == ["all"] {
        Scope::ALL.iter().copied().collect()
    } else {
        let known = |text: &String| {
            Scope::parse(text).ok_or_else(|| {
                let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
                format!(
                    "{text:?} is not a scope; the scopes are: {}",
                    all.join(", ")
                )
            })
        };
        scopes
            .iter()
            .map(known)
            .collect::<Result<BTreeSet<Scope>, String>>()?
    };
    let db = open(config).await?;
    let secret = secret::generate();
    let id = ApiTokenId::generate();
    let command = CreateToken {
        id,
        name,
        scopes,
        description: None,
        expires_at: None,
        secret: secret.clone(),
    };
    create_as_operator(&db, &command).await?;
    if as_json {
        let told = json!({ "id": id.to_string(), "token": secret });
        say(&serde_json::to_string_pretty(&told)?);
    } else {
        say(&secret);
    }
    Ok(OK)
}
