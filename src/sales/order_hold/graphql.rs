//! Holds on orders in the schema.

use async_graphql::{Context, Description, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::sales::sales_order_hold;
use entity::vocab::{SalesOrderHoldId, SalesOrderHoldKind, SalesOrderId};

use super::ops::{self, PlaceHold, ReleaseHold};
use crate::graphql::context::{Asked, date_time};
use crate::graphql::{Reading, app, payload};
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;
use crate::sales::order::graphql::SalesOrder;
use crate::sales::order::inputs::SalesOrderReference;

/// Why an order must not be picked, packed or shipped for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "SalesOrderHoldKind", remote = "SalesOrderHoldKind")]
pub enum SalesOrderHoldKindKind {
    /// The customer owes too much, or too long.
    Credit,
    /// Somebody has to look at it first.
    Review,
    /// Something is unclear about the goods.
    Stock,
    /// Anything else; the reason says what.
    Other,
}

/// A hold on a sales order: while it stands, the order keeps its reservations and is not picked,
/// packed or shipped.
#[derive(Description)]
pub struct SalesOrderHold(pub(in crate::sales) sales_order_hold::Model);

#[Object(use_type_description)]
impl SalesOrderHold {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is about.
    async fn kind(&self) -> SalesOrderHoldKindKind {
        self.0.kind.into()
    }

    /// Why, in words.
    async fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Whether it stands.
    async fn is_active(&self) -> bool {
        self.0.released_at.is_none()
    }

    /// When it was placed.
    async fn placed_at(&self) -> DateTime<Utc> {
        date_time(self.0.placed_at)
    }

    /// When it was released; null while it stands.
    async fn released_at(&self) -> Option<DateTime<Utc>> {
        self.0.released_at.map(date_time)
    }
}

/// Which order to hold, and why.
#[derive(InputObject)]
pub struct SalesOrderHoldInput {
    /// The order; a draft or a confirmed one.
    sales_order: SalesOrderReference,
    /// What it is about.
    kind: SalesOrderHoldKindKind,
    /// Why, in words, at most 200 characters.
    reason: String,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderHoldInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<PlaceHold> {
        let mut reading = Reading::of("salesOrderHold", &self);
        let Self {
            sales_order,
            kind,
            reason,
            idempotency_key,
        } = self;
        let path = Path::input();
        let command = PlaceHold {
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            kind: kind.into(),
            reason: reading
                .check
                .text(path.at("reason"), &reason, NAME_LENGTH_MAX),
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

/// Which hold to release.
#[derive(InputObject)]
pub struct SalesOrderReleaseHoldInput {
    /// The order.
    sales_order: SalesOrderReference,
    /// The id of the hold; every hold of the order that stands when left out.
    hold: Option<ID>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl SalesOrderReleaseHoldInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<ReleaseHold> {
        let mut reading = Reading::of("salesOrderReleaseHold", &self);
        let Self {
            sales_order,
            hold,
            idempotency_key,
        } = self;
        let path = Path::input();
        let mut id = |id: ID| {
            reading
                .check
                .id(path.at("hold"), SalesOrderHoldId::parse(&id))
        };
        let hold = hold.map(&mut id);
        let command = ReleaseHold {
            order: sales_order.read(&mut reading, &path.at("salesOrder")),
            hold,
        };
        reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command))
    }
}

payload! {
    /// What placing a hold brought.
    SalesOrderHoldPayload {
        /// The order, with its holds.
        sales_order: SalesOrder = SalesOrderId
    }
}

payload! {
    /// What releasing a hold brought.
    SalesOrderReleaseHoldPayload {
        /// The order, with its holds.
        sales_order: SalesOrder = SalesOrderId
    }
}

/// Places and releases holds.
#[derive(Default)]
pub struct SalesOrderHoldMutation;

#[Object]
impl SalesOrderHoldMutation {
    /// Places a hold on an order: it keeps what it has reserved, and is not picked, packed or
    /// shipped until the hold is released.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and why.")] input: SalesOrderHoldInput,
    ) -> Result<SalesOrderHoldPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = ops::hold(app(ctx), input.read(ctx)).await;
        SalesOrderHoldPayload::answer(ctx, verdict).await
    }

    /// Releases one hold of an order, or all that stand.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_release_hold(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and which hold.")] input: SalesOrderReleaseHoldInput,
    ) -> Result<SalesOrderReleaseHoldPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = ops::release(app(ctx), input.read(ctx)).await;
        SalesOrderReleaseHoldPayload::answer(ctx, verdict).await
    }
}
