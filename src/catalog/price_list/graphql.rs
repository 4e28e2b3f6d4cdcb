//! Price lists in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use chrono::{DateTime, Utc};
use entity::catalog::{price_list, price_list_item};
use entity::vocab::{PriceListId, ProductVariantId};

use super::inputs::{
    PriceListArchiveInput, PriceListCreateInput, PriceListItemsSetInput, PriceListReference,
    PriceListUpdateInput,
};
use super::{items, ops, store};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::{Asked, date_time};
use crate::graphql::filter::{IdFilter, MetadataFilter, RecordStatusFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Date, Decimal, Reading, RecordStatusKind, app, listing, loaders, payload, record_fields,
};
use crate::platform::actor::Scope;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;

/// Prices agreed on with customers or groups, in one currency.
#[derive(Description)]
pub struct PriceList(price_list::Model);

impl From<price_list::Model> for PriceList {
    fn from(row: price_list::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl PriceList {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its short code, unique whatever the case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// ISO 4217 code of its currency; it applies to orders in this currency only.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// Whether it applies.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A price of a list, from a quantity and a day on.
#[derive(Description)]
pub struct PriceListItem(price_list_item::Model);

impl From<price_list_item::Model> for PriceListItem {
    fn from(row: price_list_item::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl PriceListItem {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The list.
    async fn price_list(&self, ctx: &Context<'_>) -> Result<PriceList> {
        let row = loaders(ctx).load_one(self.0.price_list_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(PriceList)
            .ok_or_else(|| async_graphql::Error::new("an item without a list"))
    }

    /// The variant.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("an item without a variant"))
    }

    /// From which quantity of one order line on it holds, in the base unit.
    async fn minimum_quantity(&self) -> Decimal {
        self.0.minimum_quantity.into()
    }

    /// The first day it holds.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// The last day it holds; null for ever.
    async fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Price of one base unit in the list's currency, with up to six decimals.
    async fn unit_price(&self) -> Decimal {
        self.0.unit_price.into()
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        date_time(self.0.updated_at)
    }

    /// Counts its changes, from 1.
    async fn version(&self) -> i64 {
        self.0.version
    }
}

payload! {
    /// What creating a price list brought.
    PriceListCreatePayload {
        /// The new list.
        price_list: PriceList = PriceListId
    }
}

payload! {
    /// What changing a price list brought.
    PriceListUpdatePayload {
        /// The changed list.
        price_list: PriceList = PriceListId
    }
}

payload! {
    /// What archiving a price list brought.
    PriceListArchivePayload {
        /// The archived list.
        price_list: PriceList = PriceListId
    }
}

payload! {
    /// What setting prices brought.
    PriceListItemsSetPayload {
        /// The list.
        price_list: PriceList = PriceListId
    }
}

listing! {
    /// Price lists, oldest first unless ordered otherwise.
    /// Scope: `prices:read`.
    price_lists: PriceList of price_list, Scope::PricesRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their code.
        Code => [CodeKey],
    }
    all store::all();
}

listing! {
    /// Prices of lists, oldest first.
    /// Scope: `prices:read`.
    price_list_items: PriceListItem of price_list_item, Scope::PricesRead;
    filter {
        /// By the list.
        price_list_id: IdFilter => |given| given.on(Column::PriceListId, PriceListId::parse),
        /// By the variant.
        variant_id: IdFilter => |given| given.on(Column::VariantId, ProductVariantId::parse),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
    }
    all store::all_items();
}

/// Reads price lists.
#[derive(Default)]
pub struct PriceListQuery;

#[Object]
impl PriceListQuery {
    /// One price list, by its id, code or external id; null when there is none.
    /// Scope: `prices:read`.
    async fn price_list(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: PriceListReference,
    ) -> Option<Result<PriceList>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: PriceListReference) -> Result<Option<PriceList>> {
    ctx.require(Scope::PricesRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<price_list::Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(PriceList))
}

/// Changes price lists.
#[derive(Default)]
pub struct PriceListMutation;

#[Object]
impl PriceListMutation {
    /// Creates a price list without prices. It applies once a customer or a group has it.
    /// Scope: `prices:write`.
    async fn price_list_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new list.")] input: PriceListCreateInput,
    ) -> Result<PriceListCreatePayload> {
        ctx.require(Scope::PricesWrite)?;
        let verdict = ops::create(app(ctx), input.read(ctx)).await;
        PriceListCreatePayload::answer(ctx, verdict).await
    }

    /// Changes what a price list is called.
    /// Scope: `prices:write`.
    async fn price_list_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list, and what of it.")] input: PriceListUpdateInput,
    ) -> Result<PriceListUpdatePayload> {
        ctx.require(Scope::PricesWrite)?;
        let verdict = ops::update(app(ctx), input.read(ctx)).await;
        PriceListUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a price list: it is kept for history and no longer applies.
    /// Scope: `prices:write`.
    async fn price_list_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list.")] input: PriceListArchiveInput,
    ) -> Result<PriceListArchivePayload> {
        ctx.require(Scope::PricesWrite)?;
        let verdict = ops::update(app(ctx), input.read(ctx)).await;
        PriceListArchivePayload::answer(ctx, verdict).await
    }

    /// Sets prices of a list, all or none: adds steps, replaces the price and last day of steps it
    /// has, and takes those without a price off. Orders that were written keep their prices.
    /// Scope: `prices:write`.
    async fn price_list_items_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which list, and which prices.")] input: PriceListItemsSetInput,
    ) -> Result<PriceListItemsSetPayload> {
        ctx.require(Scope::PricesWrite)?;
        let verdict = items::set(app(ctx), input.read(ctx)).await;
        PriceListItemsSetPayload::answer(ctx, verdict).await
    }
}
