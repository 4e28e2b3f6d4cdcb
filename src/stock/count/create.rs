//! Beginning a count.

use chrono::NaiveDate;
use entity::stock::{stock_count, stock_count_line};
use entity::vocab::{
    NumberKind, ProductVariantId, Quantity, StockCountId, StockCountLineId, StockCountStatus,
    WarehouseId,
};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;

use super::{rules, store};
use crate::catalog::product::store as variants;
use crate::platform::actor::Scope;
use crate::platform::app::App;
use crate::platform::command::{self, Done, Envelope, Verdict};
use crate::platform::db::{Tx, TxError};
use crate::platform::input::LINES_MAX;
use crate::platform::metadata;
use crate::platform::numbering;
use crate::platform::reference::{Reference, find_one};
use crate::platform::rejection::{Path, Problem, Rejection};
use crate::stock::warehouse::{rules as warehouse_rules, store as warehouses};

/// A count to begin.
#[derive(Clone, Debug)]
pub struct CreateCount {
    /// Its id.
    pub id: StockCountId,
    /// Where.
    pub warehouse: Reference<WarehouseId>,
    /// What is counted; none: everything that the warehouse has a level of.
    pub variants: Option<Vec<Reference<ProductVariantId>>>,
    /// The business day it belongs to.
    pub date: NaiveDate,
    /// Whether those who count must not see what the books say.
    pub is_blind: bool,
    /// A larger difference than this must be counted a second time.
    pub recount_over: Option<Quantity>,
    /// A remark.
    pub note: Option<String>,
    /// The id a partner's system knows it by.
    pub external_id: Option<String>,
    /// What a partner keeps beside it.
    pub metadata: Option<Json>,
}

/// Begins a count, with a line for each variant.
///
/// # Errors
/// [`command::Refusal`], with nothing changed.
pub async fn create(app: &App, envelope: Envelope<CreateCount>) -> Verdict {
    envelope.call.actor.require(Scope::StockWrite)?;
    command::run(app, envelope, handle).await
}

type Batch<'t> = &'t [&'t Envelope<CreateCount>];

fn handle<'t>(_: &'t App, tx: &'t Tx, batch: Batch<'t>) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let mut rejections = call.complaints.clone();
        let resolved = resolve(tx, command, &mut rejections).await?;
        let Some((warehouse, variants)) = resolved.filter(|_| rejections.is_empty()) else {
            return Ok(Done::refused(rejections));
        };
        let numbers = numbering::take(tx, NumberKind::StockCount, &[command.date]).await?;
        let count = stock_count::Model {
            id: command.id,
            warehouse_id: warehouse,
            number: numbers.concat(),
            status: StockCountStatus::Open,
            date: command.date,
            is_blind: command.is_blind,
            recount_over: command.recount_over,
            note: command.note.clone(),
            stock_adjustment_id: None,
            posted_by: None,
            posted_at: None,
            external_id: command.external_id.clone(),
            metadata: command.metadata.clone(),
            operation_id: call.operation_id,
            created_by: call.actor.caller_id(),
            created_at: tx.now(),
            updated_at: tx.now(),
            version: 1,
        };
        metadata::insert(tx.conn(), [(count.id.0, count.metadata.as_ref())]).await?;
        let lines = line_rows(command.id, warehouse, &variants);
        store::insert(tx.conn(), count, lines).await?;
        Ok(Done::accepted(command.id.0, Vec::new()))
    })
}

fn line_rows(
    count: StockCountId,
    warehouse: WarehouseId,
    variants: &[ProductVariantId],
) -> Vec<stock_count_line::Model> {
    let row = |(index, variant): (usize, &ProductVariantId)| stock_count_line::Model {
        id: StockCountLineId::generate(),
        stock_count_id: count,
        position: i32::try_from(index + 1).expect("a document has few lines"),
        variant_id: *variant,
        open_warehouse_id: Some(warehouse),
        counted: None,
        expected: None,
        times_counted: 0,
        counted_by: None,
        counted_at: None,
    };
    variants.iter().enumerate().map(row).collect()
}

/// Where is counted, and what.
async fn resolve(
    tx: &Tx,
    command: &CreateCount,
    rejections: &mut Vec<Rejection>,
) -> Result<Option<(WarehouseId, Vec<ProductVariantId>)>, TxError> {
    let path = Path::input();
    if let Some(id) = &command.external_id {
        let reference = Reference::ExternalId(id.clone());
        if let Some(rival) = find_one::<stock_count::Entity>(tx.conn(), &reference).await? {
            let existing = rival.id.to_string();
            let problem = Problem::Duplicate {
                field: "external id",
                existing,
            };
            rejections.push(Rejection::new(path.at("externalId"), problem));
        }
    }
    let places = warehouses::find_and_hold(tx.conn(), &[&command.warehouse]).await?;
    let place = warehouse_rules::usable(&places, &command.warehouse, &path.at("warehouse"));
    let place = place
        .map_err(|reason| rejections.extend(reason))
        .ok()
        .map(|place| place.id);
    let variants = match &command.variants {
        Some(named) => {
            let references: Vec<_> = named.iter().collect();
            let found = variants::find_variants(tx.conn(), &references).await?;
            let ids = rules::resolve_variants(named, &found);
            ids.map_err(|more| rejections.extend(more)).ok()
        }
        None => None,
    };
    let Some(place) = place else { return Ok(None) };
    match (variants, &command.variants) {
        (Some(ids), _) => {
            let rivals = store::open_lines(tx.conn(), place, &ids).await?;
            rejections.extend(rules::check_free(&ids, &rivals));
            Ok(Some((place, ids)))
        }
        (None, Some(_)) => Ok(None),
        (None, None) => match everything(tx, place).await? {
            Ok(ids) => Ok(Some((place, ids))),
            Err(rejection) => {
                rejections.push(rejection);
                Ok(None)
            }
        },
    }
}

/// Everything that a warehouse has a level of, when it is one count's worth and nobody counts any
/// of it.
async fn everything(
    tx: &Tx,
    warehouse: WarehouseId,
) -> Result<Result<Vec<ProductVariantId>, Rejection>, TxError> {
    let refuse = |message: String| Rejection::invalid(Path::input().at("variants"), message);
    let limit = u64::try_from(LINES_MAX + 1).expect("a small number");
    let ids = store::variants_of(tx.conn(), warehouse, limit).await?;
    if ids.is_empty() {
        let message = "The warehouse has no levels yet, so there is nothing to count. Name the \
            variants that may be there.";
        return Ok(Err(refuse(message.to_owned())));
    }
    if ids.len() > LINES_MAX {
        let message = format!(
            "The warehouse has levels of more than {LINES_MAX} variants. Name those of one count, \
             at most {LINES_MAX}."
        );
        return Ok(Err(refuse(message)));
    }
    let mut rivals = store::open_lines(tx.conn(), warehouse, &ids).await?;
    if rivals.is_empty() {
        return Ok(Ok(ids));
    }
    let taken = rivals.len();
    rivals.dedup_by_key(|line| line.stock_count_id);
    let rivals = rivals.into_iter().map(|line| line.stock_count_id).collect();
    let numbers = store::numbers(tx.conn(), rivals).await?.join(", ");
    let message = format!(
        "{taken} of the warehouse's variants are being counted already, in {numbers}. Post or \
         cancel that first, or name the variants to be counted."
    );
    Ok(Err(refuse(message)))
}
