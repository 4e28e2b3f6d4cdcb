//! Holds in the schema.

use async_graphql::{
    Context, Description, Enum, ID, InputObject, Json, Object, OneofObject, Result,
};
use chrono::{DateTime, Utc};
use entity::stock::{stock_hold, stock_hold_line};
use entity::vocab::{Instant, StockHoldId, StockHoldStatus};
use serde_json::Value;

use super::ops::{self, CreateHold, ExtendHold, ReleaseHold};
use super::rules::{StockLine, check_active, status_at};
use super::store::{self, LinesOf};
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::{DateTimeFilter, MetadataFilter, TextFilter, enum_filter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    AvailableTransition, Decimal, Reading, app, listing, loaders, payload, record_fields,
};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::command::Envelope;
use crate::platform::input::{LINES_MAX, NAME_LENGTH_MAX};
use crate::platform::reference::{Reference, find_one};
use crate::platform::rejection::Path;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};

/// How long stock can be held from now on, at most: a year.
const HOLD_SECONDS_MAX: i64 = 366 * 24 * 60 * 60;

/// Where a hold is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockHoldStatus", remote = "StockHoldStatus")]
pub enum StockHoldStatusKind {
    /// It keeps its stock until it expires.
    Active,
    /// It became a sales order.
    Converted,
    /// It was given up.
    Released,
    /// Its time ran out.
    Expired,
}

/// Stock held for somebody for a while, for example a cart.
#[derive(Description)]
pub struct StockHold(stock_hold::Model);

impl From<stock_hold::Model> for StockHold {
    fn from(row: stock_hold::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl StockHold {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Who it is held for, in your own words.
    async fn owner(&self) -> &str {
        &self.0.owner
    }

    /// Where it is in its life; it expires by itself.
    async fn status(&self) -> StockHoldStatusKind {
        status_at(&self.0, clock::now()).into()
    }

    /// When it gives up by itself: from then on its stock is free.
    async fn expires_at(&self) -> DateTime<Utc> {
        date_time(self.0.expires_at)
    }

    /// Its lines, in order.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn lines(&self, ctx: &Context<'_>) -> Result<Vec<StockHoldLine>> {
        let rows = loaders(ctx).load_one(LinesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(StockHoldLine).collect())
    }

    /// The id of the order it became.
    async fn sales_order_id(&self) -> Option<ID> {
        self.0.sales_order_id.map(|id| ID(id.to_string()))
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by).await.transpose()
    }

