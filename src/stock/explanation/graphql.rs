//! What a level is made of, in the schema.

use async_graphql::{Context, Description, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::stock::reservation;
use entity::vocab::{
    CustomerReturnLineId, FulfilmentLineId, GoodsReceiptLineId, PurchaseOrderLineId,
    SalesOrderLineId, StockAdjustmentLineId, StockHoldLineId, StockTransferLineId,
};

use super::rules::{Arrival, Layer, Parts, Sum};
use super::store::{ExplanationOf, LISTED_MAX};
use crate::graphql::context::{Asked, bad_argument, company, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, loaders};
use crate::live::stock_levels::{StockLevelCause, load_cause};
use crate::platform::actor::Scope;
use crate::stock::ledger::{LevelKey, StockCause, Supply};
use crate::stock::level::graphql::StockLevel;
use crate::stock::movement::graphql::StockMovement;

/// How many of each kind are listed when nobody says.
pub const LISTED_DEFAULT: usize = 20;

/// What makes up the numbers of a level, seen at one moment together with the level.
#[derive(Description)]
pub struct StockLevelExplanation(Parts);

#[Object(use_type_description)]
impl StockLevelExplanation {
    /// The level at that moment: its numbers are those that are explained.
    async fn level(&self) -> StockLevel {
        self.0.level.clone().into()
    }

    /// How the numbers of the level come about; the terms of each come to its total.
    async fn sums(&self) -> Vec<StockLevelSum> {
        self.0.sums().into_iter().map(Into::into).collect()
    }

    /// Whom the level is promised to: what makes up `reserved` and `backordered`, in the order in
    /// which they are served: the highest priority first, of the same the oldest.
    async fn promises(&self) -> Vec<StockPromise> {
        self.0.promises.iter().cloned().map(StockPromise).collect()
    }

    /// What is reserved for others, who are not listed.
    async fn other_reserved(&self) -> Decimal {
        self.0.other_reserved().into()
    }

    /// What others wait for, who are not listed.
    async fn other_backordered(&self) -> Decimal {
        self.0.other_backordered().into()
    }

    /// What makes up `incoming`, the first to come first.
    async fn arrivals(&self) -> Vec<StockArrival> {
        self.0.arrivals.iter().copied().map(StockArrival).collect()
    }

    /// What else is on its way, and not listed.
    async fn other_incoming(&self) -> Decimal {
        self.0.other_incoming().into()
    }

    /// What makes up `onHand`, the latest goods first, as if those that came first had left first.
    /// What was taken back by a reversal is left out. Of a variant whose goods leave first in,
    /// first out, the layers at whose cost they leave, the last one listed first.
    async fn layers(&self) -> Vec<StockLayer> {
        self.0.layers.iter().cloned().map(StockLayer).collect()
    }

    /// What is on hand and came before the layers that are listed.
    async fn earlier(&self) -> Decimal {
        self.0.earlier().into()
    }

    /// The value of the level less what its layers came at: by a moving average goods leave at the
    /// cost of all that was there, not of those that came first. The value of `earlier` is in it;
    /// where goods leave first in, first out, it is nothing else.
    /// Scope: `costs:read`.
    async fn value_difference(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value_difference(), company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }
}

/// A number of a level, and what it is made of.
#[derive(SimpleObject)]
pub struct StockLevelSum {
    /// The name of the field of the level.
    name: &'static str,
    /// The number.
    total: Decimal,
    /// What comes to it.
    terms: Vec<StockLevelTerm>,
}

/// A part of a number.
#[derive(SimpleObject)]
pub struct StockLevelTerm {
    /// What it is: a field of the level, or of the explanation.
    name: &'static str,
    /// How much; below zero when it is taken away.
    quantity: Decimal,
}

impl From<Sum> for StockLevelSum {
    fn from(sum: Sum) -> Self {
        let term = |(name, quantity): (&'static str, _)| StockLevelTerm {
            name,
            quantity: Decimal::from(quantity),
        };
        Self {
            name: sum.name,
            total: sum.total.into(),
            terms: sum.terms.into_iter().map(term).collect(),
        }
    }
}

/// Stock that is kept for somebody, or that somebody waits for.
#[derive(Description)]
pub struct StockPromise(reservation::Model);

#[Object(use_type_description)]
impl StockPromise {
    /// How much is kept, in the base unit.
    async fn reserved(&self) -> Decimal {
        self.0.reserved.into()
    }

    /// How much is waited for, in the base unit.
    async fn backordered(&self) -> Decimal {
        self.0.backordered.into()
    }

    /// The day the demand is dated.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// Whose turn it is when stock comes: 0 to 9, the highest first; 5 but for orders.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Since when it is in the queue.
    async fn since(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it is given up by itself; null but for holds.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at.map(date_time)
    }

    /// The order, transfer or hold; null without the scope to read it.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<StockLevelCause>> {
        document(ctx, Line::of(&self.0)).await.transpose()
    }
}

/// Goods on their way to a level.
#[derive(Description)]
pub struct StockArrival(Arrival);

