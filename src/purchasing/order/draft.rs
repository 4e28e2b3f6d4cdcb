//! Writing a purchase order: creating, changing and deleting a draft.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::party::payment_terms;
use entity::purchasing::{purchase_order, purchase_order_line};
use entity::vocab::{
    Coverage, ExchangeRate, NumberKind, PaymentTermsId, ProductVariantId, PurchaseOrderId,
    PurchaseOrderLineId, PurchaseOrderStatus, Quantity, Rate, SupplierId, UnitPrice, WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::ops::{self, ChangeOrder};
use super::rules::{self, PricedOrder, References};
use super::store;
use super::transitions::Step;
use crate::catalog::product::store as variants;
use crate::catalog::tax::store as taxes;
use crate::party::supplier::store as suppliers;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Call, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::check_version;
use crate::platform::reference::{self, Reference, find_one};
use crate::platform::rejection::{Path, Rejection};
use crate::platform::{master, metadata, numbering};
use crate::purchasing::supplier_item::store as items;
use crate::stock::warehouse::store as warehouses;

/// A line of an order that is being written.
#[derive(Clone, Debug)]
pub struct DraftLine {
    /// Its id.
    pub id: PurchaseOrderLineId,
    /// What is ordered.
    pub variant: Reference<ProductVariantId>,
    /// How much.
    pub quantity: Quantity,
    /// Whether the quantity was complained about already.
    pub is_quantity_unread: bool,
    /// A price of the caller's own.
    pub unit_price: Option<UnitPrice>,
    /// Share taken off.
    pub discount_rate: Rate,
    /// When it is expected.
    pub expected_on: Option<NaiveDate>,
}

/// An order that is being written.
#[derive(Clone, Debug)]
pub struct DraftOrder {
    /// Its id.
    pub id: PurchaseOrderId,
    /// From whom.
    pub supplier: Reference<SupplierId>,
    /// Where the goods shall come in.
    pub warehouse: Reference<WarehouseId>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// The day by which everything is expected.
    pub expected_on: Option<NaiveDate>,
    /// What one unit of the supplier's currency is worth in the base currency.
    pub exchange_rate: Option<ExchangeRate>,
    /// Whether the rate was complained about already.
    pub is_rate_unread: bool,
    /// When it is to be paid; an inner `None`: nothing is agreed; as the supplier has it when left
    /// out.
    pub payment_terms: Option<Option<Reference<PaymentTermsId>>>,
    /// The supplier's own number of it.
    pub supplier_reference: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What partners keep beside it.
    pub metadata: Option<Json>,
    /// What is ordered.
    pub lines: Vec<DraftLine>,
}

/// Writes a new draft.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<DraftOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_create).await
}

fn handle_create<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<DraftOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let priced = match price(app, tx, call, command).await? {
            Ok(priced) => priced,
            Err(rejections) => return Ok(Done::refused(rejections)),
        };
        let numbers = numbering::take(tx, NumberKind::PurchaseOrder, &[command.date]).await?;
        let (order, lines) = row(tx, call, command, priced, numbers.concat());
        metadata::write(tx.conn(), order.id.0, None, order.metadata.as_ref()).await?;
        store::insert(tx.conn(), order.clone(), lines).await?;
        let events = vec![ops::changed(call, &order, "created")];
        Ok(Done::accepted(order.id.0, events))
    })
}

fn row(
    tx: &Tx,
    call: &Call,
    command: &DraftOrder,
    priced: PricedOrder,
    number: String,
) -> (purchase_order::Model, Vec<purchase_order_line::Model>) {
    let order = purchase_order::Model {
        id: command.id,
        number,
        status: PurchaseOrderStatus::Draft,
        receiving: Coverage::None,
        billing: Coverage::None,
        supplier_id: priced.supplier.id,
        warehouse_id: priced.warehouse_id,
        date: command.date,
        expected_on: priced.expected_on,
        due_on: None,
        currency: priced.supplier.currency,
        exchange_rate: priced.exchange_rate,
        payment_terms_id: priced.payment_terms_id,
        net: priced.net,
        tax: priced.tax,
        gross: priced.gross,
        supplier_reference: command.supplier_reference.clone(),
        note: command.note.clone(),
        edited_by: call.actor.caller_id(),
        submitted_by: None,
        submitted_at: None,
        approved_by: None,
        approved_at: None,
        rejected_reason: None,
        sent_at: None,
        closed_reason: None,
        external_id: command.external_id.clone(),
        metadata: command.metadata.clone(),
        operation_id: call.operation_id,
        created_by: call.actor.caller_id(),
        created_at: tx.now(),
        updated_at: tx.now(),
        version: 1,
    };
    (order, priced.lines)
}

