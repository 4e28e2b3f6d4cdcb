//! `stockAlertRaised`: alerts as they are raised, and as they are cleared where that is wanted.
//!
//! A subscriber is a position in the stream of events, as one of `stockLevelChanged` is. Every
//! alert is told, however late: alerts are few, and each is a fact of its own.

use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::{Context, Description, Result, Subscription};
use entity::platform::event::Model as Event;
use entity::stock::stock_alert;
use entity::vocab::StockAlertKind;
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::place::{later_events, resume};
use super::prefetch;
use crate::graphql::context::{Asked, bad_argument};
use crate::graphql::payload::{cursor, internal};
use crate::graphql::{Loaders, app, loaders};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::bus::Bus;
use crate::platform::db::Patience;
use crate::platform::event;
use crate::stock::alert::graphql::{StockAlert, StockAlertKindName};
use crate::stock::alert::store;
use crate::stock::ledger::{ALERT_CLEARED, ALERT_RAISED, AlertFacts};
use crate::stock::level::graphql::StockLevelFilter;
use crate::stock::level::store::LevelFilter;

/// Alerts read at once for a snapshot.
const SNAPSHOT_PAGE: u64 = 1_000;
/// Alerts in a snapshot, at most: they are held in memory while they are sent.
const SNAPSHOT_MAX: usize = 100_000;
/// Items whose variants and warehouses are loaded at once.
const LOADED_AT_ONCE: usize = 500;

/// An alert as it was when it was raised or cleared, or in the snapshot.
#[derive(Description)]
pub struct StockAlertRaised {
    alert: stock_alert::Model,
    cursor: i64,
    /// Whether everything up to the cursor has been told with this item.
    is_complete: bool,
}

#[async_graphql::Object(use_type_description)]
impl StockAlertRaised {
    /// The place of this alert in the stream of events: a later subscription can go on from here,
    /// on any server. Of a snapshot only the last item has one: null in the others.
    async fn cursor(&self) -> Option<String> {
        self.is_complete.then(|| cursor(self.cursor))
    }

    /// The alert right after the event, never a later state.
    async fn stock_alert(&self) -> StockAlert {
        self.alert.clone().into()
    }
}

/// What of the alerts a subscriber is to get.
#[derive(Clone, Debug)]
struct Wanted {
    levels: LevelFilter,
    /// Any when empty.
    kinds: Vec<StockAlertKind>,
    and_cleared: bool,
}

impl Wanted {
    fn takes(&self, event: &Event, alert: &stock_alert::Model) -> bool {
        let is_told = event.kind == ALERT_RAISED || self.and_cleared;
        let of_kind = self.kinds.is_empty() || self.kinds.contains(&alert.kind);
        let levels = &self.levels;
        let of_variant = levels.variants.is_empty() || levels.variants.contains(&alert.variant_id);
        let of_warehouse =
            levels.warehouses.is_empty() || levels.warehouses.contains(&alert.warehouse_id);
        is_told && of_kind && of_variant && of_warehouse
    }
}

/// What runs low, out or over, as it happens.
#[derive(Default, Description)]
pub struct StockAlertSubscription;

#[Subscription(use_type_description)]
impl StockAlertSubscription {
    /// Alerts as they are raised. With `snapshot`, begins with those that are open now; the last
    /// item of the snapshot, as every later one, carries a cursor to go on from. With `after`,
    /// resumes exactly behind that cursor.
    /// Scope: `stock:read`.
    #[allow(
        clippy::too_many_arguments,
        reason = "a subscription has these arguments"
    )]
    async fn stock_alert_raised(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which levels; of all when left out.")] filter: Option<
            StockLevelFilter,
        >,
        #[graphql(desc = "Only these kinds; all when left out.")] kinds: Option<
            Vec<StockAlertKindName>,
        >,
        #[graphql(
            desc = "Whether to tell also when an alert is cleared.",
            default = false
        )]
        and_cleared: bool,
        #[graphql(desc = "Whether to begin with what is open now.", default = false)]
        snapshot: bool,
        #[graphql(desc = "Resume behind this cursor.")] after: Option<String>,
    ) -> Result<impl Stream<Item = Result<StockAlertRaised>> + use<>> {
        ctx.require(Scope::StockRead)?;
        if snapshot && after.is_some() {
            return Err(bad_argument(
                "Use either snapshot or after: a snapshot is a new start.",
            ));
        }
        let wanted = Wanted {
            levels: filter.unwrap_or_default().resolve(ctx).await?,
            kinds: kinds.into_iter().flatten().map(Into::into).collect(),
            and_cleared,
        };
        let app = app(ctx);
        let (ready, position) = match after.as_deref() {
            Some(text) => (VecDeque::new(), resume(app, text).await?),
            None if snapshot => take_snapshot(app, wanted.clone()).await?,
            None => (VecDeque::new(), *app.bus.progress().borrow()),
        };
        let bus = app.bus.clone();
        let reader = Reader {
            asked: prefetch::Asked::of(ctx, "stockAlert"),
            loaders: loaders(ctx).clone(),
            progress: bus.progress(),
            bus,
            wanted,
            position,
            ready,
            loaded: 0,
            is_over: false,
        };
        Ok(stream::unfold(reader, |mut reader| async move {
            let item = reader.next().await?;
            Some((item, reader))
        }))
    }
}

