//! Events come in the order of commits, and none is skipped, whoever is slow to commit.

use std::sync::Arc;
use std::time::Duration;

use entity::vocab::OperationId;
use serde_json::{Value, json};
use sqlx::{Connection, Executor, PgConnection, Row};
use stockroom::platform::app::App;
use stockroom::platform::db::{End, TxError};
use stockroom::platform::event::{self, NewEvent};
use stockroom::stock::ledger::{LEVEL_CHANGED, LevelFacts};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::{WAREHOUSE, receive, stocked};
use crate::support::{Client, Subscription, TestServer};

/// The version that tells the events of this file from those of the API.
const FORGED: i64 = 7_777;
/// What must wait is watched for so long.
const WATCHED: Duration = Duration::from_millis(300);
/// Less, so that the open transaction is not ended for being idle.
const SHORTLY: Duration = Duration::from_millis(100);

const QUERY: &str = "subscription($after: String) {
    stockLevelChanged(after: $after, mode: EVERY_CHANGE) {
        cursor stockLevel { variant { id } version }
    }
}";

/// What `src/platform/event.rs` does at the end of a transaction: it waits for its turn and writes.
/// The event is a copy of the last one, with a version of its own.
const APPEND: &str = "WITH turn AS MATERIALIZED \
    (SELECT pg_advisory_xact_lock(6013553875234062337)) \
    INSERT INTO event (operation_id, kind, schema_version, subject_id, facts, recorded_at) \
    SELECT fact.operation_id, fact.kind, fact.schema_version, fact.subject_id, \
    jsonb_set(fact.facts::jsonb, '{level,version}', '7777')::text, fact.recorded_at \
    FROM turn CROSS JOIN (SELECT * FROM event WHERE kind = 'stock_level.changed' \
    ORDER BY sequence DESC LIMIT 1) AS fact RETURNING sequence";

/// A transaction that has written its event and does not commit yet.
struct Open {
    commit: Arc<Notify>,
    ended: JoinHandle<Result<i64, TxError>>,
}

impl Open {
    async fn begin(app: &App) -> Self {
        let (written, commit) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let template = all_events(app).await.pop().expect("something has happened");
        let (app, tell, go_on) = (app.clone(), Arc::clone(&written), Arc::clone(&commit));
        let ended = tokio::spawn(async move {
            app.db
                .transact(|tx| {
                    let (tell, go_on) = (Arc::clone(&tell), Arc::clone(&go_on));
                    let mut facts: Value =
                        serde_json::from_str(&template.facts).expect("facts are JSON");
                    facts["level"]["version"] = FORGED.into();
                    let event = NewEvent {
                        operation_id: OperationId::generate(),
                        kind: LEVEL_CHANGED,
                        schema_version: template.schema_version,
                        subject_id: template.subject_id,
                        facts: facts.to_string(),
                    };
                    Box::pin(async move {
                        let rows = event::append(tx, vec![event]).await?;
                        tell.notify_one();
                        go_on.notified().await;
                        Ok(End::Commit(rows[0].0))
                    })
                })
                .await
        });
        written.notified().await;
        Self { commit, ended }
    }

    async fn commit(self) -> i64 {
        self.commit.notify_one();
        let ended = self.ended.await.expect("the transaction does not panic");
        ended.expect("the transaction commits")
    }
}

async fn all_events(app: &App) -> Vec<entity::platform::event::Model> {
    let mut events = event::after(app.db.reader(), 0, 10_000)
        .await
        .expect("events can be read");
    events.retain(|event| event.kind == LEVEL_CHANGED);
    events
}

/// What the database holds behind a number, as a subscriber should see it.
async fn stored_after(app: &App, sequence: i64) -> Vec<(String, i64)> {
    let later = |event: &entity::platform::event::Model| event.sequence > sequence;
    let seen = |event: entity::platform::event::Model| {
        let facts: LevelFacts = serde_json::from_str(&event.facts).expect("facts of a level");
        (facts.level.variant_id.to_string(), facts.level.version)
    };
    all_events(app)
        .await
        .into_iter()
        .filter(later)
        .map(seen)
        .collect()
}

async fn subscribe(client: &Client, after: &Value) -> Subscription {
    client.subscribe(QUERY, json!({ "after": after })).await
}

async fn told(stream: &mut Subscription) -> (String, i64) {
    let item = stream.next().await;
    let level = &item["stockLevelChanged"]["stockLevel"];
    let id = level["variant"]["id"].as_str().expect("an id").to_owned();
    (id, level["version"].as_i64().expect("a version"))
}

