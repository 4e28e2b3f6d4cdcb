//! Drafts and changes of orders in the schema.

use async_graphql::{Context, Object, Result};
use entity::vocab::SalesOrderId;

use super::inputs::{
    SalesOrderConfirmInput, SalesOrderCreateInput, SalesOrderDeleteInput,
    SalesOrderPrioritizeInput, SalesOrderUpdateInput,
};
use super::{confirm, create, update};
use crate::graphql::context::Asked;
use crate::graphql::{app, payload};
use crate::platform::actor::Scope;
use crate::sales::order::graphql::SalesOrder;
use crate::sales::order::prioritize;
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;

payload! {
    /// What creating a draft brought.
    SalesOrderCreatePayload {
        /// The draft.
        sales_order: SalesOrder = SalesOrderId
    }
}

payload! {
    /// What changing an order brought.
    SalesOrderUpdatePayload {
        /// The changed order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What confirming a draft brought.
    SalesOrderConfirmPayload {
        /// The confirmed order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What giving an order another priority brought.
    SalesOrderPrioritizePayload {
        /// The order.
        sales_order: SalesOrder = SalesOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What deleting a draft brought.
    SalesOrderDeletePayload {
        /// The draft as it was, without its lines. Null also when the call was a repetition.
        sales_order: SalesOrder = SalesOrderId
    }
}

/// Creates, changes, confirms and deletes drafts, and changes orders.
#[derive(Default)]
pub struct QuotationMutation;

#[Object]
impl QuotationMutation {
    /// Creates a draft of an order, a quotation: prices are fixed, nothing is reserved.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new draft.")] input: SalesOrderCreateInput,
    ) -> Result<SalesOrderCreatePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = create::create(app(ctx), input.read(ctx)).await;
        SalesOrderCreatePayload::answer(ctx, verdict).await
    }

    /// Changes an order. Of a draft everything can change. Of a confirmed order the details can
    /// always change, and its lines until goods are set aside for shipping or invoiced: its
    /// reservations follow in the same moment, or nothing changes.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and what of it.")] input: SalesOrderUpdateInput,
    ) -> Result<SalesOrderUpdatePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = update::update(app(ctx), input.read(ctx)).await;
        SalesOrderUpdatePayload::answer(ctx, verdict).await
    }

    /// Confirms a draft: it is accepted, and its stock is reserved.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft, and how.")] input: SalesOrderConfirmInput,
    ) -> Result<SalesOrderConfirmPayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = confirm::confirm(app(ctx), input.read(ctx)).await;
        SalesOrderConfirmPayload::answer(ctx, verdict).await
    }

    /// Gives an order another priority: whose turn it is when stock comes. Nothing that is reserved
    /// for others is taken away from them; it counts when stock comes or goes the next time.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_prioritize(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and how urgent it is.")] input: SalesOrderPrioritizeInput,
    ) -> Result<SalesOrderPrioritizePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = prioritize::prioritize(app(ctx), input.read(ctx)).await;
        SalesOrderPrioritizePayload::answer(ctx, verdict).await
    }

    /// Deletes a draft; its number stays unused. A confirmed order is cancelled instead.
    /// Scope: `sales_orders:write`.
    pub async fn sales_order_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: SalesOrderDeleteInput,
    ) -> Result<SalesOrderDeletePayload> {
        ctx.require(Scope::SalesOrdersWrite)?;
        let verdict = create::delete(app(ctx), input.read(ctx)).await;
        SalesOrderDeletePayload::answer(ctx, verdict).await
    }
}
