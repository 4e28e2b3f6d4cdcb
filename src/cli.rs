//! The command line.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use entity::vocab::ApiTokenId;
use migration::{Migrator, MigratorTrait};

use crate::check;
use crate::config::{self, Config, Flags};
use crate::demo::{self, Wish};
use crate::identity::access::Access;
use crate::identity::company::store as company;
use crate::identity::role;
use crate::identity::session::keys::{self, Keys};
use crate::identity::token::ops::{CreateToken, create_as_operator};
use crate::identity::token::secret;
use crate::identity::user::password::{self, Passwords};
use crate::identity::user::{first, store};
use crate::platform::actor::Scope;
use crate::platform::db::Db;
use crate::platform::secret::Secret;
use crate::schema;
use crate::server::{self, Server};

/// Everything worked.
const OK: u8 = 0;
/// Something failed; a line says what.
const FAILED: u8 = 1;
/// `check` found differences.
const DIFFERENCES: u8 = 3;

/// Headless commerce for businesses that buy, store and sell goods.
#[derive(Parser)]
#[command(name = "stockroom", version)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Settings {
    /// Configuration file; stockroom.toml in this folder by default.
    #[arg(long, global = true, env = "STOCKROOM_CONFIG")]
    config: Option<String>,
    /// Database, for example sqlite://stockroom.db or postgres://user:password@host/name.
    #[arg(long, global = true)]
    database: Option<String>,
    /// Address to listen on.
    #[arg(long, global = true)]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, global = true)]
    port: Option<u16>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Run the server on a database of its own with demo data, and print what to open.
    Demo {
        /// Folder of the demo database.
        #[arg(long, default_value = "data")]
        folder: String,
        /// Start over with new demo data.
        #[arg(long)]
        fresh: bool,
        /// What chance begins with: the same seed makes the same company on the same day.
        #[arg(long)]
        seed: Option<u64>,
        /// About how many sales orders there are in the year; 620 by default, and 100,000 at most.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100_000))]
        orders: Option<u32>,
        /// Go on while the server runs: a small order every few seconds.
        #[arg(long)]
        live: bool,
    },
    /// Bring the database up to date, or back.
    Migrate {
        #[command(subcommand)]
        direction: Option<Direction>,
    },
    /// Print the GraphQL schema.
    Schema,
    /// Recompute every balance from the ledgers and name each difference (exit code 3 if any).
    Check {
        /// Print the differences as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Create, list and change users.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
    /// Make a new key for signing access tokens; nobody's session ends by it.
    RotateSigningKey,
    /// Create an API token, and print its secret once.
    Token {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What it may do, for example stock:read; may be repeated. "all" means every scope.
        #[arg(long = "scope", required = true)]
        scopes: Vec<String>,
    },
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create a user, and print its password once when none is given.
    Create {
        /// What it signs in with.
        #[arg(long)]
        email: String,
        /// Its name.
        #[arg(long)]
        name: String,
        /// What it does, for example SALES; may be repeated.
        #[arg(long = "role", required = true)]
        roles: Vec<String>,
        /// Reads its password from the standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the users.
    List,
    /// Let a user in no more; its sessions end at once.
    Disable {
        /// Its email.
        email: String,
    },
    /// Set a user's password, and print it once when none is given.
    SetPassword {
        /// Its email.
        email: String,
        /// Reads the password from the standard input instead of making one.
        #[arg(long)]
        password_stdin: bool,
    },
}

#[derive(Subcommand)]
enum Direction {
    /// Apply every step that is missing.
    Up,
    /// Take back the last step.
    Down,
    /// List the steps and which are applied.
    Status,
}

/// Reads the arguments and does what they say.
pub async fn run() -> ExitCode {
    let cli = Cli::parse();
    match execute(cli).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            say_error(&format!("stockroom: {error}"));
            ExitCode::from(FAILED)
        }
    }
}

type Outcome = Result<u8, Box<dyn std::error::Error>>;

