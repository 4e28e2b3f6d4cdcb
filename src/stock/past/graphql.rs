//! The past of a level in the schema.

use async_graphql::{Context, Description, Enum, Object, Result};
use entity::vocab::MovementKind;

use super::rules::{Balance, Flow, Period};
use super::store::PeriodOf;
use crate::graphql::context::{Asked, company};
use crate::graphql::payload::internal;
use crate::graphql::{Decimal, Money, loaders};
use crate::platform::actor::Scope;

/// The kind of document that moves goods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockMovementKind", remote = "MovementKind")]
pub enum StockMovementKind {
    /// Goods receipts, and what took them back.
    Receipt,
    /// Goods shipped to customers.
    Fulfilment,
    /// Transfers to and from other warehouses.
    Transfer,
    /// Corrections, and what took them back.
    Adjustment,
    /// Goods that customers sent back, and what became of them.
    Return,
}

/// What was on hand at the end of a business day.
#[derive(Description)]
pub struct StockBalance(Balance);

#[Object(use_type_description)]
impl StockBalance {
    /// Sellable and quarantined goods, in the base unit. Below zero only where goods are said to
    /// have left on an earlier day than they came.
    async fn on_hand(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// What they cost, in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        Some(money(ctx, self.0))
    }

    /// Cost of one base unit: `value / onHand`; null when nothing was on hand.
    /// Scope: `costs:read`.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        let cost = self.0.value.per_unit(self.0.quantity)?;
        Some(ctx.require(Scope::CostsRead).map(|_| cost.into()))
    }
}

fn money(ctx: &Context<'_>, balance: Balance) -> Result<Money> {
    ctx.require(Scope::CostsRead)?;
    Ok(Money::base(balance.value, company(ctx).base_currency))
}

/// What came and left.
#[derive(Description)]
pub struct StockFlow(Option<MovementKind>, Balance, Balance);

impl From<Flow> for StockFlow {
    fn from(flow: Flow) -> Self {
        Self(Some(flow.kind), flow.came, flow.left)
    }
}

#[Object(use_type_description)]
impl StockFlow {
    /// The kind of document; null in a total.
    async fn kind(&self) -> Option<StockMovementKind> {
        self.0.map(Into::into)
    }

    /// How much came, in the base unit.
    async fn quantity_in(&self) -> Decimal {
        self.1.quantity.into()
    }

    /// How much left, in the base unit.
    async fn quantity_out(&self) -> Decimal {
        self.2.quantity.into()
    }

    /// What came was worth, in the company's currency.
    /// Scope: `costs:read`.
    async fn value_in(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        Some(money(ctx, self.1))
    }

    /// What left was worth, in the company's currency.
    /// Scope: `costs:read`.
    async fn value_out(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        Some(money(ctx, self.2))
    }
}

/// A level in a period: opening plus what came minus what left is closing, in quantity and in
/// value. Goods that only changed between sellable and quarantined neither came nor left.
#[derive(Description)]
pub struct StockPeriod(Period);

#[Object(use_type_description)]
impl StockPeriod {
    /// At the end of the day before the first.
    async fn opening(&self) -> StockBalance {
        StockBalance(self.0.opening)
    }

    /// At the end of the last day.
    async fn closing(&self) -> StockBalance {
        StockBalance(self.0.closing)
    }

    /// Everything that came and left.
    async fn total(&self) -> StockFlow {
        StockFlow(None, self.0.came, self.0.left)
    }

    /// The same by kind of document; those that moved nothing are left out.
    async fn flows(&self) -> Vec<StockFlow> {
        self.0.flows.iter().copied().map(Into::into).collect()
    }
}

/// A level at the end of a day.
///
/// # Errors
/// The database's.
pub async fn as_of(ctx: &Context<'_>, key: PeriodOf) -> Result<StockBalance> {
    Ok(StockBalance(load(ctx, key).await?.closing))
}

/// A level in a period.
///
/// # Errors
/// The database's.
pub async fn period(ctx: &Context<'_>, key: PeriodOf) -> Result<StockPeriod> {
    load(ctx, key).await.map(StockPeriod)
}

async fn load(ctx: &Context<'_>, key: PeriodOf) -> Result<Period> {
    let found = loaders(ctx).load_one(key).await;
    let found = found.map_err(|error| internal(&error))?;
    found.ok_or_else(|| async_graphql::Error::new("a level that is gone"))
}
