//! The statements that the server sends for a request, read from PostgreSQL's own log.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Duration;

use sqlx::postgres::PgPool;

use crate::api::{Api, Outcome, bytes_of::Body, told};

/// How long PostgreSQL may take to hear of a setting, and the server to end what a request began.
const A_MOMENT: Duration = Duration::from_millis(600);
/// As long as the server's slowest regular look into the database takes to come by.
const IDLE: Duration = Duration::from_secs(5);

/// A statement as it was executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// With `$1`, `$2`, … in place of values.
    pub sql: String,
    /// The values as text; none is NULL.
    pub parameters: Vec<Option<String>>,
}

/// A request with what came of it.
pub struct Captured {
    /// When it was sent, in milliseconds since 1970.
    pub sent_at: u128,
    /// The answer.
    pub answer: Body,
    /// The statements, in the order in which they began.
    pub statements: Vec<Statement>,
}

/// Reads what PostgreSQL logs.
pub struct Log<'a> {
    /// Its file.
    pub path: &'a Path,
    /// To its server.
    pub pool: &'a PgPool,
}

impl Log<'_> {
    /// Sends each of these alone, and returns the statements of each, without those that the server
    /// sends by itself from time to time.
    pub async fn capture(&self, api: &Api, requests: &[Body]) -> Outcome<Vec<Captured>> {
        // Each connection of the server has prepared everything before.
        for body in requests.iter().cycle().take(requests.len().max(48)) {
            api.post(body.clone()).await?;
        }
        self.say_all(true).await?;
        let from = self.length()?;
        tokio::time::sleep(IDLE).await;
        let mut idle: HashSet<String> = self.since(from)?.into_iter().map(|one| one.sql).collect();
        // Requests have transactions of their own.
        idle.retain(|sql| !matches!(sql.as_str(), "BEGIN" | "COMMIT"));
        let mut all = Vec::new();
        for body in requests {
            let from = self.length()?;
            let sent_at = now();
            let answer = api.post(body.clone()).await?;
            tokio::time::sleep(A_MOMENT / 3).await;
            let mut statements = self.since(from)?;
            statements.retain(|one| !idle.contains(&one.sql) && !one.sql.contains("pg_notify"));
            all.push(Captured {
                sent_at,
                answer,
                statements,
            });
        }
        self.say_all(false).await?;
        drop_rare(&mut all);
        Ok(all)
    }

    async fn say_all(&self, all: bool) -> Outcome<()> {
        let value = if all { "SET" } else { "RESET" };
        let to = if all { " = 'all'" } else { "" };
        let alter = format!("ALTER SYSTEM {value} log_statement{to}");
        for statement in [alter.as_str(), "SELECT pg_reload_conf()"] {
            let query = sqlx::query(sqlx::AssertSqlSafe(statement));
            query.execute(self.pool).await.map_err(told)?;
        }
        tokio::time::sleep(A_MOMENT).await;
        Ok(())
    }

    fn length(&self) -> Outcome<u64> {
        Ok(std::fs::metadata(self.path).map_err(told)?.len())
    }

    fn since(&self, from: u64) -> Outcome<Vec<Statement>> {
        let mut file = File::open(self.path).map_err(told)?;
        file.seek(SeekFrom::Start(from)).map_err(told)?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(told)?;
        Ok(parse(&text))
    }
}

/// Milliseconds since 1970.
fn now() -> u128 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    since.as_millis()
}

/// Removes statements that most of the requests, which are of one kind, do without.
fn drop_rare(all: &mut [Captured]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for captured in all.iter() {
        let texts: HashSet<&String> = captured.statements.iter().map(|one| &one.sql).collect();
        for text in texts {
            *seen.entry(text.clone()).or_default() += 1;
        }
    }
    let enough = all.len().div_ceil(2);
    for captured in all.iter_mut() {
        captured
            .statements
            .retain(|one| seen.get(&one.sql).is_some_and(|times| *times >= enough));
    }
}

/// The statements in a part of the log.
fn parse(text: &str) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for entry in entries(text) {
        if let Some((_, said)) = entry.split_once("] LOG:  ") {
            let sql = said.strip_prefix("statement: ").or_else(|| {
                let (_, sql) = said.strip_prefix("execute ")?.split_once(": ")?;
                Some(sql)
            });
            if let Some(sql) = sql {
                statements.push(Statement {
                    sql: sql.to_owned(),
                    parameters: Vec::new(),
                });
            }
        } else if let Some((_, said)) = entry.split_once("] DETAIL:  parameters: ")
            && let Some(last) = statements.last_mut()
        {
            last.parameters = values(said);
        }
    }
    statements
}

/// The log's entries: a line that begins with a tab goes on with the one before.
fn entries(text: &str) -> Vec<String> {
    let mut entries: Vec<String> = Vec::new();
    for line in text.lines() {
        match (line.strip_prefix('\t'), entries.last_mut()) {
            (Some(more), Some(last)) => {
                last.push('\n');
                last.push_str(more);
            }
            _ => entries.push(line.to_owned()),
        }
    }
    entries
}

/// The values of `$1 = 'one', $2 = NULL`.
fn values(said: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    let mut rest = said;
    while let Some((_, value)) = rest.split_once(" = ") {
        let Some(quoted) = value.strip_prefix('\'') else {
            values.push(None);
            rest = value.strip_prefix("NULL").unwrap_or(value);
            continue;
        };
        let (mut text, mut end) = (String::new(), quoted.len());
        let mut letters = quoted.char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != '\'' {
                text.push(letter);
            } else if letters.next_if(|(_, next)| *next == '\'').is_some() {
                // Two quotes are one of the text.
                text.push(letter);
            } else {
                end = at + 1;
                break;
            }
        }
        values.push(Some(text));
        rest = &quoted[end..];
    }
    values
}
