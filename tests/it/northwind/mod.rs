//! A small trading company's two years, brought in through the API alone, while others watch.

mod books;
mod data;
mod import;
mod receivables;

use std::time::Instant;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::asking;
use crate::files;
use crate::live::recorder::{Mode, Recorder, assert_same, levels};
use crate::live::{self, subscription};
use crate::support::Client;
use books::Books;
use data::Northwind;
use import::Import;
use receivables::Receivables;

/// What is known of the files; the test computes it from them as well.
const EXACT_REVENUE: &str = "1265793.0395";
const NET_REVENUE: &str = "1265793.29";
const OVERSOLD: usize = 17;
/// Commands of the whole import.
const COMMANDS: u64 = 3_623;
/// A day in the midst of it.
const MIDST: &str = "1997-06-30";
/// The SKU by which subscribers know that all is over.
const END: &str = "THE-END";

fn read() -> Northwind {
    let folder = data::folder();
    Northwind::read(&folder)
        .unwrap_or_else(|error| panic!("NORTHWIND WAS NOT TRIED, so this is no success: {error}"))
}

/// Subscribes now, and keeps what is told until the end.
async fn watcher(client: &Client, mode: Mode) -> JoinHandle<Recorder> {
    let arguments = match mode {
        Mode::EveryChange => live::EVERY_CHANGE,
        Mode::Latest => "snapshot: true, mode: LATEST",
    };
    let stream = client.subscribe(&subscription(arguments), json!({})).await;
    tokio::spawn(Recorder::new(mode).follow(stream, END.to_owned()))
}

/// Subscribes in the midst of it.
fn latecomer(client: Client, mut progress: watch::Receiver<u64>) -> JoinHandle<Recorder> {
    tokio::spawn(async move {
        let half = progress.wait_for(|commands| *commands > 900).await.is_ok();
        assert!(half, "the import ended before its half");
        let watching = watcher(&client, Mode::EveryChange).await;
        watching.await.expect("the latecomer keeps up")
    })
}

async fn run(import: &Import<'_, Client>) -> Result<(), String> {
    import.records().await?;
    import.buy().await?;
    import.trade().await?;
    import.leave_open().await?;
    import.leave_on_order().await
}

fn assert_books(books: &Books, data: &Northwind) {
    assert_eq!(books.differences(data), Vec::<String>::new());
    assert_eq!(books.exact_revenue.normalize().to_string(), EXACT_REVENUE);
    assert_eq!(books.net_revenue.to_string(), NET_REVENUE);
    assert_eq!(books.oversold(), OVERSOLD);
    let counts = (
        data.products.len(),
        data.customers.len(),
        data.open().count(),
    );
    assert_eq!(counts, (77, 91, 21));
    assert_eq!((books.orders, books.shipped, books.lines), (830, 809, 2155));
}

both! {
    async fn northwind_comes_out_to_the_cent_and_watchers_miss_nothing(server: &TestServer) {
        let data = read();
        let client = server.client();
        let (progress, watched) = watch::channel(0);
        let mut watchers = vec![
            watcher(&client, Mode::EveryChange).await,
            watcher(&client, Mode::Latest).await,
        ];
        let second = match server.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => Some(server.second().await),
        };
        if let Some(second) = &second {
            watchers.push(watcher(&second.client(), Mode::EveryChange).await);
        }
        let elsewhere = second.as_ref().map_or_else(|| client.clone(), TestServer::client);
        watchers.push(latecomer(elsewhere, watched));
        let import = Import {
            api: &client,
            data: &data,
            at_once: 8,
            done: &|| progress.send_modify(|commands| *commands += 1),
        };
        let started = Instant::now();
        let imported = run(&import).await;
        imported.unwrap_or_else(|error| panic!("the import broke off: {error}"));
        let elapsed = started.elapsed();
        assert_eq!(*progress.borrow(), import.commands());
        assert_eq!(import.commands(), COMMANDS);
        eprintln!("northwind on {:?}: {elapsed:.1?}", server.engine());

        let books = Books::read(&client, &data).await;
        let books = books.unwrap_or_else(|error| panic!("the books cannot be read: {error}"));
        assert_books(&books, &data);
        let (last, midst) = (data.last_day(), MIDST);
        let money = Receivables::read(&client, last, midst).await;
        let money = money.unwrap_or_else(|error| panic!("the accounts cannot be read: {error}"));
        assert_eq!(money.differences(&data, &books, (last, midst)), Vec::<String>::new());
        live::ring(&client, import::WAREHOUSE, END).await;
        let stored = levels(&client).await;
        for watcher in watchers {
            let recorder = watcher.await.expect("a watcher keeps up");
            assert_same(&recorder.levels, &stored);
            let (snapshot, changes) = (recorder.snapshot, recorder.changes);
            eprintln!("a watcher saw {snapshot} levels in its snapshot and {changes} changes");
        }
        if let Some(second) = second {
            second.stop().await;
        }
    }
}