/// Loads what an order refers to and reckons it, with everything that is wrong.
async fn price(
    app: &App,
    tx: &Tx,
    call: &Call,
    order: &DraftOrder,
) -> Result<Result<PricedOrder, Vec<Rejection>>, TxError> {
    let found = load_references(tx, order).await?;
    let priced = rules::price(order, &found, app.company.base_currency);
    Ok(match priced {
        Ok(priced) if call.complaints.is_empty() => Ok(priced),
        outcome => {
            let more = outcome.err().into_iter().flatten();
            Err(call.complaints.iter().cloned().chain(more).collect())
        }
    })
}

async fn load_references(tx: &Tx, order: &DraftOrder) -> Result<References, TxError> {
    let conn = tx.conn();
    let suppliers = suppliers::find(conn, &[&order.supplier]).await?;
    let named: Vec<_> = order.lines.iter().map(|line| &line.variant).collect();
    let variants = variants::find_variants(conn, &named).await?;
    let supplier = reference::find(&suppliers, &order.supplier, &Path::input()).ok();
    let ids = variants.iter().map(|row| row.variant.id).collect();
    let offers = match supplier {
        Some(supplier) => items::offers(conn, supplier.id, ids).await?,
        None => Vec::new(),
    };
    let classes = variants.iter().filter_map(|row| row.variant.tax_class_id);
    let tax_rates = taxes::rates_on(conn, classes.collect(), order.date).await?;
    let rival = match &order.external_id {
        Some(id) => {
            let theirs = Reference::ExternalId(id.clone());
            find_one::<purchase_order::Entity>(conn, &theirs).await?
        }
        None => None,
    };
    let terms: Vec<_> = order.payment_terms.iter().flatten().collect();
    Ok(References {
        terms: master::find::<payment_terms::Entity>(conn, &terms).await?,
        warehouses: warehouses::find_and_hold(conn, &[&order.warehouse]).await?,
        suppliers,
        variants,
        offers,
        tax_rates,
        rival,
    })
}

/// A change of a draft; what is `None` stays as it is.
#[derive(Clone, Debug)]
pub struct UpdateOrder {
    /// Which one.
    pub order: Reference<PurchaseOrderId>,
    /// The version the caller has seen.
    pub expected_version: Option<i64>,
    /// Where the goods shall come in.
    pub warehouse: Option<Reference<WarehouseId>>,
    /// The business day it belongs to.
    pub date: Option<NaiveDate>,
    /// The day by which everything is expected.
    pub expected_on: Option<NaiveDate>,
    /// What one unit of the supplier's currency is worth in the base currency.
    pub exchange_rate: Option<ExchangeRate>,
    /// When it is to be paid; an inner `None` removes it.
    pub payment_terms: Option<Option<Reference<PaymentTermsId>>>,
    /// The supplier's own number of it; an inner `None` removes it.
    pub supplier_reference: Option<Option<String>>,
    /// A remark; an inner `None` removes it.
    pub note: Option<Option<String>>,
    /// The id a partner's system knows it by; an inner `None` removes it.
    pub external_id: Option<Option<String>>,
    /// What partners keep beside it; an inner `None` removes it.
    pub metadata: Option<Option<Json>>,
    /// All of its lines.
    pub lines: Option<Vec<DraftLine>>,
}