async fn execute(cli: Cli) -> Outcome {
    let flags = flags(&cli.settings);
    let config = config::load(cli.settings.config.as_deref(), &flags)?;
    match cli.command {
        Command::Serve => serve(&config).await,
        Command::Demo {
            folder,
            fresh,
            seed,
            orders,
            live,
        } => {
            let wish = Wish {
                folder,
                is_fresh: fresh,
                seed,
                orders,
                is_live: live,
            };
            demo::run(config, &wish).await
        }
        Command::Migrate { direction } => migrate(&config, direction).await,
        Command::Schema => {
            say(schema::sdl().trim_end());
            Ok(OK)
        }
        Command::Check { json } => run_check(&config, json).await,
        Command::User { command } => user(&config, command).await,
        Command::RotateSigningKey => {
            let db = open(&config).await?;
            say(&keys::rotate(&db).await?);
            Ok(OK)
        }
        Command::Token { name, scopes } => token(&config, name, &scopes).await,
    }
}

fn flags(settings: &Settings) -> Flags {
    let Settings {
        config: _,
        database,
        host,
        port,
    } = settings;
    let given = [
        ("database.url", database.clone()),
        ("server.host", host.clone()),
        ("server.port", port.map(|port| port.to_string())),
    ];
    given
        .into_iter()
        .filter_map(|(setting, value)| Some((setting, value?)))
        .collect()
}

/// Prints a line for whoever called; a closed pipe is no error.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn say_error(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

async fn serve(config: &Config) -> Outcome {
    let server = Server::build(config).await?;
    say(&format!(
        "Stockroom listens on http://{}:{}/graphql",
        config.server.host,
        server.port()
    ));
    say_first_administrator(&server);
    server.run_until_stopped(stop_signal()).await?;
    Ok(OK)
}

/// Tells the password that was made for the first administrator; nobody is told it again.
pub(crate) fn say_first_administrator(server: &Server) {
    let Some(first) = server.first_administrator() else {
        return;
    };
    let password = match &first.password {
        Some(password) => format!("password {}", password.expose()),
        None => "the password of the configuration".to_owned(),
    };
    say(&format!(
        "First administrator: {}, {password} (to be changed when signing in)",
        first.email
    ));
}

/// A database that is up to date and has its company.
async fn open(config: &Config) -> Result<Db, Box<dyn std::error::Error>> {
    let db = Db::connect(&config.database).await?;
    server::migrate(&db).await?;
    company::open(&db, &config.company).await?;
    Ok(db)
}

/// The password on the standard input, without the end of its line.
fn read_password() -> std::io::Result<Secret> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    Ok(Secret::new(line.trim_end_matches(['\r', '\n'])))
}

async fn user(config: &Config, command: UserCommand) -> Outcome {
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
        UserCommand::List => {
            for user in store::list(db.reader()).await? {
                say(&first::line(&user));
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

/// Resolves on SIGINT or SIGTERM.
pub(crate) async fn stop_signal() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("a process may listen for SIGTERM");
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}

async fn migrate(config: &Config, direction: Option<Direction>) -> Outcome {
    let db = Db::connect(&config.database).await?;
    match direction.unwrap_or(Direction::Up) {
        Direction::Up => server::migrate(&db).await?,
        Direction::Down => {
            let _turn = db.exclusive().await?;
            Migrator::down(db.writer(), Some(1)).await?;
        }
        Direction::Status => {
            let pending = Migrator::get_pending_migrations(db.writer()).await?;
            let pending: BTreeSet<String> =
                pending.iter().map(|step| step.name().to_owned()).collect();
            for step in Migrator::migrations() {
                let state = if pending.contains(step.name()) {
                    "pending"
                } else {
                    "applied"
                };
                say(&format!("{state}  {}", step.name()));
            }
        }
    }
    Ok(OK)
}

async fn run_check(config: &Config, json: bool) -> Outcome {
    let db = Db::connect(&config.database).await?;
    let differences = check::run(&db).await?;
    if json {
        say(&serde_json::to_string_pretty(&differences)?);
    } else {
        for difference in &differences {
            say(&difference.to_string());
        }
        say(&format!("{} differences", differences.len()));
    }
    Ok(if differences.is_empty() {
        OK
    } else {
        DIFFERENCES
    })
}

async fn token(config: &Config, name: String, scopes: &[String]) -> Outcome {
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
    say(&secret);
    Ok(OK)
}
