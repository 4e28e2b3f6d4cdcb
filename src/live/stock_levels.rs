//! `stockLevelChanged`: a snapshot, if wanted, and then every later change: nothing is missed or
//! repeated between the two.
//!
//! A subscriber is a position in the stream of events. It is asked for more only when its socket
//! can take more, and then takes what has come behind its position: from memory, or from the
//! database when it fell behind. So a slow reader costs no memory here.
//!
//! An item is told with all that was asked for, or not yet: what items have in common is loaded
//! before they are, and while the database is away the subscriber waits. It holds no connection
//! meanwhile, and the waiting ends with the subscription: when the client leaves or the server
//! stops. What lies deeper is read by the item itself; when that fails, `server::run` ends the
//! subscription, so that the client comes back behind what it was told.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use async_graphql::{Context, Description, Enum, Result, SimpleObject, Subscription, Union};
use entity::platform::event::Model as Event;
use entity::stock::stock_level;
use entity::vocab::{ProductVariantId, WarehouseId};
use futures_util::stream::{self, Stream};
use tokio::sync::watch;

use super::place::{later_events, resume};
use super::prefetch;
use crate::graphql::context::{Asked, bad_argument, company};
use crate::graphql::payload::{cursor, internal};
use crate::graphql::{Decimal, Loaders, Money, app, loaders};
use crate::platform::actor::{Actor, Scope};
use crate::platform::app::App;
use crate::platform::bus::Bus;
use crate::platform::db::Patience;
use crate::platform::event;
use crate::purchasing::order::graphql::PurchaseOrder;
use crate::purchasing::receipt::graphql::GoodsReceipt;
use crate::sales::customer_return::graphql::CustomerReturn;
use crate::sales::fulfilment::graphql::Fulfilment;
use crate::sales::order::graphql::SalesOrder;
use crate::stock::adjustment::graphql::StockAdjustment;
use crate::stock::hold::graphql::StockHold;
use crate::stock::ledger::{LEVEL_CHANGED, LevelChange, LevelFacts, StockCause};
use crate::stock::level::graphql::{StockLevel, StockLevelFilter};
use crate::stock::level::store::{self, LevelFilter};
use crate::stock::transfer::graphql::StockTransfer;

/// Levels read at once for a snapshot.
const SNAPSHOT_PAGE: u64 = 1_000;
/// Levels in a snapshot, at most: they are held in memory while they are sent.
const SNAPSHOT_MAX: usize = 100_000;
/// Items whose variants, warehouses and causes are loaded at once.
const LOADED_AT_ONCE: usize = 500;

/// What a subscriber gets who reads more slowly than stock moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StockLevelMode {
    /// Of several changes of a level that are waiting, only the newest.
    Latest,
    /// Each change.
    EveryChange,
}

/// By how much a level changed; each may be below zero. In the base unit.
#[derive(SimpleObject)]
pub struct StockLevelDelta {
    /// Change of the goods that may be sold.
    sellable: Decimal,
    /// Change of the goods that may not be sold for now.
    quarantined: Decimal,
    /// Change of what is promised.
    reserved: Decimal,
    /// Change of what waits for stock.
    backordered: Decimal,
    /// Change of what is on its way.
    incoming: Decimal,
    /// Change of the value; null without the scope `costs:read`.
    value: Option<Money>,
}

/// The document that changed a level.
#[derive(Union)]
pub enum StockLevelCause {
    /// An order was placed or cancelled.
    SalesOrder(SalesOrder),
    /// An order to a supplier was sent, confirmed, closed or cancelled.
    PurchaseOrder(PurchaseOrder),
    /// Goods came in, or a receipt was reversed.
    GoodsReceipt(GoodsReceipt),
    /// Goods were shipped.
    Fulfilment(Fulfilment),
    /// A transfer was created, sent, received or cancelled.
    StockTransfer(StockTransfer),
    /// Stock was corrected.
    StockAdjustment(StockAdjustment),
    /// Goods that a customer sent back came in, or were inspected.
    CustomerReturn(CustomerReturn),
    /// Stock was held, given back, or its time ran out.
    StockHold(StockHold),
}

/// A level as it was after a change, or in the snapshot.
#[derive(Description)]
pub struct StockLevelChanged {
    pub(super) level: stock_level::Model,
    pub(super) change: Option<(LevelChange, StockCause)>,
    cursor: i64,
    /// Whether everything up to the cursor has been told with this item.
    is_complete: bool,
}

