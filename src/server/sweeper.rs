//! The sweeper: tidies what time has ended. Nothing waits for it to be right; it only makes room
//! and tells subscribers.

use std::time::Duration;

use tokio::sync::watch;

use crate::identity::session;
use crate::platform::app::App;
use crate::platform::{clock, idempotency};
use crate::stock::hold::sweep;

/// Between two rounds; events of expired holds come within five seconds.
const ROUND_EVERY: Duration = Duration::from_secs(2);
/// Old idempotency keys are looked for once in so many rounds.
const ROUNDS_BETWEEN_KEYS: u64 = 300;
/// How long idempotency keys live.
const KEYS_LIVE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Sweeps until told to stop.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut round = 0_u64;
    loop {
        tokio::select! {
            () = tokio::time::sleep(ROUND_EVERY) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
        if let Err(error) = sweep::expire_due(&app).await {
            tracing::warn!(%error, "could not tidy expired holds; trying again");
        }
        round += 1;
        if round % ROUNDS_BETWEEN_KEYS != 1 {
            continue;
        }
        let micros = i64::try_from(KEYS_LIVE.as_micros()).expect("a week fits");
        let before = entity::vocab::Instant(clock::now().0 - micros);
        if let Err(error) = session::store::forget(app.db.writer(), before).await {
            tracing::warn!(%error, "could not forget old sessions; trying again");
        }
        if let Err(error) = idempotency::forget_keys(&app.db, before).await {
            tracing::warn!(%error, "could not forget old idempotency keys; trying again");
        }
    }
}
