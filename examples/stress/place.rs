//! What a scenario runs on: a database of its own, on PostgreSQL or in a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::spawn_blocking;

use crate::api::{Outcome, told};

/// A PostgreSQL to throw away.
pub struct Cluster {
    /// `scripts/throwaway-postgres`.
    pub script: PathBuf,
    /// Its folder.
    pub folder: PathBuf,
    /// Its own database, as its superuser.
    pub url: String,
}

impl Cluster {
    async fn tell(&self, arguments: &[&str]) -> Outcome<()> {
        let mut command = Command::new(&self.script);
        command.arg(arguments[0]).arg(&self.folder);
        command.args(&arguments[1..]).stdin(Stdio::null());
        let output = run(command).await?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(format!("throwaway-postgres {arguments:?}: {said}"))
    }

    /// Stops it at once, as a crash would.
    pub async fn crash(&self) -> Outcome<()> {
        self.tell(&["stop", "immediate"]).await
    }

    /// Stops it in order if it runs, and starts it.
    pub async fn restart(&self) -> Outcome<()> {
        self.tell(&["restart"]).await
    }

    /// Makes a database; in a tablespace when its folder is given. Returns its URL.
    pub async fn create(&self, name: &str, tablespace: Option<&Path>) -> Outcome<String> {
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.connect(&self.url).await.map_err(told)?;
        let mut create = format!("CREATE DATABASE \"{name}\"");
        if let Some(folder) = tablespace {
            let space = format!("CREATE TABLESPACE small LOCATION '{}'", folder.display());
            pool.execute(AssertSqlSafe(space)).await.map_err(told)?;
            create.push_str(" TABLESPACE small");
        }
        pool.execute(AssertSqlSafe(create)).await.map_err(told)?;
        pool.close().await;
        let (server, _) = self
            .url
            .rsplit_once('/')
            .ok_or("a URL without a database")?;
        Ok(format!("{server}/{name}"))
    }

    /// What it says it is.
    pub async fn version(&self) -> Outcome<String> {
        let pool = PgPoolOptions::new().max_connections(1);
        let pool = pool.connect(&self.url).await.map_err(told)?;
        let asked = "SELECT split_part(version(), ' on ', 1) || ', fsync ' \
             || current_setting('fsync')";
        let version = sqlx::query_scalar(asked).fetch_one(&pool).await;
        pool.close().await;
        version.map_err(told)
    }
}

/// Runs a program to its end.
async fn run(mut command: Command) -> Outcome<Output> {
    let output = spawn_blocking(move || command.output());
    output.await.map_err(told)?.map_err(told)
}

/// A token with every scope, made by the program itself; it makes the tables too.
pub async fn token(program: &Path, database: &str) -> Outcome<String> {
    let arguments = [
        "--database",
        database,
        "token",
        "--name",
        "stress",
        "--scope",
        "all",
    ];
    let mut command = Command::new(program);
    command.args(arguments);
    let output = run(command).await?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// What the server's own check says: nothing when all is well.
pub async fn own_check(program: &Path, database: &str) -> Outcome<Option<String>> {
    let mut command = Command::new(program);
    command.args(["--database", database, "check"]);
    let output = run(command).await?;
    if output.status.success() {
        return Ok(None);
    }
    let [said, complained] =
        [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    Ok(Some(format!("{}: {said} {complained}", output.status)))
}