#[Object(use_type_description)]
impl StockArrival {
    /// How much, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// The day it is expected.
    async fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// The purchase order or transfer; null without the scope to read it.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<StockLevelCause>> {
        let line = match self.0.supply {
            Supply::PurchaseOrderLine(id) => Line::PurchaseOrder(id),
            Supply::TransferLine(id) => Line::Transfer(id),
        };
        document(ctx, Some(line)).await.transpose()
    }
}

/// Goods on hand that came together.
#[derive(Description)]
pub struct StockLayer(Layer);

#[Object(use_type_description)]
impl StockLayer {
    /// How much of what came is on hand still, in the base unit.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// What that part came at, in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }

    /// What one base unit came at.
    /// Scope: `costs:read`.
    async fn unit_cost(&self, ctx: &Context<'_>) -> Option<Result<Decimal>> {
        let movement = &self.0.movement;
        let cost = movement.value.per_unit(movement.quantity)?;
        Some(ctx.require(Scope::CostsRead).map(|_| cost.into()))
    }

    /// The movement that brought it, with all that came.
    async fn movement(&self) -> StockMovement {
        self.0.movement.clone().into()
    }

    /// The document that brought it; null without the scope to read it.
    async fn document(&self, ctx: &Context<'_>) -> Option<Result<StockLevelCause>> {
        let row = &self.0.movement;
        let receipt = row.goods_receipt_line_id.map(Line::GoodsReceipt);
        let fulfilment = row.fulfilment_line_id.map(Line::Fulfilment);
        let transfer = row.stock_transfer_line_id.map(Line::Transfer);
        let adjustment = row.stock_adjustment_line_id.map(Line::Adjustment);
        let returned = row.customer_return_line_id.map(Line::Return);
        let line = receipt.or(fulfilment).or(transfer).or(adjustment);
        document(ctx, line.or(returned)).await.transpose()
    }
}

/// What a level is made of.
///
/// # Errors
/// The database's; BAD_USER_INPUT.
pub async fn explanation(
    ctx: &Context<'_>,
    key: LevelKey,
    first: Option<i32>,
) -> Result<StockLevelExplanation> {
    let first = match first.map(usize::try_from) {
        None => LISTED_DEFAULT,
        Some(Ok(first)) if (1..=LISTED_MAX).contains(&first) => first,
        Some(_) => {
            let message = format!("first: ask for 1 to {LISTED_MAX} of each kind.");
            return Err(bad_argument(message));
        }
    };
    let found = loaders(ctx).load_one(ExplanationOf { key, first }).await;
    let found = found.map_err(|error| internal(&error))?;
    let found = found.map(StockLevelExplanation);
    found.ok_or_else(|| async_graphql::Error::new("a level that is gone"))
}

/// The line of a document.
#[derive(Clone, Copy)]
pub enum Line {
    /// Of a sales order.
    SalesOrder(SalesOrderLineId),
    /// Of an order to a supplier.
    PurchaseOrder(PurchaseOrderLineId),
    /// Of a receipt.
    GoodsReceipt(GoodsReceiptLineId),
    /// Of a fulfilment.
    Fulfilment(FulfilmentLineId),
    /// Of a transfer.
    Transfer(StockTransferLineId),
    /// Of a correction.
    Adjustment(StockAdjustmentLineId),
    /// Of a return.
    Return(CustomerReturnLineId),
    /// Of a hold.
    Hold(StockHoldLineId),
}

impl Line {
    /// The line that a reservation is for.
    #[must_use]
    pub fn of(row: &reservation::Model) -> Option<Self> {
        let order = row.sales_order_line_id.map(Self::SalesOrder);
        let transfer = row.stock_transfer_line_id.map(Self::Transfer);
        order
            .or(transfer)
            .or(row.stock_hold_line_id.map(Self::Hold))
    }
}

/// The document of a line, read with all others that are asked for; none without the scope to read
/// it.
///
/// # Errors
/// The database's.
pub async fn document(ctx: &Context<'_>, line: Option<Line>) -> Result<Option<StockLevelCause>> {
    let Some(line) = line else { return Ok(None) };
    macro_rules! of {
        ($id:ident => $kind:ident($parent:ident)) => {{
            let row = loaders(ctx).load_one($id).await;
            let row = row.map_err(|error| internal(&error))?;
            row.map(|row| StockCause::$kind(row.$parent))
        }};
    }
    let cause = match line {
        Line::SalesOrder(id) => of!(id => SalesOrder(sales_order_id)),
        Line::PurchaseOrder(id) => of!(id => PurchaseOrder(purchase_order_id)),
        Line::GoodsReceipt(id) => of!(id => GoodsReceipt(goods_receipt_id)),
        Line::Fulfilment(id) => of!(id => Fulfilment(fulfilment_id)),
        Line::Transfer(id) => of!(id => StockTransfer(stock_transfer_id)),
        Line::Adjustment(id) => of!(id => StockAdjustment(stock_adjustment_id)),
        Line::Return(id) => of!(id => CustomerReturn(customer_return_id)),
        Line::Hold(id) => of!(id => StockHold(stock_hold_id)),
    };
    match cause {
        Some(cause) => load_cause(ctx, cause).await,
        None => Ok(None),
    }
}
