//! Makes the company, through the API like everybody else.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use entity::vocab::ApiTokenId;

use super::api::Api;
use super::company::{Company, Extent};
use super::history::{self, History, Made};
use super::open::{self, Open};
use super::plan::plan;
use super::progress::Progress;
use super::{Failure, MANAGER, OPERATOR};
use crate::identity::token::ops::{CreateToken, create_as_operator};
use crate::identity::token::secret;
use crate::platform::actor::{Actor, Scope};
use crate::server::Server;

/// What was made.
#[derive(Clone, Debug)]
pub struct Report {
    /// The secret of the token that everything was made with.
    pub secret: String,
    /// Sales orders of the history.
    pub orders: usize,
    /// Their lines.
    pub lines: usize,
    /// Purchase orders of the history.
    pub purchases: usize,
    /// How long it took.
    pub took: Duration,
}

impl std::fmt::Display for Report {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (orders, lines, purchases) = (self.orders, self.lines, self.purchases);
        let seconds = self.took.as_secs_f64();
        write!(
            to,
            "{orders} sales orders with {lines} lines, {purchases} purchase orders and what \
             became of them, in {seconds:.1} s"
        )
    }
}

/// Makes the company in the database of a server.
///
/// # Errors
/// [`Failure`]; what was made so far is of no use then.
pub async fn make(
    server: &Server,
    company: &Company,
    extent: Extent,
    progress: impl FnOnce(u64) -> Progress,
) -> Result<Report, Failure> {
    let begun = Instant::now();
    let plan = plan(company, &extent);
    let commands = history::commands(company, &plan) + open::COMMANDS;
    let progress = progress(commands as u64);
    let (secret, clerk) = token(server, OPERATOR, Some(about(&extent))).await?;
    let (_, manager) = token(server, MANAGER, None).await?;
    let mut history = History {
        api: Api::new(server.caller(), clerk),
        manager: Api::new(server.caller(), manager),
        company,
        extent,
        plan: &plan,
        progress: &progress,
        made: Made::default(),
    };
    progress.phase("Records");
    history.records().await?;
    progress.phase("History");
    history.open().await?;
    history.play().await?;
    if extent.has_open {
        progress.phase("Open documents");
        Open::new(&history).make().await?;
    }
    progress.end();
    Ok(Report {
        secret,
        orders: plan.orders.len(),
        lines: plan.orders.iter().map(|order| order.lines.len()).sum(),
        purchases: plan.purchases.len(),
        took: begun.elapsed(),
    })
}

/// What a demo is made from, in words; kept with its token.
#[must_use]
pub fn about(extent: &Extent) -> String {
    format!("seed {} on {}", extent.seed, extent.today)
}

/// A token with every scope: its secret, and who it is.
async fn token(
    server: &Server,
    name: &str,
    description: Option<String>,
) -> Result<(String, Actor), Failure> {
    let scopes: BTreeSet<Scope> = Scope::ALL.iter().copied().collect();
    let command = CreateToken {
        id: ApiTokenId::generate(),
        name: name.to_owned(),
        scopes: scopes.clone(),
        description,
        expires_at: None,
        secret: secret::generate(),
    };
    create_as_operator(&server.app().db, &command).await?;
    let actor = Actor::token(command.id, command.name, scopes);
    Ok((command.secret, actor))
}