#[async_graphql::Object(use_type_description)]
impl StockLevelChanged {
    /// The place of this change in the stream of events: a later subscription can go on from here,
    /// on any server. Of a snapshot only the last item has one, for only then everything up to it
    /// has been told: null in the others.
    async fn cursor(&self) -> Option<String> {
        self.is_complete.then(|| cursor(self.cursor))
    }

    /// The level right after the change, never a later state.
    async fn stock_level(&self) -> StockLevel {
        self.level.clone().into()
    }

    /// By how much it changed; null in the snapshot.
    async fn change(&self, ctx: &Context<'_>) -> Option<StockLevelDelta> {
        let (change, _) = self.change?;
        let value = Money::base(change.value, company(ctx).base_currency);
        Some(StockLevelDelta {
            sellable: change.sellable.into(),
            quarantined: change.quarantined.into(),
            reserved: change.reserved.into(),
            backordered: change.backordered.into(),
            incoming: change.incoming.into(),
            value: ctx.require(Scope::CostsRead).is_ok().then_some(value),
        })
    }

    /// The document that changed it, in its present state; null in the snapshot, and without the
    /// scope to read it.
    async fn cause(&self, ctx: &Context<'_>) -> Option<Result<StockLevelCause>> {
        let (_, cause) = self.change?;
        load_cause(ctx, cause).await.transpose()
    }
}

/// A document, read with all others that are asked for.
macro_rules! cause {
    ($loaders:ident, $id:ident => $kind:ident) => {{
        let row = $loaders.load_one($id).await;
        let row = row.map_err(|error| internal(&error))?;
        Ok(row.map(|row| StockLevelCause::$kind(row.into())))
    }};
}

/// The document that changed a level; none without the scope to read it.
///
/// # Errors
/// The database's.
pub async fn load_cause(ctx: &Context<'_>, cause: StockCause) -> Result<Option<StockLevelCause>> {
    let may = |scope| ctx.require(scope).is_ok();
    let loaders = loaders(ctx);
    match cause {
        StockCause::SalesOrder(id) if may(Scope::SalesOrdersRead) => {
            cause!(loaders, id => SalesOrder)
        }
        StockCause::Fulfilment(id) if may(Scope::SalesOrdersRead) => {
            cause!(loaders, id => Fulfilment)
        }
        StockCause::PurchaseOrder(id) if may(Scope::PurchaseOrdersRead) => {
            cause!(loaders, id => PurchaseOrder)
        }
        StockCause::GoodsReceipt(id) if may(Scope::GoodsReceiptsRead) => {
            cause!(loaders, id => GoodsReceipt)
        }
        StockCause::StockTransfer(id) => cause!(loaders, id => StockTransfer),
        StockCause::StockAdjustment(id) => cause!(loaders, id => StockAdjustment),
        StockCause::StockHold(id) => cause!(loaders, id => StockHold),
        StockCause::CustomerReturn(id) if may(Scope::ReturnsRead) => {
            cause!(loaders, id => CustomerReturn)
        }
        StockCause::SalesOrder(_)
        | StockCause::CustomerReturn(_)
        | StockCause::Fulfilment(_)
        | StockCause::PurchaseOrder(_)
        | StockCause::GoodsReceipt(_) => Ok(None),
    }
}

/// What happens to stock, as it happens.
#[derive(Default, Description)]
pub struct StockLevelSubscription;

