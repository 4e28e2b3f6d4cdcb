//! The command line.

mod database;
mod health;
mod people;

use std::io::Write;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{self, Config, Flags};
use crate::demo::{self, Wish};
use crate::identity::company::store as company;
use crate::identity::session::keys;
use crate::platform::db::Db;
use crate::server::{self, Server};
use crate::{check, schema, telemetry};

/// Everything worked.
const OK: u8 = 0;
/// Something failed; a line says what.
const FAILED: u8 = 1;
/// `check` found differences.
const DIFFERENCES: u8 = 3;

/// What every `--help` ends with.
const AFTER_HELP: &str = "Settings come from the defaults, then the configuration file, then the \
environment
(STOCKROOM_SERVER__PORT=8080 is port of [server]), then flags; the last one wins.
`stockroom config` prints what comes of it.

Exit codes: 0 well, 1 failed (one line says why), 2 wrong arguments, 3 check found differences.";

/// Headless commerce for businesses that buy, store and sell goods.
#[derive(Parser)]
#[command(name = "stockroom", version, after_help = AFTER_HELP)]
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
    ///
    /// `serve` does it by itself at its start. Back is for development: what a step made is lost.
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
    /// Print the configuration that comes of file, environment and flags, without its secrets.
    Config {
        /// Print it as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Copy the SQLite database into a new file, while a server may run on it.
    ///
    /// For PostgreSQL it says how to copy one.
    Backup {
        /// The new file.
        file: String,
    },
    /// Put a copy in the place of the SQLite database. No server may run on it.
    ///
    /// For PostgreSQL it says how to restore one.
    Restore {
        /// The copy, as `stockroom backup` made it.
        file: String,
        /// Take the place of a database that is there; it is kept beside.
        #[arg(long)]
        replace: bool,
    },
    /// Ask the server of this configuration whether it is ready (exit code 1 if not).
    Health,
    /// Print the completions of a shell, for example: stockroom completions bash
    Completions {
        /// Which shell.
        shell: Shell,
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
        /// Print id and secret as JSON.
        #[arg(long)]
        json: bool,
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
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
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
    Status {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
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
    let telemetry = telemetry::start(&config.log, &config.traces)?;
    let outcome = carry_out(cli.command, config).await;
    telemetry.end().await;
    outcome
}

async fn carry_out(command: Command, config: Config) -> Outcome {
    match command {
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
        Command::Migrate { direction } => database::migrate(&config, direction).await,
        Command::Config { json } => {
            say(config::shown(&config, json)?.trim_end());
            Ok(OK)
        }
        Command::Backup { file } => database::backup(&config, &file).await,
        Command::Restore { file, replace } => database::restore(&config, &file, replace).await,
        Command::Health => health::ask(&config),
        Command::Completions { shell } => {
            clap_complete::generate(
                shell,
                &mut Cli::command(),
                "stockroom",
                &mut std::io::stdout(),
            );
            Ok(OK)
        }
        Command::Schema => {
            say(schema::sdl().trim_end());
            Ok(OK)
        }
        Command::Check { json } => run_check(&config, json).await,
        Command::User { command } => people::user(&config, command).await,
        Command::RotateSigningKey => {
            let db = open(&config).await?;
            say(&keys::rotate(&db).await?);
            Ok(OK)
        }
        Command::Token { name, scopes, json } => {
            people::token(&config, (name, &scopes), json).await
        }
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
