//! The same seed makes the same company on the same day.

use chrono::NaiveDate;
use serde_json::Value;
use stockroom::config::{Config, ServerSettings};
use stockroom::demo::company::{Company, Extent};
use stockroom::demo::making;
use stockroom::demo::progress::Progress;
use stockroom::server::Server;
use tempfile::tempdir;

use crate::support::{Client, database, people};

const ALL: &str = "{
  salesOrders(first: 200) { nodes { number date gross { amount } fulfilmentStatus } }
  purchaseOrders(first: 200) { nodes { number date gross { amount } status } }
  invoices(first: 200) { nodes { number date gross { amount } paymentStatus } }
  payments(first: 200) { nodes { number date amount { amount } } }
  stockTransfers(first: 200) { nodes { number date status } }
  stockLevels(first: 200) { nodes { variant { sku } warehouse { code } onHand available } }
  trialBalance(asOf: \"2026-03-17\") { accounts { debit { amount } credit { amount } } }
}";

/// Some weeks of a part of the company.
async fn made(seed: u64) -> Value {
    let folder = tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("some.db").display());
    let mut settings = database::settings(&url);
    settings.is_scratch = true;
    let mut config = Config {
        server: ServerSettings {
            port: 0,
            ..ServerSettings::default()
        },
        database: settings,
        ..Config::default()
    };
    people::make_passwords_cheap(&mut config);
    let server = Server::build(&config).await.expect("it starts");
    let mut company = Company::read();
    company.catalog = company.catalog.first(10);
    let today = NaiveDate::from_ymd_opt(2026, 3, 17).expect("a day");
    let extent = Extent {
        days: 25,
        orders: 2_500,
        has_open: false,
        ..Extent::year(seed, today)
    };
    let report = making::make(&server, &company, extent, Progress::unseen).await;
    let report = report.expect("it is made");
    assert!(report.orders > 30, "{report}");
    let url = format!("http://127.0.0.1:{}/graphql", server.port());
    let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(server.run_until_stopped(async move {
        let _ = stopping.await;
    }));
    let client = Client::new(url, Some(report.secret));
    let all = client.query(ALL, Value::Null).await;
    let _ = stop.send(());
    running.await.expect("it ends").expect("in order");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_makes_the_same_documents_with_the_same_numbers_and_totals() {
    let (one, again) = tokio::join!(made(3), made(3));
    assert_eq!(one, again);
}
