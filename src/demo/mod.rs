//! Demo mode: a small wholesaler in a database of its own, made from a seed, and what to try.
//!
//! `company` (with `catalog`, `suppliers`, `customers`) says who it is, `demand` and `season` what
//! its customers want, `plan` what happens in a year: all of it pure. `records`, `history` and
//! `open` play that through the API.

pub mod api;
pub mod catalog;
pub mod company;
pub mod customers;
pub mod demand;
pub mod folder;
pub mod history;
pub mod live;
pub mod making;
pub mod open;
pub mod plan;
pub mod progress;
pub mod records;
pub mod season;
pub mod seed;
pub mod suppliers;
mod table;

use std::path::Path;

use crate::cli::{say, say_first_administrator, stop_signal};
use crate::config::Config;
use crate::identity::company::store::CompanySettings;
use crate::platform::clock;
use crate::server::Server;
use api::Api;
use company::{Company, Extent};
use folder::{Folder, Made};
use making::Report;
use progress::Progress;

/// The name of the token that the demo is made with, and is its owner.
pub const OPERATOR: &str = "demo";
/// The name of the token that approves what the first has written.
pub const MANAGER: &str = "demo-manager";

/// Why there is no demo, for the command line.
pub type Failure = Box<dyn std::error::Error>;

/// How the demo is to be.
#[derive(Clone, Debug)]
pub struct Wish {
    /// The folder of its files.
    pub folder: String,
    /// Whether to start over.
    pub is_fresh: bool,
    /// What chance begins with.
    pub seed: Option<u64>,
    /// About how many sales orders there are in the year.
    pub orders: Option<u32>,
    /// Whether something goes on.
    pub is_live: bool,
}

/// Runs the server on the demo database; makes it at the first start.
///
/// # Errors
/// What went wrong, for the command line.
pub async fn run(mut config: Config, wish: &Wish) -> Result<u8, Failure> {
    config.company = CompanySettings {
        name: company::NAME.to_owned(),
        base_currency: "EUR".to_owned(),
        time_zone: config.company.time_zone,
    };
    let folder = Folder::take(&wish.folder)?;
    let made = made(&config, wish, &folder).await?;
    config.database.url = url(&folder.database());
    let server = Server::build(&config).await?.in_demo_mode(&made.secret);
    let base = format!("http://{}:{}", config.server.host, server.port());
    say(&format!("Stockroom demo: {}", company::NAME));
    for line in addresses(&base) {
        say(&line);
    }
    let (database, token) = (folder.database(), &made.secret);
    say(&format!("Database: {}", database.display()));
    say(&format!("Made from: {}", made.about));
    say(&format!("Token: {token}"));
    say_first_administrator(&server);
    say("\nTry it in another terminal:\n");
    say(&format!(
        "curl -s {base}/graphql -H 'Authorization: Bearer {token}' \
         -H 'Content-Type: application/json' \\\n  \
         -d '{{\"query\":\"{{ productVariants(first: 5) {{ nodes {{ sku name price stockLevels {{ \
         available warehouse {{ name }} }} }} }} }}\"}}'"
    ));
    say("\nStop with Ctrl-C.");
    let api = Api::new(server.caller(), made.actor.clone());
    let stop = async {
        if wish.is_live {
            live::go_on(&api, wish.seed.unwrap_or(seed::SEED), stop_signal()).await;
        } else {
            stop_signal().await;
        }
    };
    server.run_until_stopped(stop).await?;
    Ok(0)
}

/// Where it answers, a line each.
fn addresses(base: &str) -> Vec<String> {
    vec![
        format!("GraphiQL: {base}/"),
        format!("Live stock board: {base}/board"),
        format!("GraphQL: {base}/graphql"),
    ]
}

/// The demo of the folder: the one that is there, or a new one.
async fn made(config: &Config, wish: &Wish, folder: &Folder) -> Result<Made, Failure> {
    match folder.made().await? {
        Some(_) if wish.is_fresh => folder.remove()?,
        Some(made) => {
            let other = |seed: &u64| !made.about.starts_with(&format!("seed {seed} "));
            if wish.seed.as_ref().is_some_and(other) {
                let about = &made.about;
                return Err(format!(
                    "the demo in {} was made from {about}; add --fresh to make another",
                    wish.folder
                )
                .into());
            }
            return Ok(made);
        }
        None => {}
    }
    folder.clear()?;
    let report = make(config, wish, folder).await?;
    folder.complete(&report.secret)?;
    say(&format!("Made {report}."));
    let made = folder.made().await?;
    Ok(made.ok_or("the demo that was just made is gone")?)
}

async fn make(config: &Config, wish: &Wish, folder: &Folder) -> Result<Report, Failure> {
    let mut config = config.clone();
    config.database.url = url(&folder.making());
    config.database.is_scratch = true;
    let server = Server::build(&config).await?;
    let today = server.app().company.day(clock::now());
    let orders = wish.orders.unwrap_or(company::ORDERS);
    let extent = Extent::year_of(wish.seed.unwrap_or(seed::SEED), today, orders);
    let company = Company::read();
    let report = making::make(&server, &company, extent, Progress::seen).await;
    if report.is_ok() {
        say_first_administrator(&server);
    }
    server.close().await;
    report
}

fn url(database: &Path) -> String {
    format!("sqlite://{}", database.display())
}