#[Subscription(use_type_description)]
impl StockLevelSubscription {
    /// Levels as they change. With `snapshot`, begins with what matches now; the last item of the
    /// snapshot, as every later one, carries a cursor to go on from. With `after`, resumes exactly
    /// behind that cursor.
    /// Scope: `stock:read`.
    async fn stock_level_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which levels; all when left out.")] filter: Option<StockLevelFilter>,
        #[graphql(desc = "Whether to begin with what matches now.", default = false)]
        snapshot: bool,
        #[graphql(desc = "Resume behind this cursor.")] after: Option<String>,
        #[graphql(
            desc = "What a slow reader gets.",
            default_with = "StockLevelMode::Latest"
        )]
        mode: StockLevelMode,
    ) -> Result<impl Stream<Item = Result<StockLevelChanged>> + use<>> {
        let actor: &Actor = ctx.require(Scope::StockRead)?;
        debug_assert!(
            actor.is_authenticated(),
            "nobody has a scope without a token"
        );
        if snapshot && after.is_some() {
            return Err(bad_argument(
                "Use either snapshot or after: a snapshot is a new start.",
            ));
        }
        let filter = filter.unwrap_or_default().resolve(ctx).await?;
        let app = app(ctx);
        let (first, position) = match after.as_deref() {
            Some(text) => (VecDeque::new(), resume(app, text).await?),
            None if snapshot => take_snapshot(app, filter.clone()).await?,
            None => (VecDeque::new(), *app.bus.progress().borrow()),
        };
        let bus = app.bus.clone();
        let progress = bus.progress();
        let reader = Reader {
            asked: prefetch::Asked::of(ctx, "stockLevel"),
            loaders: loaders(ctx).clone(),
            bus,
            progress,
            filter,
            mode,
            position,
            ready: first,
            loaded: 0,
            is_over: false,
        };
        Ok(stream::unfold(reader, |mut reader| async move {
            let item = reader.next().await?;
            Some((item, reader))
        }))
    }
}

/// The levels that match, and the highest event that is in them, read in one snapshot.
async fn take_snapshot(
    app: &App,
    filter: LevelFilter,
) -> Result<(VecDeque<StockLevelChanged>, i64)> {
    let read = app.db.snapshot(|tx| {
        Box::pin(async move {
            let position = event::latest(tx).await?;
            let mut levels: Vec<stock_level::Model> = Vec::new();
            loop {
                let last = levels
                    .last()
                    .map(|level| (level.variant_id, level.warehouse_id));
                let page = store::behind(tx, &filter, last, SNAPSHOT_PAGE).await?;
                let is_last = (page.len() as u64) < SNAPSHOT_PAGE;
                levels.extend(page);
                if is_last || levels.len() > SNAPSHOT_MAX {
                    return Ok((levels, position));
                }
            }
        })
    });
    let (levels, position) = read.await.map_err(|error| internal(&error))?;
    if levels.len() > SNAPSHOT_MAX {
        return Err(bad_argument(format!(
            "More than {SNAPSHOT_MAX} levels match; narrow the filter."
        )));
    }
    let item = |level| StockLevelChanged {
        level,
        change: None,
        cursor: position,
        is_complete: false,
    };
    let mut items: VecDeque<_> = levels.into_iter().map(item).collect();
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
    filter: LevelFilter,
    mode: StockLevelMode,
    position: i64,
    ready: VecDeque<StockLevelChanged>,
    /// Of how many that are ready, from the front, everything is loaded.
    loaded: usize,
    /// Nothing is told behind what could not be.
    is_over: bool,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<StockLevelChanged>> {
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
        let batch: Vec<_> = self.ready.iter().take(LOADED_AT_ONCE).collect();
        let mut patience = Patience::default();
        while let Err(error) = self.asked.load(&self.loaders, &batch).await {
            if !patience.endures(&error).await {
                // A mistake of ours: the item that asks for it tells of it, in its place.
                break;
            }
        }
        self.loaded = batch.len();
    }

    /// Moves behind these events, and keeps of them what the subscriber is to get.
    fn take(&mut self, events: &[Arc<Event>]) {
        for event in events {
            self.position = event.sequence;
            if event.kind != LEVEL_CHANGED {
                continue;
            }
            match serde_json::from_str::<LevelFacts>(&event.facts) {
                Ok(facts) if self.filter.matches(&facts.level) => self.ready.push_back({
                    let change = Some((facts.change, facts.cause));
                    StockLevelChanged {
                        level: facts.level,
                        change,
                        cursor: event.sequence,
                        is_complete: true,
                    }
                }),
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, sequence = event.sequence, "an event is unreadable");
                }
            }
        }
        if self.mode == StockLevelMode::Latest {
            self.conflate();
        }
    }

    /// Of several waiting changes of a level keeps the newest, at its place in the order.
    fn conflate(&mut self) {
        let mut newest: HashMap<(ProductVariantId, WarehouseId), i64> = HashMap::new();
        for item in &self.ready {
            newest.insert(
                (item.level.variant_id, item.level.warehouse_id),
                item.cursor,
            );
        }
        self.ready.retain(|item| {
            newest[&(item.level.variant_id, item.level.warehouse_id)] == item.cursor
        });
    }
}