impl UpdateOrder {
    /// The whole order as it is after the change.
    fn applied_to(
        &self,
        order: &purchase_order::Model,
        lines: &[purchase_order_line::Model],
    ) -> DraftOrder {
        let kept = |line: &purchase_order_line::Model| DraftLine {
            id: line.id,
            variant: Reference::Id(line.variant_id),
            quantity: line.quantity,
            is_quantity_unread: false,
            unit_price: Some(line.unit_price),
            discount_rate: line.discount_rate,
            expected_on: self.expected_on.or(Some(line.expected_on)),
        };
        let change = |new: &Option<Option<String>>, old: &Option<String>| {
            new.clone().unwrap_or_else(|| old.clone())
        };
        let new_lines = self.lines.clone();
        let kept_terms = order.payment_terms_id.map(Reference::Id);
        let terms = self.payment_terms.clone().unwrap_or(kept_terms);
        DraftOrder {
            id: order.id,
            supplier: Reference::Id(order.supplier_id),
            warehouse: self
                .warehouse
                .clone()
                .unwrap_or(Reference::Id(order.warehouse_id)),
            date: self.date.unwrap_or(order.date),
            expected_on: self.expected_on,
            exchange_rate: self.exchange_rate.or(Some(order.exchange_rate)),
            is_rate_unread: false,
            payment_terms: Some(terms),
            supplier_reference: change(&self.supplier_reference, &order.supplier_reference),
            note: change(&self.note, &order.note),
            external_id: change(&self.external_id, &order.external_id),
            metadata: self
                .metadata
                .clone()
                .unwrap_or_else(|| order.metadata.clone()),
            lines: new_lines.unwrap_or_else(|| lines.iter().map(kept).collect()),
        }
    }
}

/// Changes a draft.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn update(app: &App, envelope: Envelope<UpdateOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_update).await
}

fn handle_update<'t>(
    app: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<UpdateOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, mut rejections) = ops::lock(tx, call, &command.order, Step::Update).await?;
        let Some(mut order) = order else {
            return Ok(Done::refused(rejections));
        };
        rejections.extend(check_version(command.expected_version, order.version).err());
        let lines = store::lines(tx.conn(), order.id).await?;
        let draft = command.applied_to(&order, &lines);
        let found = load_references(tx, &draft).await?;
        let priced = match rules::price(&draft, &found, app.company.base_currency) {
            Ok(priced) if rejections.is_empty() => priced,
            outcome => {
                rejections.extend(outcome.err().into_iter().flatten());
                return Ok(Done::refused(rejections));
            }
        };
        order.warehouse_id = priced.warehouse_id;
        order.date = draft.date;
        order.expected_on = priced.expected_on;
        order.exchange_rate = priced.exchange_rate;
        (order.net, order.tax, order.gross) = (priced.net, priced.tax, priced.gross);
        order.supplier_reference = draft.supplier_reference;
        order.note = draft.note;
        order.external_id = draft.external_id;
        order.payment_terms_id = priced.payment_terms_id;
        if order.metadata != draft.metadata {
            let (before, after) = (order.metadata.as_ref(), draft.metadata.as_ref());
            metadata::write(tx.conn(), order.id.0, before, after).await?;
            order.metadata = draft.metadata;
        }
        order.edited_by = call.actor.caller_id();
        store::replace_lines(tx.conn(), order.id, priced.lines.clone()).await?;
        let order = ops::save(tx, order, &priced.lines).await?;
        let events = vec![ops::changed(call, &order, "updated")];
        Ok(Done::accepted(order.id.0, events))
    })
}

/// Deletes a draft.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn delete(app: &App, envelope: Envelope<ChangeOrder>) -> Verdict {
    envelope.call.actor.require(Scope::PurchaseOrdersWrite)?;
    command::run(app, envelope, handle_delete).await
}

fn handle_delete<'t>(
    _: &'t App,
    tx: &'t Tx,
    batch: &'t [&'t Envelope<ChangeOrder>],
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let (order, rejections) = ops::lock(tx, call, &command.order, Step::Delete).await?;
        let Some(order) = order.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        metadata::write(tx.conn(), order.id.0, order.metadata.as_ref(), None).await?;
        store::delete(tx.conn(), order.id).await?;
        let events = vec![ops::changed(call, &order, "deleted")];
        let mut done = Done::accepted(order.id.0, events);
        done.written.push((order.id.0, Arc::new(order)));
        Ok(done)
    })
}
