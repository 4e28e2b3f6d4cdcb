//! When tokens were last used: written in the background, at most once a minute per token, so that
//! no request waits for it and a crash loses at most that.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant as Moment};

use entity::vocab::ApiTokenId;
use tokio::sync::{mpsc, watch};

use super::store;
use crate::platform::clock;
use crate::platform::db::Db;

/// Uses that wait to be written; what comes beyond is forgotten, and comes again.
const QUEUE_MAX: usize = 1_024;
/// A token's use is written at most so often.
const WRITE_EVERY: Duration = Duration::from_secs(60);
/// Tokens whose last writing is remembered.
const REMEMBERED_MAX: usize = 10_000;

/// Where uses are told; clones share it.
#[derive(Clone)]
pub struct Uses {
    queue: mpsc::Sender<ApiTokenId>,
}

impl Uses {
    /// Starts writing, until told to stop.
    #[must_use]
    pub fn start(db: Db, stop: watch::Receiver<bool>) -> Self {
        let (queue, told) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(write(db, told, stop));
        Self { queue }
    }

    /// A token was used.
    pub fn note(&self, id: ApiTokenId) {
        // Full: it is used again soon, or it does not matter.
        let _ = self.queue.try_send(id);
    }
}

async fn write(db: Db, mut told: mpsc::Receiver<ApiTokenId>, mut stop: watch::Receiver<bool>) {
    let mut written: HashMap<ApiTokenId, Moment> = HashMap::new();
    loop {
        let first = tokio::select! {
            first = told.recv() => first,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let Some(first) = first else { return };
        let mut used = BTreeSet::from([first]);
        while let Ok(next) = told.try_recv() {
            used.insert(next);
        }
        used.retain(|id| written.get(id).is_none_or(|at| at.elapsed() >= WRITE_EVERY));
        if used.is_empty() {
            continue;
        }
        if written.len() + used.len() > REMEMBERED_MAX {
            written.clear();
        }
        written.extend(used.iter().map(|id| (*id, Moment::now())));
        if let Err(error) = store::note_uses(db.writer(), used, clock::now()).await {
            tracing::warn!(%error, "could not note when tokens were used");
        }
    }
}
