//! Policies in the schema.

use async_graphql::{Context, Description, Object, Result, SimpleObject};
use entity::stock::stock_level;
use entity::vocab::{ProductVariantId, WarehouseId};

use super::inputs::StockPolicySetInput;
use super::ops;
use crate::catalog::product::store::find_variants;
use crate::graphql::context::Asked;
use crate::graphql::payload::{cursor, split, unread};
use crate::graphql::user_error::UserError;
use crate::graphql::{Decimal, app, loaders};
use crate::platform::actor::Scope;
use crate::platform::command::Verdict;
use crate::platform::reference::Reference;
use crate::stock::level::graphql::StockLevel;
use crate::stock::level::store::{self as levels, LevelFilter};
use crate::stock::warehouse::graphql::Warehouse;

/// How much of a variant a warehouse should have, in the base unit. It raises alerts, and refuses
/// nothing.
#[derive(Description)]
pub struct StockPolicy(pub(crate) stock_level::Model);

#[Object(use_type_description)]
impl StockPolicy {
    /// The least that should be there; null when it is not set.
    async fn minimum(&self) -> Option<Decimal> {
        self.0.minimum.map(Into::into)
    }

    /// The most that should be there; null when it is not set.
    async fn maximum(&self) -> Option<Decimal> {
        self.0.maximum.map(Into::into)
    }

    /// At how much available it is to be ordered again; null when it is not set.
    async fn reorder_point(&self) -> Option<Decimal> {
        self.0.reorder_point.map(Into::into)
    }

    /// What of the reorder point is kept for surprises; null when it is not set.
    async fn safety_stock(&self) -> Option<Decimal> {
        self.0.safety_stock.map(Into::into)
    }

    /// Counts how often it was set, 0 before the first time; give it back as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.policy_version
    }
}

/// What setting policies brought.
#[derive(SimpleObject)]
pub struct StockPolicySetPayload {
    /// The levels of the lines, by variant. Empty when there are errors, or it was only tried.
    stock_levels: Vec<StockLevel>,
    /// The warehouse.
    ///
    /// Null when there are errors, or it was only tried: then nothing was changed.
    warehouse: Option<Warehouse>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
    /// The place in the stream of events behind every alert that this call raised or cleared.
    /// Null when it did neither, or was a repetition.
    event_cursor: Option<String>,
}

impl StockPolicySetPayload {
    async fn answer(
        ctx: &Context<'_>,
        verdict: Verdict,
        named: &[Reference<ProductVariantId>],
    ) -> Result<Self> {
        let (accepted, errors) = split(verdict)?;
        let mut payload = Self {
            stock_levels: Vec::new(),
            warehouse: None,
            errors,
            replayed: false,
            event_cursor: None,
        };
        let Some(accepted) = accepted.filter(|accepted| !accepted.dry_run) else {
            return Ok(payload);
        };
        payload.replayed = accepted.replayed;
        payload.event_cursor = accepted.event_cursor.map(cursor);
        let id = WarehouseId(accepted.record_id);
        let warehouse = loaders(ctx).load_one(id).await;
        payload.warehouse = warehouse.map_err(|error| unread(&error))?.map(Warehouse);
        payload.stock_levels = of_lines(ctx, named, id).await?;
        Ok(payload)
    }
}

/// The levels that lines named, in their present state.
async fn of_lines(
    ctx: &Context<'_>,
    named: &[Reference<ProductVariantId>],
    warehouse: WarehouseId,
) -> Result<Vec<StockLevel>> {
    let conn = app(ctx).db.reader();
    let found = find_variants(conn, &named.iter().collect::<Vec<_>>()).await;
    let found = found.map_err(|error| unread(&error))?;
    let filter = LevelFilter {
        variants: found.iter().map(|row| row.variant.id).collect(),
        warehouses: vec![warehouse],
    };
    let limit = u64::try_from(named.len()).expect("a command has few lines");
    let rows = levels::behind(conn, &filter, None, limit).await;
    let rows = rows.map_err(|error| unread(&error))?;
    Ok(rows.into_iter().map(StockLevel::from).collect())
}

/// Sets policies.
#[derive(Default)]
pub struct StockPolicyMutation;

#[Object]
impl StockPolicyMutation {
    /// Sets how much of some variants a warehouse should have, all or none. Each line replaces the
    /// whole policy of its variant there. Alerts that follow from it are raised and cleared at
    /// once; see `stockAlerts`.
    /// Scope: `stock:write`.
    pub async fn stock_policy_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where, and which policies.")] input: StockPolicySetInput,
    ) -> Result<StockPolicySetPayload> {
        ctx.require(Scope::StockWrite)?;
        let envelope = input.read(ctx);
        let lines = envelope.command.lines.iter();
        let named: Vec<_> = lines.map(|line| line.variant.clone()).collect();
        let verdict = ops::set(app(ctx), envelope).await;
        StockPolicySetPayload::answer(ctx, verdict, &named).await
    }
}
