//! A wholesaler's month of 42,481 lines, replayed through the API alone.

mod books;
mod data;
mod fate;
mod plan;
mod replay;
mod sums;

use std::time::Instant;

use rust_decimal::Decimal;

use crate::asking;
use crate::files;
use books::Books;
use data::Retail;
use fate::{Fate, Reason, Tally, listing, table, tallies};
use plan::Plan;
use replay::Replay;
use sums::Sums;

/// What is known of the files: lines, units and money by what becomes of them. The test computes
/// it from them as well.
const KNOWN: &[(Fate, usize, &str, &str)] = &[
    (Fate::Sold, 41_315, "358749", "777931.77"),
    (Fate::Given, 133, "272", "0"),
    (Fate::Charged, 164, "489", "32273.04"),
    (Fate::Returned, 292, "-3206", "-8057.47"),
    (Fate::Refunded, 1, "-1", "-18.00"),
    (Fate::Found, 70, "2805", "0"),
    (Fate::Gone, 70, "-4046", "0"),
    (Fate::Listed(Reason::NothingSold), 377, "-12609", "-9147.36"),
    (Fate::Listed(Reason::TooLittleSold), 8, "-108", "-160.77"),
    (Fate::Listed(Reason::OtherPrice), 21, "-86", "-242.26"),
    (Fate::Listed(Reason::NothingCharged), 11, "-14", "-2557.62"),
    (Fate::Listed(Reason::Discount), 8, "-8", "-693.98"),
    (Fate::Listed(Reason::MarketplaceFee), 7, "-5", "-39243.08"),
    (Fate::Listed(Reason::BankFee), 2, "-2", "-1062.30"),
    (Fate::Listed(Reason::Samples), 2, "-2", "-64.95"),
];
/// All lines, their units and their money.
const ALL: (usize, &str, &str) = (42_481, "342228", "748957.02");

fn read() -> Retail {
    let folder = data::folder();
    Retail::read(&folder).unwrap_or_else(|error| {
        panic!("THE MONTH OF RETAIL WAS NOT TRIED, so this is no success: {error}")
    })
}

fn number(text: &str) -> Decimal {
    text.parse().expect("a number of the table")
}

#[test]
fn online_retail_lines_all_have_one_fate() {
    let data = read();
    let (plan, sums) = (Plan::of(&data), Sums::of(&data));
    assert_eq!(plan.fates, sums.fates);
    let found = tallies(&data.lines, &plan.fates);
    let known = KNOWN.iter().map(|(fate, lines, units, money)| {
        let (lines, units, money) = (*lines, number(units), number(money));
        (
            *fate,
            Tally {
                lines,
                units,
                money,
            },
        )
    });
    assert_eq!(found, known.collect());
    eprintln!("{}", table(&found).join("\n"));
    let is_listed = |known: &&(Fate, usize, &str, &str)| matches!(known.0, Fate::Listed(_));
    let listed: usize = KNOWN.iter().filter(is_listed).map(|known| known.1).sum();
    assert_eq!(listing(&data.lines, &plan.fates).len(), listed);
    let mut total = Tally::default();
    for tally in found.values() {
        total.lines += tally.lines;
        total.units += tally.units;
        total.money += tally.money;
    }
    let (lines, units, money) = (ALL.0, number(ALL.1), number(ALL.2));
    assert_eq!(
        total,
        Tally {
            lines,
            units,
            money
        }
    );
    assert_eq!((data.lines.len(), sums.money), (lines, money));
}

both! {
    async fn online_retail_comes_out_to_the_penny(server: &TestServer) {
        let data = read();
        let plan = Plan::of(&data);
        let client = server.client();
        let progress = std::cell::Cell::new(0);
        let replay = Replay {
            api: &client,
            data: &data,
            plan: &plan,
            at_once: 8,
            done: &|| progress.set(progress.get() + 1),
        };
        let started = Instant::now();
        let made = replay.records().await;
        made.unwrap_or_else(|error| panic!("the records broke off: {error}"));
        let records = started.elapsed();
        let trading = Instant::now();
        let traded = replay.trade().await;
        traded.unwrap_or_else(|error| panic!("the replay broke off: {error}"));
        let traded = trading.elapsed();
        assert_eq!(progress.get(), replay.commands());
        let rate = data.lines.len() as f64 / traded.as_secs_f64();
        eprintln!(
            "online retail on {:?}: records {records:.1?}; {} lines in {traded:.1?}: {rate:.0} \
             lines per second",
            server.engine(),
            data.lines.len()
        );

        let reading = Instant::now();
        let books = Books::read(&client, &data).await;
        let books = books.unwrap_or_else(|error| panic!("the books cannot be read: {error}"));
        eprintln!("read back in {:.1?}", reading.elapsed());
        let sums = Sums::of(&data);
        assert_eq!(books.differences(&sums), Vec::<String>::new());
        assert_eq!(books.account_differences(&sums), Vec::<String>::new());
    }
}