/// Receives goods in a task of its own; the answer is the place in the stream behind it.
fn receiving(client: &Client, sku: &'static str) -> JoinHandle<Value> {
    let client = client.clone();
    tokio::spawn(async move { receive(&client, WAREHOUSE, sku, "1").await })
}

async fn assert_waits(tasks: &mut [JoinHandle<Value>]) {
    let first = futures_util::future::select_all(tasks.iter_mut());
    let waited = tokio::time::timeout(WATCHED, first).await;
    assert!(
        waited.is_err(),
        "answered before its turn: {:?}",
        waited.map(|all| all.0)
    );
}

both! {
    async fn who_is_slow_to_commit_holds_others_up_and_no_event_is_skipped(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["O-1", "O-2", "O-3"]).await;
        let start = receive(&client, WAREHOUSE, "O-1", "1").await["eventCursor"].clone();
        let from = all_events(server.app()).await.pop().expect("an event").sequence;
        let mut stream = subscribe(&client, &start).await;
        let open = Open::begin(server.app()).await;
        let mut others = ["O-1", "O-2", "O-3", "O-1", "O-2"].map(|sku| receiving(&client, sku));
        assert_waits(&mut others).await;
        // Nothing is read from the database meanwhile: who waits here has a connection each.
        let early = stream.try_next(SHORTLY).await;
        assert_eq!(early, None, "told before its turn");
        let forged = open.commit().await;
        for other in others {
            other.await.expect("the others are answered then");
        }
        let stored = stored_after(server.app(), from).await;
        assert_eq!(stored.len(), 6);
        assert_eq!(stored[0].1, FORGED, "who wrote first is first: {stored:?}");
        assert_eq!(stored_after(server.app(), forged).await.len(), 5, "and the others behind");
        for (place, expected) in stored.iter().enumerate() {
            assert_eq!(told(&mut stream).await, *expected, "event {place}");
        }
        stream.close().await;
    }
}

async fn raw(server: &TestServer) -> PgConnection {
    let mut raw = PgConnection::connect(&server.database_url())
        .await
        .expect("a connection of one's own");
    raw.execute("BEGIN").await.expect("a transaction opens");
    let row = raw.fetch_one(APPEND).await.expect("an event is written");
    let sequence: i64 = row.get(0);
    assert!(sequence > 0);
    raw
}

postgres_only! {
    async fn another_process_slow_to_commit_makes_no_server_skip(server: &TestServer) {
        let client = server.client();
        let second = server.second().await;
        stocked(&client, &["O-1", "O-2"]).await;
        let start = receive(&client, WAREHOUSE, "O-1", "1").await["eventCursor"].clone();
        let from = all_events(server.app()).await.pop().expect("an event").sequence;
        let mut here = subscribe(&client, &start).await;
        let mut there = subscribe(&second.client(), &start).await;
        let mut raw = raw(server).await;
        let mut others = [receiving(&client, "O-1"), receiving(&second.client(), "O-2")];
        assert_waits(&mut others).await;
        raw.execute("COMMIT").await.expect("it commits");
        for other in others {
            other.await.expect("the others are answered then");
        }
        let stored = stored_after(server.app(), from).await;
        assert_eq!(stored.len(), 3);
        assert_eq!(stored[0].1, FORGED, "who wrote first is first: {stored:?}");
        for expected in &stored {
            assert_eq!(told(&mut here).await, *expected);
            assert_eq!(told(&mut there).await, *expected);
        }
        here.close().await;
        there.close().await;
        second.stop().await;
    }
}

postgres_only! {
    async fn a_number_that_was_never_committed_stops_nobody(server: &TestServer) {
        let client = server.client();
        stocked(&client, &["O-1"]).await;
        let start = receive(&client, WAREHOUSE, "O-1", "1").await["eventCursor"].clone();
        let from = all_events(server.app()).await.pop().expect("an event").sequence;
        let mut stream = subscribe(&client, &start).await;
        let mut raw = raw(server).await;
        let mut others = [receiving(&client, "O-1")];
        assert_waits(&mut others).await;
        raw.execute("ROLLBACK").await.expect("it is given up");
        for other in others {
            other.await.expect("the other is answered then");
        }
        let last = all_events(server.app()).await.pop().expect("an event").sequence;
        assert!(last > from + 1, "{from} and {last} have a hole between them");
        assert_eq!(told(&mut stream).await.1, 3);
        stream.close().await;
    }
}
