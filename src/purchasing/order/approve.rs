//! Submitting, approving and rejecting a purchase order.

use entity::vocab::{ApprovalKind, PurchaseOrderStatus};
use futures_util::future::BoxFuture;

use super::ops::{self, ChangeOrder};
use super::transitions::{self, Step};
use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::rejection::{Path, Rejection};
use crate::purchasing::settings::{rules as tier_rules, store as settings};

type Batch<'t> = &'t [&'t Envelope<ChangeOrder>];

/// Submits a draft: it waits for approval where a tier applies, else it is approved.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn submit(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_submit).await
}

fn handle_submit<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, mut rejections) = ops::lock(tx, call, &command.order, Step::Submit).await?;
        let Some(mut order) = order else {
            return Ok(Done::refused(rejections));
        };
        let lines = store::lines(tx.conn(), order.id).await?;
        if !command.ignore_minimums {
            let ids = lines.iter().filter_map(|line| line.supplier_item_id);
            let items = store::items(tx.conn(), ids.collect()).await?;
            rejections.extend(rules::check_minimums(&lines, &items));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        let tiers = settings::tiers(tx.conn(), ApprovalKind::PurchaseOrder).await?;
        let amount = order
            .exchange_rate
            .to_base(order.gross, app.company.base_currency);
        let amount = amount.ok_or_else(|| TxError::internal("an order that is too large"))?;
        let caller = call.actor.caller_id();
        order.submitted_by = Some(caller);
        order.submitted_at = Some(tx.now());
        if tier_rules::tier_of(&tiers, amount).is_some() {
            order.status = PurchaseOrderStatus::PendingApproval;
        } else {
            order.status = PurchaseOrderStatus::Approved;
            order.approved_by = Some(caller);
            order.approved_at = Some(tx.now());
        }
        let order = ops::save(tx, order, &lines).await?;
        let events = vec![ops::changed(call, &order, "submitted")];
        Ok(Done::accepted(order.id.0, events))
    })
}

/// Approves an order that somebody else wrote.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn approve(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersApprove)?;
    command::run(app, envelope, handle_approve).await
}

fn handle_approve<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, mut rejections) = ops::lock(tx, call, &command.order, Step::Approve).await?;
        let Some(mut order) = order else {
            return Ok(Done::refused(rejections));
        };
        let caller = call.actor.caller_id();
        rejections.extend(transitions::check_approver(&order, caller).err());
        let tiers = settings::tiers(tx.conn(), ApprovalKind::PurchaseOrder).await?;
        let amount = order
            .exchange_rate
            .to_base(order.gross, app.company.base_currency);
        let amount = amount.ok_or_else(|| TxError::internal("an order that is too large"))?;
        if let Some(tier) = tier_rules::tier_of(&tiers, amount)
            && !Scope::parse(&tier.scope).is_some_and(|scope| call.actor.may(scope))
        {
            let message = format!(
                "An order of this amount needs the scope {} too. Ask somebody who has it.",
                tier.scope
            );
            let path = Path::input().at("purchaseOrder");
            rejections.push(Rejection::invalid(path, message));
        }
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        order.status = PurchaseOrderStatus::Approved;
        order.approved_by = Some(caller);
        order.approved_at = Some(tx.now());
        let order = ops::save(tx, order, &[]).await?;
        let events = vec![ops::changed(call, &order, "approved")];
        Ok(Done::accepted(order.id.0, events))
    })
}

/// Gives an order back to its author, as a draft, with a reason.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn reject(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersApprove)?;
    command::run(app, envelope, handle_reject).await
}

fn handle_reject<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: Batch<'t>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, rejections) = ops::lock(tx, call, &command.order, Step::Reject).await?;
        let Some(mut order) = order.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        order.status = PurchaseOrderStatus::Draft;
        order.rejected_reason.clone_from(&command.reason);
        (order.submitted_by, order.submitted_at) = (None, None);
        let order = ops::save(tx, order, &[]).await?;
        let events = vec![ops::changed(call, &order, "rejected")];
        Ok(Done::accepted(order.id.0, events))
    })
}
