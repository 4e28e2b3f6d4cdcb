//! Brings a small trading company into a running server, and compares what the server says then
//! with what the files say: `scripts/northwind --url http://127.0.0.1:8080/graphql --token …`.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

#[path = "../tests/it/asking.rs"]
mod asking;
#[path = "../tests/it/northwind/books.rs"]
mod books;
#[path = "../tests/it/northwind/data.rs"]
mod data;
#[path = "../tests/it/files.rs"]
mod files;
mod http;
#[path = "../tests/it/northwind/import.rs"]
mod import;
#[path = "../tests/it/northwind/receivables.rs"]
mod receivables;

use books::Books;
use data::Northwind;
use http::{Http, say};
use import::Import;
use receivables::Receivables;

/// Imports Northwind into a running server and prints the sums.
#[derive(Parser)]
struct Cli {
    /// Where the server answers.
    #[arg(
        long,
        env = "STOCKROOM_URL",
        default_value = "http://127.0.0.1:8080/graphql"
    )]
    url: String,
    /// A token with every scope: `stockroom token --name northwind --scope all`.
    #[arg(long, env = "STOCKROOM_TOKEN", hide_env_values = true)]
    token: String,
    /// The folder of the files.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Commands of one day that run at once.
    #[arg(long, default_value_t = 1)]
    at_once: usize,
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
            let _ = writeln!(std::io::stderr(), "northwind: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<usize, String> {
    let data = Northwind::read(&cli.data.unwrap_or_else(data::folder))?;
    let api = Http {
        client: reqwest::Client::new(),
        url: cli.url,
        token: cli.token,
    };
    let bar = http::bar()?;
    let import = Import {
        api: &api,
        data: &data,
        at_once: cli.at_once,
        done: &|| bar.inc(1),
    };
    bar.set_length(import.commands());
    let started = Instant::now();
    bar.set_message("records");
    import.records().await?;
    bar.set_message("goods");
    import.buy().await?;
    bar.set_message("orders");
    let trading = Instant::now();
    import.trade().await?;
    import.leave_open().await?;
    import.leave_on_order().await?;
    let traded = trading.elapsed();
    bar.finish_and_clear();
    let elapsed = started.elapsed();
    let books = Books::read(&api, &data).await?;
    let differences = report(&data, &books, elapsed, traded);
    let days = (data.last_day(), data.last_day());
    let money = Receivables::read(&api, days.0, days.1).await?;
    // The accounts are the company's: they hold what else was posted on this server too.
    for difference in money.differences(&data, &books, days) {
        say(&format!("accounts: {difference}"));
    }
    Ok(differences)
}

/// Prints the sums; returns how many differ from the files'.
fn report(data: &Northwind, books: &Books, elapsed: Duration, traded: Duration) -> usize {
    let matches = |here: bool| {
        if here {
            "as in the files"
        } else {
            "NOT as in the files"
        }
    };
    let all = |what: fn(&Northwind, &data::Product, &books::Stock) -> bool| {
        let same = data.products.iter().filter(|product| {
            let stock = books.stock.get(&product.sku());
            stock.is_some_and(|stock| what(data, product, stock))
        });
        same.count()
    };
    let on_hand = all(|_, product, stock| stock.on_hand == product.in_stock);
    let available = all(|data, product, stock| stock.available == data.available(product));
    let (products, customers) = (data.products.len(), data.customers.len());
    say(&format!("products, customers   {products}, {customers}"));
    say(&format!(
        "orders                {} with {} lines; {} shipped",
        books.orders, books.lines, books.shipped
    ));
    say(&format!(
        "on hand               {on_hand} of {products} as in the files"
    ));
    say(&format!(
        "available             {available} of {products} as in the files; {} below zero",
        books.oversold()
    ));
    let same = matches(books.exact_revenue == data.exact_revenue());
    let exact = books.exact_revenue.normalize();
    say(&format!("revenue, exact        {exact} EUR, {same}"));
    let same = matches(books.net_revenue == data.net_revenue());
    say(&format!(
        "revenue, net          {} EUR, {same}",
        books.net_revenue
    ));
    say(&format!(
        "value in − out = left {} − {} = {}",
        books.received_value.normalize(),
        books.shipped_cost.normalize(),
        books.stock_value.normalize()
    ));
    let rate = books.orders as f64 / traded.as_secs_f64();
    say(&format!(
        "time                  {:.1} s; {rate:.0} orders per second, placed, shipped, billed and paid",
        elapsed.as_secs_f64()
    ));
    let differences = books.differences(data);
    for difference in &differences {
        say(&format!("difference: {difference}"));
    }
    differences.len()
}
