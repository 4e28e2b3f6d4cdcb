//! Changing the settings and the approval tiers.

use entity::purchasing::approval_tier;
use entity::vocab::{Amount, ApprovalKind, Rate, SourcingStrategy};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use super::{rules, store};
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::stock::settings::store as stock_settings;

/// A change of the settings; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateSettings {
    /// Share of an ordered quantity that may come in on top of it.
    pub over_receipt_tolerance: Option<Rate>,
    /// From which value on corrections of stock need approval; none in it: never.
    pub adjustment_approval_over: Option<Option<Amount>>,
    /// How warehouses are chosen for orders that do not say.
    pub sourcing_strategy: Option<SourcingStrategy>,
}

/// Changes the settings.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<UpdateSettings>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateSettings>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        if !call.complaints.is_empty() {
            return Ok(Done::refused(call.complaints.clone()));
        }
        if let Some(tolerance) = command.over_receipt_tolerance {
            store::set_tolerance(tx.conn(), tolerance, tx.now()).await?;
        }
        if let Some(over) = command.adjustment_approval_over {
            stock_settings::set_approval_over(tx.conn(), over, tx.now()).await?;
        }
        if let Some(strategy) = command.sourcing_strategy {
            stock_settings::set_sourcing(tx.conn(), strategy, tx.now()).await?;
        }
        Ok(Done::accepted(Uuid::nil(), Vec::new()))
    })
}

/// A tier to be set.
#[derive(Clone, Debug)]
pub struct NewTier {
    /// From which gross amount on, in base currency.
    pub from_amount: Amount,
    /// The scope that approving then needs.
    pub scope: Scope,
    /// Whether its amount was complained about already.
    pub is_unread: bool,
}

/// All tiers of purchase orders.
#[derive(Clone, Debug)]
pub struct SetTiers {
    /// The tiers.
    pub tiers: Vec<NewTier>,
}

/// Replaces the approval tiers of purchase orders.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn set_tiers(app: &App, envelope: Envelope<SetTiers>) -> Verdict {
    envelope.call.actor.require(Scope::SettingsWrite)?;
    command::run(app, envelope, handle_tiers).await
}

fn handle_tiers<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<SetTiers>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        rejections.extend(rules::check_tiers(&command.tiers));
        if !rejections.is_empty() {
            return Ok(Done::refused(rejections));
        }
        // Two callers at once take turns: the tiers are those of the one or of the other.
        store::lock(tx.conn()).await?;
        let kind = ApprovalKind::PurchaseOrder;
        let row = |(index, tier): (usize, &NewTier)| approval_tier::Model {
            document_kind: kind,
            position: i32::try_from(index + 1).expect("there are few tiers"),
            from_amount: tier.from_amount,
            scope: tier.scope.as_str().to_owned(),
        };
        let rows = command.tiers.iter().enumerate().map(row).collect();
        store::replace_tiers(tx.conn(), kind, rows).await?;
        Ok(Done::accepted(Uuid::nil(), Vec::new()))
    })
}
