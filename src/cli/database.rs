//! Commands about the database: its tables, and copies of it.

use std::collections::BTreeSet;
use std::path::Path;

use migration::{Migrator, MigratorTrait};
use serde_json::json;

use super::{Direction, FAILED, OK, Outcome, say};
use crate::config::Config;
use crate::platform::db::{Db, backup};
use crate::server;

/// How a PostgreSQL database is copied.
const WITH_POSTGRES: &str = "This database is PostgreSQL, which has better tools for it:

  pg_dump --format=custom --file=FILE DATABASE_URL        a copy of one moment, while servers run
  pg_restore --clean --if-exists --dbname=DATABASE_URL FILE    back, with all servers stopped

For every moment and not only that of the last copy, archive its write-ahead log
(pg_basebackup and archive_command). See docs/backup.md.";

/// Brings the tables up to date, or back, or tells how they are.
pub(super) async fn migrate(config: &Config, direction: Option<Direction>) -> Outcome {
    let db = Db::connect(&config.database).await?;
    match direction.unwrap_or(Direction::Up) {
        Direction::Up => server::migrate(&db).await?,
        Direction::Down => {
            let _turn = db.exclusive().await?;
            Migrator::down(db.writer(), Some(1)).await?;
        }
        Direction::Status { json } => {
            let pending = Migrator::get_pending_migrations(db.writer()).await?;
            let pending: BTreeSet<String> =
                pending.iter().map(|step| step.name().to_owned()).collect();
            let steps = Migrator::migrations();
            let state = |name: &str| {
                if pending.contains(name) {
                    "pending"
                } else {
                    "applied"
                }
            };
            let told = steps.iter().map(|step| (step.name(), state(step.name())));
            if json {
                let told: Vec<_> = told
                    .map(|(step, state)| json!({ "step": step, "state": state }))
                    .collect();
                say(&serde_json::to_string_pretty(&told)?);
            } else {
                told.for_each(|(step, state)| say(&format!("{state}  {step}")));
            }
        }
    }
    Ok(OK)
}

/// Copies a SQLite database, while a server may run on it.
pub(super) async fn backup(config: &Config, file: &str) -> Outcome {
    if !backup::is_sqlite(&config.database.url) {
        say(WITH_POSTGRES);
        return Ok(FAILED);
    }
    let bytes = backup::copy(&config.database.url, Path::new(file)).await?;
    say(&format!("{file}: {bytes} bytes, checked"));
    Ok(OK)
}

/// Puts a copy in the place of a SQLite database.
pub(super) async fn restore(config: &Config, file: &str, replace: bool) -> Outcome {
    if !backup::is_sqlite(&config.database.url) {
        say(WITH_POSTGRES);
        return Ok(FAILED);
    }
    let kept = backup::put_back(&config.database.url, Path::new(file), replace).await?;
    if let Some(kept) = kept {
        say(&format!("What was there is kept as {}", kept.display()));
    }
    say("Restored. Start the server; it brings the tables up to date.");
    Ok(OK)
}
