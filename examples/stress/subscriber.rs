//! Subscribers by server-sent events: each hears of every level, comes back behind its cursor when
//! its connection breaks, and at the end knows every level as it is.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::api::{Outcome, told};
use crate::check::books::Books;
use crate::check::{ledger, millionths};
use crate::load::{Shared, address};

/// What is subscribed to.
const SUBSCRIPTION: &str = "subscription($snapshot: Boolean!, $after: String, \
     $mode: StockLevelMode!) { stockLevelChanged(snapshot: $snapshot, after: $after, mode: $mode) \
     { cursor stockLevel { version sellable quarantined reserved backordered incoming \
     variant { sku } warehouse { code } } } }";
/// Between two attempts to connect.
const CONNECT_AGAIN: Duration = Duration::from_millis(50);
/// When nothing has come for so long after the end, all has come.
const QUIET: Duration = Duration::from_secs(2);

/// What a subscriber heard last of a level: its version, and the first five of what it stores.
type Heard = (i64, [i64; 5]);

/// What one subscriber heard.
#[derive(Debug, Default)]
pub struct Ear {
    /// Levels as they were told last.
    pub levels: HashMap<(String, String), Heard>,
    /// Messages.
    pub messages: usize,
    /// How often it came back.
    pub breaks: usize,
    /// What was told that cannot be.
    pub wrong: Vec<String>,
    is_every: bool,
    cursor: Option<String>,
    /// Whether this stream has told something: then it has begun, and tells all or waits.
    is_begun: bool,
    /// Whether this stream could not begin: then it has to come back behind its cursor.
    is_turned_away: bool,
}

/// Listens until the end, and then until all is quiet.
pub async fn listen(shared: Arc<Shared>, number: usize) -> Outcome<Ear> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .map_err(told)?;
    let mut ear = Ear {
        is_every: number % 2 == 1,
        ..Ear::default()
    };
    let mut server = number;
    loop {
        let mode = if ear.is_every {
            "EVERY_CHANGE"
        } else {
            "LATEST"
        };
        let variables = json!({
            "snapshot": ear.cursor.is_none(), "after": ear.cursor, "mode": mode,
        });
        let request = client
            .post(address(&shared.addresses, server))
            .bearer_auth(&shared.token)
            .header("accept", "text/event-stream")
            .json(&json!({ "query": SUBSCRIPTION, "variables": variables }));
        if let Ok(answer) = request.send().await
            && answer.status().is_success()
            && ear.read(&shared, answer).await
        {
            return Ok(ear);
        }
        ear.breaks += 1;
        server += 1;
        tokio::time::sleep(CONNECT_AGAIN).await;
    }
}

impl Ear {
    /// Reads a stream; whether the end has come, and not only that of the connection.
    async fn read(&mut self, shared: &Shared, answer: reqwest::Response) -> bool {
        let mut stream = answer.bytes_stream();
        let mut text = Vec::new();
        let mut last = Instant::now();
        self.is_begun = false;
        loop {
            let next = tokio::time::timeout(Duration::from_millis(200), stream.next()).await;
            match next {
                Ok(Some(Ok(bytes))) => {
                    text.extend_from_slice(&bytes);
                    while let Some(end) = text.windows(2).position(|two| two == b"\n\n") {
                        let block: Vec<u8> = text.drain(..end + 2).collect();
                        if self.take(&String::from_utf8_lossy(&block)) {
                            last = Instant::now();
                        }
                        if std::mem::take(&mut self.is_turned_away) {
                            return false;
                        }
                    }
                }
                Ok(_) => return false,
                Err(_) => {}
            }
            let is_over = shared.is_settled();
            if is_over && last.elapsed() > QUIET {
                return true;
            }
        }
    }

    /// Takes a block of the stream; whether it told a level.
    fn take(&mut self, block: &str) -> bool {
        let Some(data) = block.lines().find_map(|line| line.strip_prefix("data:")) else {
            return false;
        };
        let Ok(message) = serde_json::from_str::<Value>(data) else {
            return false;
        };
        let changed = &message["data"]["stockLevelChanged"];
        if changed.is_null() {
            let text = message.to_string();
            // A server whose database is away may say so to who comes, never to who is there: then
            // it waits. All that is subscribed to here is loaded before it is told.
            self.is_turned_away = !self.is_begun && text.contains("UNAVAILABLE");
            if message.get("errors").is_some() && !self.is_turned_away {
                self.wrong.push(text);
            }
            return false;
        }
        self.is_begun = true;
        let is_snapshot = self.cursor.is_none();
        if let Some(cursor) = changed["cursor"].as_str() {
            self.cursor = Some(cursor.to_owned());
        }
        let level = &changed["stockLevel"];
        let names = &ledger::NAMES[..5];
        let mut state = [0; 5];
        for (number, name) in state.iter_mut().zip(names) {
            *number = millionths(level[name].as_str().unwrap_or_default()).unwrap_or(-1);
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let place = (
            text(&level["variant"]["sku"]),
            text(&level["warehouse"]["code"]),
        );
        let version = level["version"].as_i64().unwrap_or_default();
        let before = self.levels.insert(place.clone(), (version, state));
        self.messages += 1;
        let before = before.map_or(0, |(version, _)| version);
        let fits = if is_snapshot {
            version >= before
        } else if self.is_every {
            version == before + 1
        } else {
            version > before
        };
        if !fits {
            let what = format!("{place:?}: version {version} comes after {before}");
            self.wrong.push(what);
        }
        true
    }

    /// What differs from the levels in the books.
    pub fn compare(&self, books: &Books) -> Vec<String> {
        let mut wrong = self.wrong.clone();
        for level in &books.levels {
            let (sku, code) = level.place;
            let names = (books.skus.get(&sku), books.warehouses.get(&code));
            let (Some(sku), Some(code)) = names else {
                continue;
            };
            let mut state = [0; 5];
            state.copy_from_slice(&level.state[..5]);
            let heard = self.levels.get(&(sku.clone(), code.clone()));
            if heard != Some(&(level.version, state)) {
                wrong.push(format!(
                    "{sku} in {code}: a subscriber heard {heard:?} last, it is {level:?}"
                ));
            }
        }
        wrong
    }
}
