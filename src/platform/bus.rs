//! The bus: brings committed events to this server's subscribers, in commit order.
//!
//! The database is the truth and a notification only a wake-up: one reader per server reads what
//! is new behind the highest number it saw, keeps the latest in memory, and tells subscribers how
//! far it is. A subscriber that fell behind what is kept reads from the database. Servers on one
//! PostgreSQL wake each other with NOTIFY, sent outside of any transaction.

use std::collections::VecDeque;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use entity::platform::event::Model as Event;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use sqlx::postgres::PgListener;
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::clock;
use super::db::Db;
use super::event;
use super::meters::Meters;

/// Events kept in memory.
const KEPT: usize = 8_192;
/// Events read at once.
const PAGE: u64 = 1_000;
/// Without any wake-up the reader looks this often.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Between attempts to listen again after the connection broke.
const LISTEN_AGAIN: Duration = Duration::from_millis(500);
const CHANNEL: &str = "stockroom_event";

struct Recent {
    /// Every event above this number, up to the latest, is kept.
    floor: i64,
    events: VecDeque<Arc<Event>>,
}

struct Shared {
    db: Db,
    meters: Meters,
    server_id: Uuid,
    wake: Notify,
    /// One reads at a time, so that every event is kept once.
    reading: tokio::sync::Mutex<()>,
    latest: watch::Sender<i64>,
    recent: RwLock<Recent>,
}

/// The bus of one server; clones share it.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

impl Bus {
    /// Starts reading behind the latest event there is.
    ///
    /// # Errors
    /// The database's.
    pub async fn start(db: Db, stop: watch::Receiver<bool>, meters: Meters) -> Result<Self, DbErr> {
        let floor = event::latest(db.reader()).await?;
        let shared = Arc::new(Shared {
            db,
            meters,
            server_id: Uuid::now_v7(),
            wake: Notify::new(),
            reading: tokio::sync::Mutex::new(()),
            latest: watch::Sender::new(floor),
            recent: RwLock::new(Recent {
                floor,
                events: VecDeque::new(),
            }),
        });
        tokio::spawn(read(Arc::clone(&shared), stop.clone()));
        if shared.db.backend() == DbBackend::Postgres {
            tokio::spawn(listen(Arc::clone(&shared), stop));
        }
        Ok(Self { shared })
    }

    /// Something was committed here.
    pub fn wake(&self) {
        self.shared.wake.notify_one();
    }

    /// Tells, as it grows, the number up to which events can be read.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<i64> {
        self.shared.latest.subscribe()
    }

    /// Events after a number, in order, at most about a thousand: from memory, or from the
    /// database when they are older than what is kept.
    ///
    /// # Errors
    /// The database's.
    pub async fn after(&self, sequence: i64) -> Result<Vec<Arc<Event>>, DbErr> {
        if let Some(events) = self.shared.kept_after(sequence) {
            return Ok(events);
        }
        let events = event::after(self.shared.db.reader(), sequence, PAGE).await?;
        Ok(events.into_iter().map(Arc::new).collect())
    }
}

impl Shared {
    fn kept_after(&self, sequence: i64) -> Option<Vec<Arc<Event>>> {
        let recent = self
            .recent
            .read()
            .expect("nothing panics while it holds this lock");
        if sequence < recent.floor {
            return None;
        }
        let from = recent
            .events
            .partition_point(|event| event.sequence <= sequence);
        let page = usize::try_from(PAGE).expect("a page is small");
        Some(
            recent
                .events
                .iter()
                .skip(from)
                .take(page)
                .cloned()
                .collect(),
        )
    }

    /// Reads everything that is new. Says whether there was anything.
    async fn catch_up(&self) -> Result<bool, DbErr> {
        let _reading = self.reading.lock().await;
        let mut found = false;
        loop {
            let latest = *self.latest.borrow();
            let events = event::after(self.db.reader(), latest, PAGE).await?;
            let Some(last) = events.last().map(|event| event.sequence) else {
                return Ok(found);
            };
            found = true;
            let is_all = (events.len() as u64) < PAGE;
            self.count(&events);
            self.keep(events);
            self.latest.send_replace(last);
            if is_all {
                return Ok(found);
            }
        }
    }

    fn count(&self, events: &[Event]) {
        let count = u64::try_from(events.len()).expect("a page is small");
        self.meters.events.inc_by(count);
        if let Some(newest) = events.last() {
            let lag = clock::now().0 - newest.recorded_at.0;
            // Clocks of servers differ; a gauge is no place for exact numbers.
            #[expect(clippy::cast_precision_loss, reason = "a lag is small")]
            self.meters.event_lag.set(lag.max(0) as f64 / 1e6);
        }
    }

    fn keep(&self, events: Vec<Event>) {
        let mut recent = self
            .recent
            .write()
            .expect("nothing panics while it holds this lock");
        recent.events.extend(events.into_iter().map(Arc::new));
        while recent.events.len() > KEPT {
            let oldest = recent.events.pop_front().expect("longer than what is kept");
            recent.floor = oldest.sequence;
        }
    }

    async fn tell_other_servers(&self) -> Result<(), DbErr> {
        let sql = "SELECT pg_notify($1, $2)";
        let values = [CHANNEL.into(), self.server_id.to_string().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        self.db.writer().execute_raw(statement).await.map(|_| ())
    }
}

/// Reads on a wake-up, and now and then without one.
async fn read(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    loop {
        let woken = tokio::select! {
            () = shared.wake.notified() => true,
            () = tokio::time::sleep(LOOK_EVERY) => false,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match shared.catch_up().await {
            Ok(true) if woken && shared.db.backend() == DbBackend::Postgres => {
                if let Err(error) = shared.tell_other_servers().await {
                    tracing::warn!(%error, "could not wake the other servers; they look");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "could not read new events; trying again"),
        }
    }
}

/// Listens for other servers. Whatever is missed while the connection is down is found by the
/// reader, which looks by number.
async fn listen(shared: Arc<Shared>, mut stop: watch::Receiver<bool>) {
    loop {
        let listening = async {
            let pool = shared.db.writer().get_postgres_connection_pool();
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(CHANNEL).await?;
            loop {
                let notification = listener.recv().await?;
                if notification.payload() != shared.server_id.to_string() {
                    // Not `wake`: an echo of an echo would never end.
                    if let Err(error) = shared.catch_up().await {
                        tracing::warn!(%error, "could not read new events; trying again");
                    }
                }
            }
        };
        let broken: Result<(), sqlx::Error> = tokio::select! {
            broken = listening => broken,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        if let Err(error) = broken {
            tracing::warn!(%error, "the notification channel broke; connecting again");
        }
        tokio::select! {
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
