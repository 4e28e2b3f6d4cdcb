//! What is done with purchase orders, in the schema.

use async_graphql::{Context, Object, Result};
use entity::vocab::PurchaseOrderId;

use crate::graphql::context::Asked;
use crate::graphql::{app, payload};
use crate::platform::actor::Scope;
use crate::purchasing::order::graphql::PurchaseOrder;
use crate::purchasing::order::inputs::{
    PurchaseOrderApproveInput, PurchaseOrderCancelInput, PurchaseOrderCloseInput,
    PurchaseOrderConfirmInput, PurchaseOrderCreateInput, PurchaseOrderDeleteInput,
    PurchaseOrderRejectInput, PurchaseOrderSendInput, PurchaseOrderSubmitInput,
    PurchaseOrderUpdateInput,
};
use crate::purchasing::order::{approve, draft, send};
use crate::stock::ledger::Lines;
use crate::stock::posted::graphql::Posted;

payload! {
    /// What creating a purchase order brought.
    PurchaseOrderCreatePayload {
        /// The order, as a draft.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What changing a purchase order brought.
    PurchaseOrderUpdatePayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What deleting a purchase order brought.
    PurchaseOrderDeletePayload {
        /// The order as it last was; null in a repetition.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What submitting a purchase order brought.
    PurchaseOrderSubmitPayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What approving a purchase order brought.
    PurchaseOrderApprovePayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What rejecting a purchase order brought.
    PurchaseOrderRejectPayload {
        /// The order, as a draft.
        purchase_order: PurchaseOrder = PurchaseOrderId
    }
}

payload! {
    /// What sending a purchase order brought.
    PurchaseOrderSendPayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What confirming a purchase order brought.
    PurchaseOrderConfirmPayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What cancelling a purchase order brought.
    PurchaseOrderCancelPayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId,
        posted: Lines => Posted
    }
}

payload! {
    /// What closing a purchase order brought.
    PurchaseOrderClosePayload {
        /// The order.
        purchase_order: PurchaseOrder = PurchaseOrderId,
        posted: Lines => Posted
    }
}

/// Changes purchase orders.
#[derive(Default)]
pub struct PurchaseOrderMutation;

#[Object]
impl PurchaseOrderMutation {
    /// Writes a purchase order, as a draft. Prices and taxes are fixed by the order's date.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new order.")] input: PurchaseOrderCreateInput,
    ) -> Result<PurchaseOrderCreatePayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = draft::create(app(ctx), input.read(ctx)).await;
        PurchaseOrderCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a draft.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: PurchaseOrderUpdateInput,
    ) -> Result<PurchaseOrderUpdatePayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = draft::update(app(ctx), input.read(ctx)).await;
        PurchaseOrderUpdatePayload::answer(ctx, verdict).await
    }

    /// Deletes a draft; its number stays unused.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: PurchaseOrderDeleteInput,
    ) -> Result<PurchaseOrderDeletePayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = draft::delete(app(ctx), input.read(ctx)).await;
        PurchaseOrderDeletePayload::answer(ctx, verdict).await
    }

    /// Submits a draft: it waits for approval where a tier of `purchaseApprovalTiers` applies to
    /// its gross amount, else it is approved. Quantities below the minimum of the supplier item, or
    /// no multiple of what the supplier sells in, are refused, unless told to ignore that.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which draft.")] input: PurchaseOrderSubmitInput,
    ) -> Result<PurchaseOrderSubmitPayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = approve::submit(app(ctx), input.read(ctx)).await;
        PurchaseOrderSubmitPayload::answer(ctx, verdict).await
    }

    /// Approves an order. Never by who wrote or last changed it; the tier may
    /// ask for another scope too.
    /// Scope: `purchase_orders:approve`.
    pub async fn purchase_order_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: PurchaseOrderApproveInput,
    ) -> Result<PurchaseOrderApprovePayload> {
        ctx.require(Scope::PurchaseOrdersApprove)?;
        let verdict = approve::approve(app(ctx), input.read(ctx)).await;
        PurchaseOrderApprovePayload::answer(ctx, verdict).await
    }

    /// Gives an order back to its author, as a draft, with a reason.
    /// Scope: `purchase_orders:approve`.
    pub async fn purchase_order_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order, and why.")] input: PurchaseOrderRejectInput,
    ) -> Result<PurchaseOrderRejectPayload> {
        ctx.require(Scope::PurchaseOrdersApprove)?;
        let verdict = approve::reject(app(ctx), input.read(ctx)).await;
        PurchaseOrderRejectPayload::answer(ctx, verdict).await
    }

    /// Marks an approved order as sent to the supplier: what it orders is incoming.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_send(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: PurchaseOrderSendInput,
    ) -> Result<PurchaseOrderSendPayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = send::send(app(ctx), input.read(ctx)).await;
        PurchaseOrderSendPayload::answer(ctx, verdict).await
    }

    /// Notes what the supplier confirmed: how much comes, and when.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was confirmed.")] input: PurchaseOrderConfirmInput,
    ) -> Result<PurchaseOrderConfirmPayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = send::confirm(app(ctx), input.read(ctx)).await;
        PurchaseOrderConfirmPayload::answer(ctx, verdict).await
    }

    /// Withdraws an order before anything of it was received; nothing of it is incoming any more.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: PurchaseOrderCancelInput,
    ) -> Result<PurchaseOrderCancelPayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = send::cancel(app(ctx), input.read(ctx)).await;
        PurchaseOrderCancelPayload::answer(ctx, verdict).await
    }

    /// Closes a sent order: what is still open leaves `incoming`, and nothing more is received. An
    /// order that was received in full is closed like this too, when nothing more is expected to
    /// happen to it.
    /// Scope: `purchase_orders:write`.
    pub async fn purchase_order_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which order.")] input: PurchaseOrderCloseInput,
    ) -> Result<PurchaseOrderClosePayload> {
        ctx.require(Scope::PurchaseOrdersWrite)?;
        let verdict = send::close(app(ctx), input.read(ctx)).await;
        PurchaseOrderClosePayload::answer(ctx, verdict).await
    }
}
