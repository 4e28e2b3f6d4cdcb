//! Supplier items in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use entity::purchasing::{supplier_item, supplier_item_price};
use entity::vocab::{ProductVariantId, SupplierId, SupplierItemId};

use super::inputs::{
    SupplierItemArchiveInput, SupplierItemCreateInput, SupplierItemReference,
    SupplierItemUpdateInput,
};
use super::store::{ItemsOfSupplier, ItemsOfVariant, PricesOf};
use super::{ops, store};
use crate::catalog::product::graphql::ProductVariant;
use crate::graphql::context::Asked;
use crate::graphql::filter::{
    DateTimeFilter, IdFilter, MetadataFilter, RecordStatusFilter, TextFilter,
};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Decimal, Reading, RecordStatusKind, app, listing, loaders, payload, record_fields,
};
use crate::party::supplier::graphql::Supplier;
use crate::platform::actor::Scope;
use crate::platform::rejection::Path;

/// What a supplier offers a variant for.
#[derive(Description)]
pub struct SupplierItem(supplier_item::Model);

impl From<supplier_item::Model> for SupplierItem {
    fn from(row: supplier_item::Model) -> Self {
        Self(row)
    }
}

impl SupplierItem {
    /// What a supplier offers.
    pub(crate) async fn of_supplier(ctx: &Context<'_>, id: SupplierId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(ItemsOfSupplier(id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Self).collect())
    }

    /// Who offers a variant.
    pub(crate) async fn of_variant(ctx: &Context<'_>, id: ProductVariantId) -> Result<Vec<Self>> {
        let rows = loaders(ctx).load_one(ItemsOfVariant(id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Self).collect())
    }
}

#[Object(use_type_description)]
impl SupplierItem {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Who offers.
    async fn supplier(&self, ctx: &Context<'_>) -> Result<Supplier> {
        let row = loaders(ctx).load_one(self.0.supplier_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Supplier::from)
            .ok_or_else(|| async_graphql::Error::new("an item without a supplier"))
    }

    /// What is offered.
    /// Scope: `products:read`.
    async fn variant(&self, ctx: &Context<'_>) -> Result<ProductVariant> {
        ctx.require(Scope::ProductsRead)?;
        let row = loaders(ctx).load_one(self.0.variant_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(ProductVariant::from)
            .ok_or_else(|| async_graphql::Error::new("an item without a variant"))
    }

    /// The supplier's own SKU.
    async fn supplier_sku(&self) -> Option<&str> {
        self.0.supplier_sku.as_deref()
    }

    /// The least that can be ordered, in the base unit; zero when there is no such limit.
    async fn minimum_quantity(&self) -> Decimal {
        self.0.minimum_quantity.into()
    }

    /// What an ordered quantity must be a multiple of, in the base unit; null for any.
    async fn order_multiple(&self) -> Option<Decimal> {
        self.0.order_multiple.map(Into::into)
    }

    /// Days from order to delivery; null for the supplier's own.
    async fn lead_time_days(&self) -> Option<i32> {
        self.0.lead_time_days
    }

    /// Whether the variant is bought here first; one item per variant is.
    async fn is_preferred(&self) -> bool {
        self.0.is_preferred
    }

    /// Its prices, by the quantity from which they apply.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn prices(&self, ctx: &Context<'_>) -> Result<Vec<SupplierItemPrice>> {
        let rows = loaders(ctx).load_one(PricesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(SupplierItemPrice).collect())
    }

    /// Whether new orders go by it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// A price of a supplier item, from a quantity on.
#[derive(Description)]
pub struct SupplierItemPrice(supplier_item_price::Model);

#[Object(use_type_description)]
impl SupplierItemPrice {
    /// From this quantity on, in the base unit.
    async fn minimum_quantity(&self) -> Decimal {
        self.0.minimum_quantity.into()
    }

    /// Price of one base unit without tax, in the supplier's currency.
    async fn unit_price(&self) -> Decimal {
        self.0.unit_price.into()
    }
}

listing! {
    /// Supplier items, oldest first unless ordered otherwise.
    /// Scope: `suppliers:read`.
    supplier_items: SupplierItem of supplier_item, Scope::SuppliersRead;
    filter {
        /// By who offers.
        supplier_id: IdFilter => |given| given.on(Column::SupplierId, SupplierId::parse),
        /// By what is offered.
        variant_id: IdFilter => |given| given.on(Column::VariantId, ProductVariantId::parse),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    all store::all();
}

payload! {
    /// What creating a supplier item brought.
    SupplierItemCreatePayload {
        /// The supplier item.
        supplier_item: SupplierItem = SupplierItemId
    }
}

payload! {
    /// What changing a supplier item brought.
    SupplierItemUpdatePayload {
        /// The supplier item.
        supplier_item: SupplierItem = SupplierItemId
    }
}

payload! {
    /// What archiving a supplier item brought.
    SupplierItemArchivePayload {
        /// The supplier item.
        supplier_item: SupplierItem = SupplierItemId
    }
}

/// Reads supplier items.
#[derive(Default)]
pub struct SupplierItemQuery;

#[Object]
impl SupplierItemQuery {
    /// One supplier item, by its id or external id; null when there is none.
    /// Scope: `suppliers:read`.
    async fn supplier_item(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: SupplierItemReference,
    ) -> Option<Result<SupplierItem>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: SupplierItemReference) -> Result<Option<SupplierItem>> {
    ctx.require(Scope::SuppliersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = store::find_one(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(SupplierItem))
}

/// Changes supplier items.
#[derive(Default)]
pub struct SupplierItemMutation;

#[Object]
impl SupplierItemMutation {
    /// Creates a supplier item: what a supplier offers a variant for.
    /// Scope: `suppliers:write`.
    async fn supplier_item_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new supplier item.")] input: SupplierItemCreateInput,
    ) -> Result<SupplierItemCreatePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let verdict = ops::create(app(ctx), input.read(ctx)).await;
        SupplierItemCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a supplier item. Orders keep the prices that they were made with.
    /// Scope: `suppliers:write`.
    async fn supplier_item_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What changes.")] input: SupplierItemUpdateInput,
    ) -> Result<SupplierItemUpdatePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let verdict = ops::update(app(ctx), input.read(ctx)).await;
        SupplierItemUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a supplier item: kept for history, new orders no longer go by it, and it is no
    /// longer preferred.
    /// Scope: `suppliers:write`.
    async fn supplier_item_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which supplier item.")] input: SupplierItemArchiveInput,
    ) -> Result<SupplierItemArchivePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let verdict = ops::archive(app(ctx), input.read(ctx)).await;
        SupplierItemArchivePayload::answer(ctx, verdict).await
    }
}