    /// What can be done with it now, and why not the rest.
    #[graphql(complexity = "10")]
    async fn available_transitions(&self) -> Vec<AvailableTransition> {
        let now = clock::now();
        let offer = |transition| {
            let verdict = check_active(&self.0, now).map_err(|refused| refused.problem);
            AvailableTransition::of(transition, verdict)
        };
        ["stockHoldConvert", "stockHoldExtend", "stockHoldRelease"]
            .map(offer)
            .to_vec()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A line of a hold.
#[derive(Description)]
pub struct StockHoldLine(stock_hold_line::Model);

#[Object(use_type_description)]
impl StockHoldLine {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a line without a variant"))
    }

    /// Where it is held.
    async fn warehouse(&self, ctx: &Context<'_>) -> Result<Warehouse> {
        let row = loaders(ctx).load_one(self.0.warehouse_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Warehouse)
            .ok_or_else(|| async_graphql::Error::new("a line without a warehouse"))
    }

    /// How much is held, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }
}

enum_filter!(
    /// Compares where a hold is in its life.
    StockHoldStatusFilter: StockHoldStatusKind => StockHoldStatus
);

listing! {
    /// Holds, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    stock_holds: StockHold of stock_hold, Scope::StockRead;
    filter {
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By their owner, exactly.
        owner: TextFilter => |given| given.exact(Column::Owner),
        /// By where they are in their life.
        status: StockHoldStatusFilter => |given| given.on(Column::Status),
        /// By when they end.
        expires_at: DateTimeFilter => |given| given.on(Column::ExpiresAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By when they end.
        Expiry => [ExpiresAt, Id],
    }
    all store::all();
}

/// Names a hold.
#[derive(Clone, Debug, OneofObject)]
pub enum StockHoldReference {
    /// Its id.
    Id(ID),
    /// The id your own system knows it by.
    ExternalId(String),
}

impl StockHoldReference {
    /// Reads the reference.
    pub fn read(&self, reading: &mut Reading, path: &Path) -> Reference<StockHoldId> {
        match self {
            Self::Id(id) => reading.id_reference(path, id, StockHoldId::parse),
            Self::ExternalId(id) => reading.external_reference(path, id),
        }
    }
}

/// What to hold, where, and how much.
#[derive(InputObject)]
pub struct StockHoldLineInput {
    /// The variant.
    variant: ProductVariantReference,
    /// The warehouse.
    warehouse: WarehouseReference,
    /// How much, in the base unit; above zero, with at most the unit's decimals.
    quantity: Decimal,
}

impl StockHoldLineInput {
    fn read(self, reading: &mut Reading, path: &Path) -> StockLine {
        let Self {
            variant,
            warehouse,
            quantity,
        } = self;
        StockLine {
            variant: variant.read(reading, &path.at("variant")),
            warehouse: warehouse.read(reading, &path.at("warehouse")),
            quantity: reading
                .check
                .positive_quantity(path.at("quantity"), &quantity.0),
        }
    }
}

fn read_expiry(reading: &mut Reading, expires_at: DateTime<Utc>) -> Instant {
    let (now, expires_at) = (clock::now(), Instant::from(expires_at));
    let path = Path::input().at("expiresAt");
    if expires_at <= now {
        reading.check.complain(path, "Must lie in the future.");
    } else if expires_at.0 - now.0 > HOLD_SECONDS_MAX * 1_000_000 {
        reading
            .check
            .complain(path, "Must lie within a year from now.");
    }
    expires_at
}

/// Stock to hold.
#[derive(InputObject)]
pub struct StockHoldCreateInput {
    /// Who it is held for, in your own words, at most 200 characters.
    owner: String,
    /// When it gives up by itself; at most a year from now.
    expires_at: DateTime<Utc>,
    /// What to hold: 1 to 1,000 lines.
    lines: Vec<StockHoldLineInput>,
    /// The id your own system knows it by, unique among holds.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl StockHoldCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<CreateHold> {
        let mut reading = Reading::of("stockHoldCreate", &self);
        let Self {
            owner,
            expires_at,
            lines,
            external_id,
            metadata,
            dry_run,
            idempotency_key,
        } = self;
        reading.dry_run(dry_run);
        let path = Path::input();
        reading.check.line_count(path.at("lines"), lines.len());
        let lines = lines.into_iter().take(LINES_MAX).enumerate();
        let lines = lines
            .map(|(index, line)| line.read(&mut reading, &path.at("lines").at(index)))
            .collect();
        let command = CreateHold {
            id: StockHoldId::generate(),
            owner: reading
                .check
                .text(path.at("owner"), &owner, NAME_LENGTH_MAX),
            expires_at: read_expiry(&mut reading, expires_at),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
            metadata: reading.metadata(path.at("metadata"), metadata),
            lines,
        };
        reading.finish(ctx, idempotency_key, (command.id.0, command))
    }
}

/// Which hold is to end when.
#[derive(InputObject)]
pub struct StockHoldExtendInput {
    /// The hold.
    stock_hold: StockHoldReference,
    /// When it gives up by itself, instead of before; at most a year from now.
    expires_at: DateTime<Utc>,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

/// Which hold to give up.
#[derive(InputObject)]
pub struct StockHoldReleaseInput {
    /// The hold.
    stock_hold: StockHoldReference,
    /// Only try it: tells what would be wrong and what would be posted, and changes nothing.
    dry_run: Option<bool>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What holding stock brought.
    StockHoldCreatePayload {
        /// The hold.
        stock_hold: StockHold = StockHoldId,
        posted: Lines => Posted
    }
}

payload! {
    /// What extending a hold brought.
    StockHoldExtendPayload {
        /// The hold.
        stock_hold: StockHold = StockHoldId,
        posted: Lines => Posted
    }
}

payload! {
    /// What releasing a hold brought.
    StockHoldReleasePayload {
        /// The hold.
        stock_hold: StockHold = StockHoldId,
        posted: Lines => Posted
    }
}

/// Reads holds.
#[derive(Default)]
pub struct StockHoldQuery;

#[Object]
impl StockHoldQuery {
    /// One hold, by its id or external id; null when there is none.
    /// Scope: `stock:read`.
    async fn stock_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: StockHoldReference,
    ) -> Option<Result<StockHold>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: StockHoldReference) -> Result<Option<StockHold>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<stock_hold::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(StockHold))
}

/// Changes holds.
#[derive(Default)]
pub struct StockHoldMutation;

#[Object]
impl StockHoldMutation {
    /// Holds available stock for somebody until a moment, all or nothing.
    /// Scope: `holds:write`.
    pub async fn stock_hold_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Stock to hold.")] input: StockHoldCreateInput,
    ) -> Result<StockHoldCreatePayload> {
        ctx.require(Scope::HoldsWrite)?;
        let verdict = ops::create(app(ctx), input.read(ctx)).await;
        StockHoldCreatePayload::answer(ctx, verdict).await
    }

    /// Changes when an active hold ends.
    /// Scope: `holds:write`.
    pub async fn stock_hold_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold, and until when.")] input: StockHoldExtendInput,
    ) -> Result<StockHoldExtendPayload> {
        ctx.require(Scope::HoldsWrite)?;
        let mut reading = Reading::of("stockHoldExtend", &input);
        let StockHoldExtendInput {
            stock_hold,
            expires_at,
            dry_run,
            idempotency_key,
        } = input;
        reading.dry_run(dry_run);
        let hold = stock_hold.read(&mut reading, &Path::input().at("stockHold"));
        let expires_at = read_expiry(&mut reading, expires_at);
        let command = ExtendHold { hold, expires_at };
        let envelope = reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command));
        StockHoldExtendPayload::answer(ctx, ops::extend(app(ctx), envelope).await).await
    }

    /// Gives an active hold up; what it kept serves who waits.
    /// Scope: `holds:write`.
    pub async fn stock_hold_release(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which hold.")] input: StockHoldReleaseInput,
    ) -> Result<StockHoldReleasePayload> {
        ctx.require(Scope::HoldsWrite)?;
        let mut reading = Reading::of("stockHoldRelease", &input);
        let StockHoldReleaseInput {
            stock_hold,
            dry_run,
            idempotency_key,
        } = input;
        reading.dry_run(dry_run);
        let hold = stock_hold.read(&mut reading, &Path::input().at("stockHold"));
        let envelope = reading.finish(
            ctx,
            idempotency_key,
            (uuid::Uuid::nil(), ReleaseHold { hold }),
        );
        StockHoldReleasePayload::answer(ctx, ops::release(app(ctx), envelope).await).await
    }
}