/// The open alerts that match, and the highest event that is in them, read in one snapshot.
async fn take_snapshot(app: &App, wanted: Wanted) -> Result<(VecDeque<StockAlertRaised>, i64)> {
    let read = app.db.snapshot(|tx| {
        Box::pin(async move {
            let position = event::latest(tx).await?;
            let mut alerts: Vec<stock_alert::Model> = Vec::new();
            loop {
                let last = alerts.last().map(|alert| alert.id);
                let of = store::of_levels(&wanted.levels, &wanted.kinds);
                let page = store::open_behind(tx, of, last, SNAPSHOT_PAGE).await?;
                let is_last = (page.len() as u64) < SNAPSHOT_PAGE;
                alerts.extend(page);
                if is_last || alerts.len() > SNAPSHOT_MAX {
                    return Ok((alerts, position));
                }
            }
        })
    });
    let (alerts, position) = read.await.map_err(|error| internal(&error))?;
    if alerts.len() > SNAPSHOT_MAX {
        return Err(bad_argument(format!(
            "More than {SNAPSHOT_MAX} open alerts match; narrow the filter."
        )));
    }
    let item = |alert| StockAlertRaised {
        alert,
        cursor: position,
        is_complete: false,
    };
    let mut items: VecDeque<_> = alerts.into_iter().map(item).collect();
    if let Some(last) = items.back_mut() {
        last.is_complete = true;
    }
    Ok((items, position))
}

/// One subscriber: a position in the stream of events.
struct Reader {
    asked: prefetch::Asked,
    loaders: Loaders,
    bus: Bus,
    progress: watch::Receiver<i64>,
    wanted: Wanted,
    position: i64,
    ready: VecDeque<StockAlertRaised>,
    /// Of how many that are ready, from the front, everything is loaded.
    loaded: usize,
    /// Nothing is told behind what could not be.
    is_over: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<StockAlertRaised>> {
        while !self.is_over {
            if self.loaded == 0 && !self.ready.is_empty() {
                self.load().await;
            }
            if let Some(item) = self.ready.pop_front() {
                self.loaded -= 1;
                return Some(Ok(item));
            }
            let position = self.position;
            // The bus ends with the server; the transport then closes the socket with a reason.
            self.progress
                .wait_for(|latest| *latest > position)
                .await
                .ok()?;
            match later_events(&self.bus, self.position).await {
                Ok(events) => self.take(&events),
                Err(error) => {
                    self.is_over = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }

    /// Loads what the next items have in common; waits until it can be had.
    async fn load(&mut self) {
        let batch = self.ready.len().min(LOADED_AT_ONCE);
        let mut patience = Patience::default();
        loop {
            let items = self.ready.iter().take(batch);
            let levels = items.map(|item| (item.alert.variant_id, item.alert.warehouse_id));
            let loaded = self.asked.load_of_levels(&self.loaders, levels).await;
            let Err(error) = loaded else { break };
            if !patience.endures(&error).await {
                // A mistake of ours: the item that asks for it tells of it, in its place.
                break;
            }
        }
        self.loaded = batch;
    }

    /// Moves behind these events, and keeps of them what the subscriber is to get.
    fn take(&mut self, events: &[Arc<Event>]) {
        for event in events {
            self.position = event.sequence;
            if event.kind != ALERT_RAISED && event.kind != ALERT_CLEARED {
                continue;
            }
            match serde_json::from_str::<AlertFacts>(&event.facts) {
                Ok(AlertFacts { alert }) if self.wanted.takes(event, &alert) => {
                    self.ready.push_back(StockAlertRaised {
                        alert,
                        cursor: event.sequence,
                        is_complete: true,
                    });
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, sequence = event.sequence, "an event is unreadable");
                }
            }
        }
    }
}
