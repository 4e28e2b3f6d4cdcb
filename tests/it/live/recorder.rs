//! Keeps what a subscriber saw, and holds it to the promise: nothing missed, nothing repeated.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::{Client, Subscription};

/// Every field of a level.
pub const LEVEL: &str = "variant { sku } warehouse { code } onHand sellable quarantined reserved \
    backordered available incoming unitCost value { amount currency } version updatedAt";

/// Every field of a change but its cause.
pub const CHANGED: &str = "cursor stockLevel { variant { sku } warehouse { code } onHand sellable \
    quarantined reserved backordered available incoming unitCost value { amount currency } \
    version updatedAt } change { sellable quarantined reserved backordered incoming \
    value { amount } }";

/// How long a subscriber waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The levels, by SKU and code of the warehouse.
pub type Levels = BTreeMap<(String, String), Value>;

/// What a subscriber gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Every version of every level.
    EveryChange,
    /// Newer and newer versions.
    Latest,
}

/// What one subscriber saw.
pub struct Recorder {
    mode: Mode,
    /// Each level as it was last told.
    pub levels: Levels,
    /// Levels in the snapshot.
    pub snapshot: usize,
    /// Changes.
    pub changes: usize,
    snapshot_cursor: Option<String>,
    cursors: HashSet<String>,
}

impl Recorder {
    /// A recorder that has seen nothing.
    pub fn new(mode: Mode) -> Self {
        Self {
            mode,
            levels: Levels::new(),
            snapshot: 0,
            changes: 0,
            snapshot_cursor: None,
            cursors: HashSet::new(),
        }
    }

    /// Takes one item, and panics when it breaks the promise.
    pub fn take(&mut self, item: &Value) {
        let item = &item["stockLevelChanged"];
        let level = item["stockLevel"].clone();
        let key = key_of(&level);
        let cursor = item["cursor"].as_str().map(str::to_owned);
        let before = self.levels.get(&key);
        if item["change"].is_null() {
            assert_eq!(self.changes, 0, "a snapshot item behind a change: {item}");
            assert!(before.is_none(), "twice in the snapshot: {item}");
            assert!(
                self.snapshot_cursor.is_none(),
                "behind the end of the snapshot: {item}"
            );
            self.snapshot_cursor = cursor;
            self.snapshot += 1;
        } else {
            let cursor = cursor.expect("a change has a cursor");
            let is_ended = self.snapshot == 0 || self.snapshot_cursor.is_some();
            assert!(is_ended, "a snapshot ends with a cursor: {item}");
            let is_new = self.cursors.insert(cursor.clone());
            assert!(is_new, "repeated: {item}");
            assert_ne!(
                self.snapshot_cursor,
                Some(cursor),
                "was in the snapshot: {item}"
            );
            assert_follows(self.mode, before, item);
            self.changes += 1;
        }
        self.levels.insert(key, level);
    }

    /// Records a subscription until something is told of this SKU, and gives both back.
    pub async fn follow(mut self, mut subscription: Subscription, until: String) -> Self {
        loop {
            let item = subscription.try_next(PATIENCE).await;
            let item = item.unwrap_or_else(|| panic!("nothing came, and no {until}"));
            self.take(&item);
            if item["stockLevelChanged"]["stockLevel"]["variant"]["sku"] == *until {
                subscription.close().await;
                return self;
            }
        }
    }
}

fn assert_follows(mode: Mode, before: Option<&Value>, item: &Value) {
    let level = &item["stockLevel"];
    let version_before = before.map_or(0, version);
    match mode {
        Mode::EveryChange => {
            let next = version_before + 1;
            assert_eq!(
                version(level),
                next,
                "missed or repeated, behind {before:?}: {item}"
            );
            for field in [
                "sellable",
                "quarantined",
                "reserved",
                "backordered",
                "incoming",
            ] {
                let was = before.map_or(Decimal::ZERO, |level| decimal(&level[field]));
                let is = was + decimal(&item["change"][field]);
                assert_eq!(
                    decimal(&level[field]),
                    is,
                    "{field} of {item} behind {before:?}"
                );
            }
            let was = before.map_or(Decimal::ZERO, |level| decimal(&level["value"]["amount"]));
            let is = was + decimal(&item["change"]["value"]["amount"]);
            assert_eq!(decimal(&level["value"]["amount"]), is, "value of {item}");
        }
        Mode::Latest => {
            assert!(
                version(level) > version_before,
                "older than {before:?}: {item}"
            );
        }
    }
}

/// A level's SKU and the code of its warehouse.
pub fn key_of(level: &Value) -> (String, String) {
    let text = |value: &Value| value.as_str().expect("a level has a place").to_owned();
    (
        text(&level["variant"]["sku"]),
        text(&level["warehouse"]["code"]),
    )
}

/// A level's version.
pub fn version(level: &Value) -> i64 {
    level["version"].as_i64().expect("a version is a number")
}

/// A number of the API.
pub fn decimal(value: &Value) -> Decimal {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no number"));
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

/// All levels there are, read by pages.
pub async fn levels(client: &Client) -> Levels {
    let query = format!(
        "query($after: String) {{ stockLevels(first: 250, after: $after) {{ \
         pageInfo {{ hasNextPage endCursor }} nodes {{ {LEVEL} }} }} }}"
    );
    let mut found = Levels::new();
    let mut after = Value::Null;
    loop {
        let data = client.query(&query, json!({ "after": after })).await;
        let page = &data["stockLevels"];
        for level in page["nodes"].as_array().expect("nodes are a list") {
            found.insert(key_of(level), level.clone());
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

/// Panics with the levels that differ.
pub fn assert_same(seen: &Levels, stored: &Levels) {
    for (key, level) in stored {
        assert_eq!(seen.get(key), Some(level), "{key:?} is not as it is stored");
    }
    assert_eq!(
        seen.len(),
        stored.len(),
        "levels that are not stored were seen"
    );
}
