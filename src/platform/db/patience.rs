//! Asking again while the database is away.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use sea_orm::DbErr;

use super::{Failure, failure_of};

/// The first pause; each is twice as long as the one before, with jitter, so that the many who wait
/// do not all come back at once.
const PAUSE_MIN: Duration = Duration::from_millis(100);
/// The longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// The patience of one who has to be told and cannot be told otherwise. It has no end of its own:
/// it ends with whoever waits.
pub struct Patience {
    pauses: ExponentialBackoff,
}

impl Default for Patience {
    fn default() -> Self {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(PAUSE_MIN)
            .with_max_delay(PAUSE_MAX)
            .without_max_times()
            .with_jitter()
            .build();
        Self { pauses }
    }
}

impl Patience {
    /// Waits before the next attempt, and says whether to make one: not behind an error that would
    /// only come again.
    pub async fn endures(&mut self, error: &DbErr) -> bool {
        if !matches!(failure_of(error), Failure::Unavailable | Failure::Conflict) {
            return false;
        }
        let pause = self.pauses.next().unwrap_or(PAUSE_MAX);
        tracing::debug!(%error, ?pause, "the database is away; asking again");
        tokio::time::sleep(pause).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_never_end() {
        let pauses: Vec<Duration> = Patience::default().pauses.take(1_000).collect();
        assert_eq!(pauses.len(), 1_000);
        assert!(
            pauses[0] >= PAUSE_MIN && pauses[0] < 2 * PAUSE_MIN,
            "{pauses:?}"
        );
        let (short, long) = (PAUSE_MAX, 2 * PAUSE_MAX);
        assert!(
            pauses[10..]
                .iter()
                .all(|pause| *pause >= short && *pause <= long)
        );
    }

    #[tokio::test]
    async fn what_would_only_fail_again_is_not_waited_for() {
        let mistake = DbErr::Custom("a mistake of ours".to_owned());
        assert!(!Patience::default().endures(&mistake).await);
    }
}
