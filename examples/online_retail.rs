//! Replays a wholesaler's month on a running server, and compares what the server says then with
//! what the files say: `scripts/online-retail --url http://127.0.0.1:8080/graphql --token …`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

#[path = "../tests/it/asking.rs"]
mod asking;
#[path = "../tests/it/online_retail/books.rs"]
mod books;
#[path = "../tests/it/online_retail/data.rs"]
mod data;
#[path = "../tests/it/online_retail/fate.rs"]
mod fate;
#[path = "../tests/it/files.rs"]
mod files;
mod http;
#[path = "../tests/it/online_retail/plan.rs"]
mod plan;
#[path = "../tests/it/online_retail/replay.rs"]
mod replay;
#[path = "../tests/it/online_retail/sums.rs"]
mod sums;

use books::Books;
use data::Retail;
use fate::{listing, table, tallies};
use http::{Http, say};
use plan::Plan;
use replay::Replay;
use sums::Sums;

/// Replays a month of retail on a running server and prints the sums.
#[derive(Parser)]
struct Cli {
    /// Where the server answers.
    #[arg(
        long,
        env = "STOCKROOM_URL",
        default_value = "http://127.0.0.1:8080/graphql"
    )]
    url: String,
    /// A token with every scope: `stockroom token --name online-retail --scope all`.
    #[arg(long, env = "STOCKROOM_TOKEN", hide_env_values = true)]
    token: String,
    /// The folder of the files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Commands that run at once, where their order does not matter.
    #[arg(long, default_value_t = 8)]
    at_once: usize,
    /// Prints every line whose money is in no document, with the reason.
    #[arg(long)]
    list: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(differences) => {
            say(&format!("{differences} differences"));
            ExitCode::from(3)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "online-retail: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<usize, String> {
    let data = Retail::read(&cli.data.unwrap_or_else(data::folder))?;
    let plan = Plan::of(&data);
    if cli.list {
        for line in listing(&data.lines, &plan.fates) {
            say(&line);
        }
    }
    let api = Http {
        client: reqwest::Client::new(),
        url: cli.url,
        token: cli.token,
    };
    let bar = http::bar()?;
    let replay = Replay {
        api: &api,
        data: &data,
        plan: &plan,
        at_once: cli.at_once,
        done: &|| bar.inc(1),
    };
    bar.set_length(replay.commands());
    bar.set_message("records");
    let started = Instant::now();
    replay.records().await?;
    let recorded = started.elapsed();
    bar.set_message("the month");
    let trading = Instant::now();
    replay.trade().await?;
    let traded = trading.elapsed();
    bar.finish_and_clear();
    let books = Books::read(&api, &data).await?;
    let sums = Sums::of(&data);
    report(&data, &plan, (&books, &sums), (recorded, traded));
    // The accounts are the company's: they hold what else was posted on this server too.
    for difference in books.account_differences(&sums) {
        say(&format!("accounts: {difference}"));
    }
    let differences = books.differences(&sums);
    for difference in &differences {
        say(&format!("difference: {difference}"));
    }
    Ok(differences.len())
}

/// Prints the sums.
fn report(
    data: &Retail,
    plan: &Plan,
    (books, sums): (&Books, &Sums),
    (recorded, traded): (Duration, Duration),
) {
    for row in table(&tallies(&data.lines, &plan.fates)) {
        say(&row);
    }
    let (products, lines) = (books.products.len(), data.lines.len());
    say(&format!("variants              {products}"));
    say(&format!(
        "bills, orders closed  {}, {}",
        books.bills.len(),
        books.closed
    ));
    let (net, credited, listed) = (books.net, books.credited, sums.listed);
    say(&format!(
        "billed − credited + not mapped = {net} − {credited} + {listed} = {}; the files say {}",
        net - credited + listed,
        sums.money
    ));
    let rate = lines as f64 / traded.as_secs_f64();
    say(&format!(
        "time                  records {:.1} s; {lines} lines in {:.1} s, {rate:.0} per second",
        recorded.as_secs_f64(),
        traded.as_secs_f64()
    ));
}
