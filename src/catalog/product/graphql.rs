//! Products, variants and units in the schema.

use async_graphql::{Context, Description, Enum, ID, Object, Result, SimpleObject};
use entity::catalog::{product, product_variant, unit};
use entity::vocab::{CategoryId, CostingMethod, ProductId, ProductVariantId, SearchKind};

use super::inputs::{
    ProductCreateInput, ProductReference, ProductUpdateInput, ProductVariantArchiveInput,
    ProductVariantCreateInput, ProductVariantUpdateInput,
};
use super::{change, ops, store};
use crate::catalog::barcode::graphql as barcodes;
use crate::catalog::category::graphql::{Category, CategoryReference};
use crate::catalog::category::store as categories;
use crate::catalog::tax::graphql::TaxClass;
use crate::graphql::context::Asked;
use crate::graphql::filter::{
    Condition, DateTimeFilter, IdFilter, MetadataFilter, RecordStatusFilter, TextFilter,
};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Decimal, Reading, RecordStatusKind, app, listing, loaders, payload, record_fields,
    reference_input,
};
use crate::platform::actor::Scope;
use crate::platform::rejection::Path;
use crate::purchasing::supplier_item::graphql::SupplierItem;
use crate::stock::level::graphql::StockLevel;

/// A unit of measure.
#[derive(SimpleObject)]
pub struct Unit {
    /// Its code, for example "EACH".
    code: String,
    /// Its name.
    name: String,
    /// How many decimals a quantity in it may have.
    decimals: i32,
}

impl From<unit::Model> for Unit {
    fn from(row: unit::Model) -> Self {
        Self {
            code: row.code,
            name: row.name,
            decimals: row.decimals.into(),
        }
    }
}

/// A product: what is shown. What is stocked, priced and ordered are its variants.
#[derive(Description)]
pub struct Product(product::Model);

