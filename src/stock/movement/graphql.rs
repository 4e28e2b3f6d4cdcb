//! Movements in the schema.

use async_graphql::{Context, Description, Enum, ID, InputObject, Object, Result};
use chrono::{DateTime, Utc};
use entity::stock::stock_movement;
use entity::vocab::{ProductVariantId, StockPlace, WarehouseId};

use super::store;
use crate::catalog::product::graphql::{ProductVariant, ProductVariantReference};
use crate::catalog::product::store::find_variants;
use crate::graphql::context::{Asked, bad_argument, company, date_time};
use crate::graphql::filter::{Condition, DateFilter, IdFilter};
use crate::graphql::payload::internal;
use crate::graphql::{Date, Decimal, Money, Reading, app, listing, loaders};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::rejection::Path;
use crate::stock::warehouse::graphql::{Warehouse, WarehouseReference};
use crate::stock::warehouse::store as warehouses;

/// One side of a movement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "StockPlace", remote = "StockPlace")]
pub enum StockPlaceKind {
    /// Goods of a warehouse that may be sold.
    Sellable,
    /// Goods of a warehouse that may not be sold for now.
    Quarantine,
    /// Goods on their way between two warehouses.
    Transit,
    /// Suppliers, customers, and what corrections find or lose.
    Outside,
}

/// One immutable line of the physical ledger: goods and their value, from one place to another.
#[derive(Clone, Description)]
pub struct StockMovement(stock_movement::Model);

impl From<stock_movement::Model> for StockMovement {
    fn from(row: stock_movement::Model) -> Self {
        Self(row)
    }
}

pub(crate) async fn warehouse(
    ctx: &Context<'_>,
    id: Option<WarehouseId>,
) -> Result<Option<Warehouse>> {
    let Some(id) = id else { return Ok(None) };
    let row = loaders(ctx)
        .load_one(id)
        .await
        .map_err(|error| internal(&error))?;
    Ok(row.map(Warehouse))
}

#[Object(use_type_description)]
impl StockMovement {
    /// Its number in the ledger.
    async fn number(&self) -> i64 {
        self.0.id
    }

    /// What moved.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("a movement without a variant"))
    }

    /// How much moved, in the base unit; always above zero.
    async fn quantity(&self) -> Decimal {
        self.0.quantity.into()
    }

    /// What it was worth, in the company's currency.
    /// Scope: `costs:read`.
    async fn value(&self, ctx: &Context<'_>) -> Option<Result<Money>> {
        let value = || Money::base(self.0.value, company(ctx).base_currency);
        Some(ctx.require(Scope::CostsRead).map(|_| value()))
    }

    /// Where it left.
    #[graphql(name = "fromPlace")]
    async fn source_place(&self) -> StockPlaceKind {
        self.0.from_place.into()
    }

    /// The warehouse it left; null when it left none.
    #[graphql(name = "fromWarehouse")]
    async fn source_warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        warehouse(ctx, self.0.from_warehouse_id).await.transpose()
    }

    /// Where it arrived.
    async fn to_place(&self) -> StockPlaceKind {
        self.0.to_place.into()
    }

    /// The warehouse it reached; null when it reached none.
    async fn to_warehouse(&self, ctx: &Context<'_>) -> Option<Result<Warehouse>> {
        warehouse(ctx, self.0.to_warehouse_id).await.transpose()
    }

    /// What the warehouse it left had on hand right after it, in the base unit; null when it left
    /// none. Movements of a level follow each other in the order of their numbers.
    async fn from_on_hand(&self) -> Option<Decimal> {
        self.0.from_on_hand.map(Into::into)
    }

    /// What the warehouse it reached had on hand right after it, in the base unit; null when it
    /// reached none.
    async fn to_on_hand(&self) -> Option<Decimal> {
        self.0.to_on_hand.map(Into::into)
    }

    /// The id of the document line that caused it.
    async fn cause_line_id(&self) -> Option<ID> {
        let row = &self.0;
        let receipt = row.goods_receipt_line_id.map(|id| id.to_string());
        let fulfilment = row.fulfilment_line_id.map(|id| id.to_string());
        let transfer = row.stock_transfer_line_id.map(|id| id.to_string());
        let adjustment = row.stock_adjustment_line_id.map(|id| id.to_string());
        let returned = row.customer_return_line_id.map(|id| id.to_string());
        let document = receipt.or(fulfilment).or(transfer).or(adjustment);
        document.or(returned).map(ID)
    }

    /// Why, where the cause alone does not say it.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The business day it belongs to.
    async fn date(&self) -> Date {
        Date(self.0.happened_on)
    }

    /// The number of the movement that it takes back; null when it takes none back.
    async fn reverses_number(&self) -> Option<i64> {
        self.0.reverses_id
    }

    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        date_time(self.0.recorded_at)
    }

    /// Who recorded it.
    async fn recorded_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.recorded_by).await.transpose()
    }
}

