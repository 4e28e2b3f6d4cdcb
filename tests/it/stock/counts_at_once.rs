//! Counts while others sell, receive and count: by chance against a model, and at once.

use serde_json::{Value, json};

use super::counts::{COUNT, begin, tally};
use crate::concurrency::at_once;
use crate::model::dice::Dice;
use crate::support::{Client, shop};

const SEEDS: [u64; 5] = [1, 2, 3, 4, 5];
const COMMANDS: usize = 150;
const SKUS: [&str; 2] = ["TEA", "CUP"];

/// What is on a shelf, what the books say of it, and what the open count found.
#[derive(Clone, Copy, Debug, Default)]
struct Shelf {
    there: i64,
    booked: i64,
    difference: Option<i64>,
    /// Whether something vanished or turned up since it was counted.
    disturbed: bool,
}

/// The world as it should be, beside the server that is played on.
struct Play<'c> {
    client: &'c Client,
    dice: Dice,
    shelves: [Shelf; 2],
    count: Option<Value>,
    posted: usize,
    refused: usize,
}

impl Play<'_> {
    async fn step(&mut self) {
        let place = self.dice.below(SKUS.len());
        match self.dice.below(14) {
            0 | 1 => self.receive(place).await,
            2..=4 => self.sell(place).await,
            5 | 6 => self.disturb(place),
            7 => self.begin().await,
            8..=10 => self.record(place).await,
            11 | 12 => self.post().await,
            _ if self.dice.chance(20) => self.cancel().await,
            _ => self.adjust(place).await,
        }
        for (sku, shelf) in SKUS.iter().zip(&self.shelves) {
            let level = shop::level(self.client, sku, "MAIN").await;
            let told = level["sellable"].as_str().unwrap_or("0");
            assert_eq!(told, shelf.booked.to_string(), "{sku}: {shelf:?}");
        }
    }

    async fn receive(&mut self, place: usize) {
        let quantity = self.dice.between(1, 9);
        let line = (SKUS[place], &*quantity.to_string(), "3");
        shop::receive(self.client, "MAIN", &[line]).await;
        self.shelves[place].there += quantity;
        self.shelves[place].booked += quantity;
    }

    /// What the books say is there is sold, when it really is.
    async fn sell(&mut self, place: usize) {
        let shelf = self.shelves[place];
        let most = shelf.there.min(shelf.booked);
        if most == 0 {
            return;
        }
        let quantity = self.dice.between(1, most.min(6));
        sell(self.client, SKUS[place], &quantity.to_string()).await;
        self.shelves[place].there -= quantity;
        self.shelves[place].booked -= quantity;
    }

    /// Something vanishes or turns up, and nobody tells the books.
    fn disturb(&mut self, place: usize) {
        let by = self.dice.between(-3, 3);
        let shelf = &mut self.shelves[place];
        shelf.there = (shelf.there + by).max(0);
        shelf.disturbed = true;
    }

    async fn adjust(&mut self, place: usize) {
        let shelf = self.shelves[place];
        let delta = if shelf.booked > 0 && shelf.there > 0 {
            -1
        } else {
            1
        };
        let line = json!({ "variant": { "sku": SKUS[place] }, "unitCost": "2",
            "change": { "delta": delta.to_string() } });
        let input = json!({ "warehouse": { "code": "MAIN" }, "reason": "INTERNAL_USE",
            "lines": [line] });
        self.client
            .accept("stockAdjust", input, "stockAdjustment { id }")
            .await;
        self.shelves[place].there += delta;
        self.shelves[place].booked += delta;
    }

    async fn begin(&mut self) {
        if self.count.is_none() {
            self.count = Some(begin(self.client, &SKUS, Value::Null).await);
            self.shelves
                .iter_mut()
                .for_each(|shelf| shelf.difference = None);
        }
    }

    /// What is there is counted; the books of this moment are kept beside it.
    async fn record(&mut self, place: usize) {
        let Some(count) = &self.count else { return };
        let shelf = &mut self.shelves[place];
        let input = tally(count, &[(SKUS[place], &shelf.there.to_string())]);
        let told = self.client.accept("stockCountRecord", input, COUNT).await;
        let line = &told["stockCount"]["lines"][place];
        let difference = shelf.there - shelf.booked;
        let wanted = [shelf.there, shelf.booked, difference].map(|n| json!(n.to_string()));
        let told = ["counted", "expected", "difference"].map(|field| line[field].clone());
        assert_eq!(told, wanted);
        shelf.difference = Some(difference);
        shelf.disturbed = false;
    }

    async fn post(&mut self) {
        let Some(count) = self.count.clone() else {
            return;
        };
        let finished = self
            .client
            .mutate("stockCountFinish", count.clone(), COUNT)
            .await;
        let is_complete = self.shelves.iter().all(|shelf| shelf.difference.is_some());
        assert_eq!(finished["errors"] == json!([]), is_complete, "{finished}");
        if !is_complete {
            return;
        }
        let mut input = count;
        let cost = |sku: &&str| json!({ "variant": { "sku": sku }, "unitCost": "3" });
        input["unitCosts"] = SKUS.iter().map(cost).collect();
        let posted = self.client.mutate("stockCountPost", input, COUNT).await;
        let after = |shelf: &Shelf| shelf.booked + shelf.difference.unwrap_or(0);
        let fits = self.shelves.iter().all(|shelf| after(shelf) >= 0);
        assert_eq!(
            posted["errors"] == json!([]),
            fits,
            "{:?}: {posted}",
            self.shelves
        );
        if !fits {
            // It is open to be counted again, and all that is missing can be.
            self.refused += 1;
            for place in 0..SKUS.len() {
                self.record(place).await;
            }
            return;
        }
        for shelf in &mut self.shelves {
            shelf.booked += shelf.difference.take().unwrap_or(0);
            assert!(shelf.disturbed || shelf.booked == shelf.there, "{shelf:?}");
        }
        self.posted += 1;
        self.count = None;
    }

    async fn cancel(&mut self) {
        if let Some(count) = self.count.take() {
            self.client.accept("stockCountCancel", count, COUNT).await;
        }
    }
}