impl From<product::Model> for Product {
    fn from(row: product::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Product {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its variants, at least one, in the order of creation.
    #[graphql(complexity = "5 * child_complexity + 1")]
    async fn variants(&self, ctx: &Context<'_>) -> Result<Vec<ProductVariant>> {
        let rows = loaders(ctx).load_one(store::VariantsOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(ProductVariant::from).collect())
    }

    /// The category it is in; null when in none.
    async fn category(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        let row = loaders(ctx).load_one(self.0.category_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Category::from))
            .transpose()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

/// At which cost goods of a variant leave a warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "CostingMethod", remote = "CostingMethod")]
pub enum CostingMethodKind {
    /// At the average cost of all that is there.
    MovingAverage,
    /// First in, first out: at the cost at which those came that came first.
    Fifo,
}

/// A variant: what is stocked, priced and ordered. Quantities are counted in its unit.
#[derive(Description)]
pub struct ProductVariant(product_variant::Model);

impl From<product_variant::Model> for ProductVariant {
    fn from(row: product_variant::Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ProductVariant {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its stock keeping unit, unique whatever the case.
    async fn sku(&self) -> &str {
        &self.0.sku
    }

    /// What tells it from its siblings; the product's name when it is the only one.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The code of the base unit its quantities are counted in.
    async fn unit_code(&self) -> &str {
        &self.0.unit_code
    }

    /// The price of one base unit when nobody gives another, in the company's currency, with up to
    /// six decimals; null when it has none.
    async fn price(&self) -> Option<Decimal> {
        self.0.price.map(Decimal::from)
    }

    /// Whether it is kept in stock. Freight and fees are not: they are sold, and neither reserved
    /// nor shipped.
    async fn is_stock_tracked(&self) -> bool {
        self.0.is_stock_tracked
    }

    /// At which cost its goods leave a warehouse.
    async fn costing_method(&self) -> CostingMethodKind {
        self.0.costing_method.into()
    }

    /// What it is taxed with; null when it is not taxed.
    async fn tax_class(&self, ctx: &Context<'_>) -> Option<Result<TaxClass>> {
        let row = loaders(ctx).load_one(self.0.tax_class_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(TaxClass::from))
            .transpose()
    }

    /// Whether new documents may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    /// What a scanner reads on it, in the order they were given.
    #[graphql(complexity = "5")]
    async fn barcodes(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        barcodes::of_variant(ctx, self.0.id).await
    }

    /// The product it belongs to.
    async fn product(&self, ctx: &Context<'_>) -> Result<Product> {
        let row = loaders(ctx).load_one(self.0.product_id).await;
        let row = row.map_err(|error| internal(&error))?;
        row.map(Product)
            .ok_or_else(|| async_graphql::Error::new("a variant without a product"))
    }

    /// Its balance in each warehouse where it ever was or was wanted, by warehouse.
    /// Scope: `stock:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn stock_levels(&self, ctx: &Context<'_>) -> Result<Vec<StockLevel>> {
        ctx.require(Scope::StockRead)?;
        StockLevel::of_variant(ctx, self.0.id).await
    }

    /// Who offers it, oldest first; archived items included.
    /// Scope: `suppliers:read`.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn supplier_items(&self, ctx: &Context<'_>) -> Result<Vec<SupplierItem>> {
        ctx.require(Scope::SuppliersRead)?;
        SupplierItem::of_variant(ctx, self.0.id).await
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

reference_input!(
    /// Names a variant.
    ProductVariantReference -> ProductVariantId,
    /// Its SKU.
    Sku("sku")
);

payload! {
    /// What creating a product brought.
    ProductCreatePayload {
        /// The new product.
        product: Product = ProductId
    }
}

payload! {
    /// What changing a product brought.
    ProductUpdatePayload {
        /// The changed product.
        product: Product = ProductId
    }
}

payload! {
    /// What adding a variant brought.
    ProductVariantCreatePayload {
        /// The new variant.
        product_variant: ProductVariant = ProductVariantId
    }
}

payload! {
    /// What changing a variant brought.
    ProductVariantUpdatePayload {
        /// The changed variant.
        product_variant: ProductVariant = ProductVariantId
    }
}

payload! {
    /// What archiving a variant brought.
    ProductVariantArchivePayload {
        /// The archived variant.
        product_variant: ProductVariant = ProductVariantId
    }
}

listing! {
    /// Products, oldest first unless ordered otherwise; found by name, and by what their variants
    /// are found by.
    /// Scope: `products:read`.
    products: Product of product, Scope::ProductsRead;
    filter {
        /// By their name.
        name: TextFilter => |given| given.keyed(Column::NameKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By the category they are in, not counting what grows on it; see `category`.
        category_id: IdFilter => |given| given.on(Column::CategoryId, CategoryId::parse),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their name, whatever the case.
        Name => [NameKey, Id],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    find by search = SearchKind::Product;
    with {
        category("Only of this category and of those that grow on it; an unknown one has none."):
            Option<CategoryReference> => of_branch,
    }
    all store::all_products();
}

listing! {
    /// Variants, oldest first unless ordered otherwise; found by SKU, barcode, name and product.
    /// Scope: `products:read`.
    product_variants: ProductVariant of product_variant, Scope::ProductsRead;
    filter {
        /// By their stock keeping unit.
        sku: TextFilter => |given| given.keyed(Column::SkuKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether new documents may use them.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By their product.
        product_id: IdFilter => |given| given.on(Column::ProductId, ProductId::parse),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their stock keeping unit.
        Sku => [SkuKey],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    find by search = SearchKind::ProductVariant;
    with {
        barcode("Only the one that has this barcode; spaces do not count."):
            Option<String> => barcodes::having,
    }
    all store::all_variants();
}

/// Reads products, variants and units.
#[derive(Default)]
pub struct CatalogQuery;

#[Object]
impl CatalogQuery {
    /// All units of measure.
    /// Scope: `products:read`.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        ctx.require(Scope::ProductsRead)?;
        let rows = store::units(app(ctx).db.reader()).await;
        let rows = rows.map_err(|error| internal(&error))?;
        Ok(rows.into_iter().map(Unit::from).collect())
    }

    /// One product, by its id or external id; null when there is none.
    /// Scope: `products:read`.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: ProductReference,
    ) -> Option<Result<Product>> {
        find_product(ctx, &by).await.transpose()
    }

    /// One variant, by its id, SKU or external id; null when there is none.
    /// Scope: `products:read`.
    async fn product_variant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: ProductVariantReference,
    ) -> Option<Result<ProductVariant>> {
        find_variant(ctx, by).await.transpose()
    }
}

/// The products of a category and of all that grow on it; all of them when none is named.
async fn of_branch(ctx: &Context<'_>, category: Option<CategoryReference>) -> Result<Condition> {
    let Some(by) = category else {
        return Ok(Condition::all());
    };
    Ok(store::of_categories(branch(ctx, by).await?))
}

/// A category and all that grow on it; none when there is no such category.
async fn branch(ctx: &Context<'_>, by: CategoryReference) -> Result<Vec<CategoryId>> {
    let mut reading = Reading::of("", &String::new());
    let by = by.read(&mut reading, &Path::default().at("category"));
    reading.usable()?;
    let conn = app(ctx).db.reader();
    let found = categories::find(conn, &[&by]).await;
    let found = found.map_err(|error| internal(&error))?.into_iter().next();
    let Some(found) = found else {
        return Ok(Vec::new());
    };
    let branch = categories::branch(conn, found.id).await;
    branch.map_err(|error| internal(&error))
}

async fn find_product(ctx: &Context<'_>, by: &ProductReference) -> Result<Option<Product>> {
    ctx.require(Scope::ProductsRead)?;
    let mut reading = Reading::of("", &String::new());
    let by = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let row = store::product(app(ctx).db.reader(), &by).await;
    Ok(row.map_err(|error| internal(&error))?.map(Product))
}

async fn find_variant(
    ctx: &Context<'_>,
    by: ProductVariantReference,
) -> Result<Option<ProductVariant>> {
    ctx.require(Scope::ProductsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = store::find_variants(app(ctx).db.reader(), &[&reference]).await;
    let found = found.map_err(|error| internal(&error))?;
    Ok(found
        .into_iter()
        .next()
        .map(|found| ProductVariant(found.variant)))
}

/// Changes products and variants.
#[derive(Default)]
pub struct CatalogMutation;

#[Object]
impl CatalogMutation {
    /// Creates a product with its variants.
    /// Scope: `products:write`.
    async fn product_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new product.")] input: ProductCreateInput,
    ) -> Result<ProductCreatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let (reading, key, command) = input.read();
        let envelope = reading.finish(ctx, key, (command.id.0, command));
        ProductCreatePayload::answer(ctx, ops::create(app(ctx), envelope).await).await
    }

    /// Changes a product.
    /// Scope: `products:write`.
    async fn product_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which product, and what of it.")] input: ProductUpdateInput,
    ) -> Result<ProductUpdatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = change::update(app(ctx), input.read(ctx)).await;
        ProductUpdatePayload::answer(ctx, verdict).await
    }

    /// Adds a variant to a product.
    /// Scope: `products:write`.
    async fn product_variant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new variant, and its product.")] input: ProductVariantCreateInput,
    ) -> Result<ProductVariantCreatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = change::add_variant(app(ctx), input.read(ctx)).await;
        ProductVariantCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a variant. Orders that were written keep their prices and taxes.
    /// Scope: `products:write`.
    async fn product_variant_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant, and what of it.")] input: ProductVariantUpdateInput,
    ) -> Result<ProductVariantUpdatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = change::update_variant(app(ctx), input.read(ctx)).await;
        ProductVariantUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a variant: it is kept for history and refused in new documents.
    /// Scope: `products:write`.
    async fn product_variant_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant.")] input: ProductVariantArchiveInput,
    ) -> Result<ProductVariantArchivePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let envelope = input.read(ctx);
        let verdict = ops::archive_variant(app(ctx), envelope).await;
        ProductVariantArchivePayload::answer(ctx, verdict).await
    }
}