listing! {
    /// Movements of stock, oldest first.
    /// Scope: `stock:read`.
    stock_movements: StockMovement of stock_movement, Scope::StockRead;
    filter {
        /// By the variant.
        variant_id: IdFilter => |given| given.on(Column::VariantId, ProductVariantId::parse),
        /// By their business day.
        date: DateFilter => |given| given.on(Column::HappenedOn),
    }
    order by Id {
        /// By when they were recorded; the default.
        Created => [Id],
        /// By their business day.
        Date => [HappenedOn, Id],
    }
    with {
        variant("Only those of this variant; an unknown one is an error."):
            Option<ProductVariantReference> => of_variant,
        level("Only those that left or reached this level; an unknown one is an error."):
            Option<StockLevelReference> => of_level,
    }
    all store::all();
}

/// A level, by what it is the balance of.
#[derive(InputObject)]
pub struct StockLevelReference {
    /// Of what.
    variant: ProductVariantReference,
    /// Where.
    warehouse: WarehouseReference,
}

/// That movements left or reached a level; any when none is named.
async fn of_level(ctx: &Context<'_>, level: Option<StockLevelReference>) -> Result<Condition> {
    let Some(StockLevelReference { variant, warehouse }) = level else {
        return Ok(Condition::all());
    };
    let mut reading = Reading::of("", &String::new());
    let path = Path::default().at("level");
    let variant = variant.read(&mut reading, &path.at("variant"));
    let warehouse = warehouse.read(&mut reading, &path.at("warehouse"));
    reading.usable()?;
    let conn = app(ctx).db.reader();
    let variants = find_variants(conn, &[&variant]).await;
    let variants = variants.map_err(|error| internal(&error))?;
    let places = warehouses::find(conn, &[&warehouse]).await;
    let places = places.map_err(|error| internal(&error))?;
    let variant = variants
        .first()
        .ok_or_else(|| bad_argument("level.variant: there is no such variant."))?;
    let place = places
        .first()
        .ok_or_else(|| bad_argument("level.warehouse: there is no such warehouse."))?;
    Ok(store::of_level(variant.variant.id, place.id))
}

/// That movements are of a variant; of any when none is named.
async fn of_variant(
    ctx: &Context<'_>,
    variant: Option<ProductVariantReference>,
) -> Result<Condition> {
    let Some(by) = variant else {
        return Ok(Condition::all());
    };
    let mut reading = Reading::of("", &String::new());
    let variant = by.read(&mut reading, &Path::default().at("variant"));
    reading.usable()?;
    let found = find_variants(app(ctx).db.reader(), &[&variant]).await;
    let found = found.map_err(|error| internal(&error))?;
    let found = found
        .first()
        .ok_or_else(|| bad_argument("variant: there is no such variant."))?;
    Ok(store::of_variant(found.variant.id))
}
