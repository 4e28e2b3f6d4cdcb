//! What those who run the server ask it: is it alive, is it ready, what has it counted.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actix_web::{HttpResponse, web};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use rustix::process::{Resource, getrlimit};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::platform::app::App;
use crate::platform::db::Db;

/// A database that takes longer to answer is not there.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// What the answers are made of.
pub struct Operations {
    db: Db,
    registry: Registry,
    stopping: watch::Receiver<bool>,
    has_metrics: bool,
}

impl Operations {
    /// Of a server.
    #[must_use]
    pub fn of(app: &App, stopping: watch::Receiver<bool>, has_metrics: bool) -> Self {
        let mut registry = Registry::default();
        app.meters.register(&mut registry);
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register(
            "stockroom_build",
            "Which Stockroom runs",
            Info::new(version),
        );
        registry.register_collector(Box::new(Process {
            db: app.db.clone(),
            started: SystemTime::now(),
        }));
        Self {
            db: app.db.clone(),
            registry,
            stopping,
            has_metrics,
        }
    }
}

/// Mounts the three.
pub fn routes(config: &mut web::ServiceConfig, operations: web::Data<Operations>) {
    config
        .route(
            "/healthz",
            web::get().to(|| async { HttpResponse::Ok().body("ok\n") }),
        )
        .service(
            web::resource("/readyz")
                .app_data(operations.clone())
                .route(web::get().to(ready)),
        )
        .service(
            web::resource("/metrics")
                .app_data(operations)
                .route(web::get().to(metrics)),
        );
}

/// Whether requests are served: the database answers, and the server is not about to stop.
async fn ready(operations: web::Data<Operations>) -> HttpResponse {
    if *operations.stopping.borrow() {
        return HttpResponse::ServiceUnavailable().body("stopping\n");
    }
    match timeout(ANSWERS_WITHIN, operations.db.ping()).await {
        Ok(Ok(())) => HttpResponse::Ok().body("ready\n"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database does not answer");
            HttpResponse::ServiceUnavailable().body("the database does not answer\n")
        }
        Err(_) => {
            tracing::warn!("not ready: the database does not answer in time");
            HttpResponse::ServiceUnavailable().body("the database does not answer in time\n")
        }
    }
}

async fn metrics(operations: web::Data<Operations>) -> HttpResponse {
    if !operations.has_metrics {
        return HttpResponse::NotFound().body("server.metrics is off\n");
    }
    let mut text = String::new();
    if let Err(error) = encode(&mut text, &operations.registry) {
        tracing::error!(%error, "the metrics cannot be written");
        return HttpResponse::InternalServerError().finish();
    }
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .body(text)
}

/// What is measured when it is asked for: the process, and the pool.
#[derive(Clone)]
struct Process {
    db: Db,
    started: SystemTime,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Process")
    }
}

impl Collector for Process {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let (used, idle) = self.db.connections();
        let text = "Connections to the database";
        let mut pool = encoder.encode_descriptor(
            "stockroom_pool_connections",
            text,
            None,
            MetricType::Gauge,
        )?;
        for (state, count) in [("idle", idle), ("used", used)] {
            let labels = [("state", state)];
            let family: MetricEncoder<'_> = pool.encode_family(&labels)?;
            ConstGauge::new(i64::try_from(count).unwrap_or(i64::MAX)).encode(family)?;
        }
        let cpu = ConstCounter::new(cpu_seconds());
        let text = "Processor time";
        let place =
            encoder.encode_descriptor("process_cpu_seconds", text, None, MetricType::Counter)?;
        cpu.encode(place)?;
        let since = self.started.duration_since(UNIX_EPOCH).unwrap_or_default();
        let text = "When the process started, since 1970";
        let kind = MetricType::Gauge;
        let place = encoder.encode_descriptor("process_start_time_seconds", text, None, kind)?;
        ConstGauge::new(since.as_secs_f64()).encode(place)?;
        if let Some(bytes) = resident_bytes() {
            let text = "Memory in use";
            let kind = MetricType::Gauge;
            let place =
                encoder.encode_descriptor("process_resident_memory_bytes", text, None, kind)?;
            ConstGauge::new(bytes).encode(place)?;
        }
        if let Some(most) = getrlimit(Resource::Nofile).current {
            let text = "Files and sockets that may be open";
            let kind = MetricType::Gauge;
            let place = encoder.encode_descriptor("process_max_fds", text, None, kind)?;
            ConstGauge::new(i64::try_from(most).unwrap_or(i64::MAX)).encode(place)?;
        }
        Ok(())
    }
}

/// Seconds that this process has computed, as the kernel counts them.
fn cpu_seconds() -> f64 {
    let ticks = std::fs::read_to_string("/proc/self/stat")
        .ok()
        .and_then(|text| {
            // The name of the program, in brackets, may hold blanks.
            let (_, rest) = text.rsplit_once(')')?;
            let mut fields = rest.split_whitespace().skip(11);
            let user: u64 = fields.next()?.parse().ok()?;
            let system: u64 = fields.next()?.parse().ok()?;
            Some(user + system)
        });
    #[expect(
        clippy::cast_precision_loss,
        reason = "hundredths of a second of years fit"
    )]
    let seconds = ticks.unwrap_or(0) as f64 / rustix::param::clock_ticks_per_second() as f64;
    seconds
}

/// Memory of this process that is in RAM; none where the kernel does not tell.
fn resident_bytes() -> Option<i64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: i64 = text.split_whitespace().nth(1)?.parse().ok()?;
    pages.checked_mul(i64::try_from(rustix::param::page_size()).ok()?)
}
