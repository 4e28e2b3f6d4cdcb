//! The generator of the load: so many clients, each with a connection of its own, each asking
//! again as soon as it has its answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::api::{Api, Outcome, bytes_of::Body, told};

/// How long the clients run before anything is counted.
const WARM_UP: Duration = Duration::from_millis(500);
/// Where errors stand in an answer: near its end.
const TAIL: usize = 512;

/// Makes the next request's body.
pub type Bodies = Arc<dyn Fn(&mut ChaCha8Rng) -> Body + Send + Sync>;

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Latency {
    /// Half are shorter.
    pub p50: f64,
    /// 95 of 100 are shorter.
    pub p95: f64,
    /// 99 of 100 are shorter.
    pub p99: f64,
}

impl Latency {
    /// Of times in microseconds.
    pub fn of(mut microseconds: Vec<i64>) -> Self {
        microseconds.sort_unstable();
        let at = |share: f64| {
            let place = (microseconds.len() as f64 * share) as usize;
            let last = microseconds.len().saturating_sub(1);
            let found = microseconds.get(place.min(last));
            found.map_or(0.0, |time| *time as f64 / 1_000.0)
        };
        Self {
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
        }
    }
}

/// What a run brought.
pub struct Ran {
    /// Requests that began and ended in the time.
    pub requests: usize,
    /// The time.
    pub seconds: f64,
    /// How long they took.
    pub latency: Latency,
}

/// Runs clients for some time; `begin` is called when counting begins.
pub async fn run<B>(
    api: &Api,
    bodies: &Bodies,
    (clients, time): (usize, Duration),
    begin: impl FnOnce() -> B,
) -> Outcome<(Ran, B)> {
    let counting = Arc::new(AtomicBool::new(false));
    let stop = Arc::new(AtomicBool::new(false));
    let mut tasks = Vec::new();
    for client in 0..clients {
        // Each has a pool of connections, and uses one of it.
        let api = Api::new(&api.url, &api.token)?;
        let (bodies, counting, stop) = (bodies.clone(), counting.clone(), stop.clone());
        tasks.push(tokio::spawn(async move {
            ask(&api, &bodies, client, &counting, &stop).await
        }));
    }
    tokio::time::sleep(WARM_UP).await;
    let before = begin();
    counting.store(true, Ordering::Relaxed);
    let began = Instant::now();
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let seconds = began.elapsed().as_secs_f64();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.map_err(told)??);
    }
    let ran = Ran {
        requests: all.len(),
        seconds,
        latency: Latency::of(all),
    };
    Ok((ran, before))
}

/// One client: its latencies in microseconds.
async fn ask(
    api: &Api,
    bodies: &Bodies,
    client: usize,
    counting: &AtomicBool,
    stop: &AtomicBool,
) -> Outcome<Vec<i64>> {
    let mut random = ChaCha8Rng::seed_from_u64(client as u64 + now_as_seed());
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let body = bodies(&mut random);
        let counts = counting.load(Ordering::Relaxed);
        let began = Instant::now();
        let answer = api.post(body).await?;
        let took = began.elapsed();
        if has_errors(&answer) {
            return Err(String::from_utf8_lossy(&answer).into_owned());
        }
        if counts && !stop.load(Ordering::Relaxed) {
            times.push(i64::try_from(took.as_micros()).map_err(told)?);
        }
    }
    Ok(times)
}

/// Another sequence in every run, so that a run does not ask what the last one asked.
pub fn now_as_seed() -> u64 {
    let since = std::time::UNIX_EPOCH.elapsed().unwrap_or_default();
    since.as_micros() as u64
}

fn has_errors(answer: &[u8]) -> bool {
    let tail = &answer[answer.len().saturating_sub(TAIL)..];
    let mark = b"\"errors\":[{";
    tail.windows(mark.len()).any(|part| part == mark)
}