async fn sell(client: &Client, sku: &str, quantity: &str) {
    let order = shop::order("ANNA", "MAIN", &[(sku, quantity)]);
    let made = client
        .accept("salesOrderPlace", order, "salesOrder { id }")
        .await;
    let order = json!({ "salesOrder": { "id": made["salesOrder"]["id"] } });
    client
        .accept("fulfilmentShip", order, "salesOrder { id }")
        .await;
}

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    for sku in SKUS {
        shop::variant(client, sku, Some("7.50")).await;
    }
}

/// Twenty sell 2 each while four count 50, of a shelf that the books say has 60 to 100; then ten
/// sell 1 each while the count is posted.
async fn sell_count_and_post(others: [Client; 2]) {
    let client = others[0].clone();
    open_shop(&client).await;
    shop::receive(&client, "MAIN", &[("TEA", "100", "3"), ("CUP", "1", "2")]).await;
    let count = begin(&client, &["TEA"], Value::Null).await;
    let callers = (others.clone(), count.clone());
    let told = at_once(24, move |n| {
        let (client, count) = (callers.0[n % 2].clone(), callers.1.clone());
        async move {
            if n % 6 == 5 {
                let input = tally(&count, &[("TEA", "50")]);
                return client.accept("stockCountRecord", input, COUNT).await;
            }
            sell(&client, "TEA", "2").await;
            Value::Null
        }
    })
    .await;
    assert_eq!(told.iter().filter(|one| !one.is_null()).count(), 4);
    let done = client
        .accept("stockCountFinish", count.clone(), COUNT)
        .await;
    let line = &done["stockCount"]["lines"][0];
    assert_eq!(line["timesCounted"], 4);
    let expected = line["expected"].as_str().and_then(|text| text.parse().ok());
    let expected: i64 = expected.expect("a whole number");
    assert!(
        (60..=100).contains(&expected) && expected % 2 == 0,
        "{expected}"
    );
    at_once(11, move |n| {
        let (client, count) = (others[n % 2].clone(), count.clone());
        async move {
            if n == 5 {
                client.accept("stockCountPost", count, COUNT).await;
            } else {
                sell(&client, "TEA", "1").await;
            }
        }
    })
    .await;
    let shipped_after = (expected - 60) + 10;
    let level = shop::level(&client, "TEA", "MAIN").await;
    assert_eq!(
        level["sellable"],
        (50 - shipped_after).to_string(),
        "counted - shipped after"
    );
}

both! {
    async fn whatever_happens_between_counting_and_posting_the_shelf_and_the_books_agree(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let mut shelves = [Shelf::default(); 2];
        let (mut posted, mut refused) = (0, 0);
        for seed in SEEDS {
            let (client, dice, count) = (&client, Dice::of(seed), None);
            let mut play = Play { client, dice, shelves, count, posted: 0, refused: 0 };
            for _ in 0..COMMANDS {
                play.step().await;
            }
            play.cancel().await;
            (posted, refused) = (posted + play.posted, refused + play.refused);
            shelves = play.shelves;
        }
        assert!(posted >= 10, "{posted} counts were posted, {refused} refused");
    }

    async fn who_sells_while_others_count_and_post_changes_no_difference(server: &TestServer) {
        sell_count_and_post([server.client(), server.client()]).await;
    }
}

postgres_only! {
    async fn who_sells_at_another_server_changes_no_difference_either(server: &TestServer) {
        let second = server.second().await;
        sell_count_and_post([server.client(), second.client()]).await;
        second.stop().await;
    }
}
