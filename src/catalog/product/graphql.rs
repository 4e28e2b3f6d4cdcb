//! Products, variants and units in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::catalog::{product, product_variant, unit};
use entity::vocab::{ProductId, ProductVariantId};

use super::{ops, store};
use crate::graphql::context::{Asked, bad_argument, date_time};
use crate::graphql::payload::internal;
use crate::graphql::{
    Decimal, Reading, RecordStatusKind, app, connection, loaders, payload, reference_input,
};
use crate::platform::actor::Scope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::page::Cursor;
use crate::platform::rejection::Path;
use crate::purchasing::supplier_item::graphql::SupplierItem;
use crate::stock::level::graphql::StockLevel;

/// Variants of one product that can be created in one call, at most.
const VARIANTS_MAX: usize = 250;

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
    async fn id(&self) -> ID {
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

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
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
    async fn id(&self) -> ID {
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

    /// Whether new documents may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
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

    /// The id your own system knows it by.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
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

connection!(
    ProductConnection,
    ProductEdge,
    Product,
    product::Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);
connection!(
    ProductVariantConnection,
    ProductVariantEdge,
    ProductVariant,
    product_variant::Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);

reference_input!(
    /// Names a variant.
    ProductVariantReference -> ProductVariantId,
    /// Its SKU.
    Sku("sku")
);

/// A new variant.
#[derive(InputObject)]
pub struct ProductVariantCreateInput {
    /// Its stock keeping unit, at most 64 characters, unique whatever the case.
    sku: String,
    /// What tells it from its siblings, at most 200 characters; the product's name when left out.
    name: Option<String>,
    /// The code of its base unit; see `units`.
    #[graphql(default_with = "\"EACH\".to_owned()")]
    unit: String,
    /// The price of one base unit in the company's currency, zero or more, at most six decimals.
    price: Option<Decimal>,
    /// The id your own system knows it by, unique among variants.
    external_id: Option<String>,
}

/// A new product with its variants.
#[derive(InputObject)]
pub struct ProductCreateInput {
    /// Its name, at most 200 characters.
    name: String,
    /// Its variants, 1 to 250.
    variants: Vec<ProductVariantCreateInput>,
    /// The id your own system knows it by, unique among products.
    external_id: Option<String>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl ProductCreateInput {
    fn read(self) -> (Reading, Option<String>, ops::CreateProduct) {
        let mut reading = Reading::of("productCreate", &self);
        let Self {
            name,
            variants,
            external_id,
            idempotency_key,
        } = self;
        let path = Path::input();
        let name = reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX);
        if variants.is_empty() || variants.len() > VARIANTS_MAX {
            let message = format!("Must have 1 to {VARIANTS_MAX} variants.");
            reading.check.complain(path.at("variants"), message);
        }
        let external_id = external_id.map(|id| reading.code(path.at("externalId"), &id));
        let variants = variants.into_iter().take(VARIANTS_MAX).enumerate();
        let variants = variants
            .map(|(index, variant)| {
                variant.read(&mut reading, &path.at("variants").at(index), &name)
            })
            .collect();
        let command = ops::CreateProduct {
            id: ProductId::generate(),
            name,
            external_id,
            variants,
        };
        (reading, idempotency_key, command)
    }
}

impl ProductVariantCreateInput {
    fn read(self, reading: &mut Reading, path: &Path, product_name: &str) -> ops::CreateVariant {
        let Self {
            sku,
            name,
            unit,
            price,
            external_id,
        } = self;
        let name = reading
            .check
            .optional_text(path.at("name"), name.as_deref(), NAME_LENGTH_MAX);
        ops::CreateVariant {
            id: ProductVariantId::generate(),
            sku: reading.code(path.at("sku"), &sku),
            name: name.unwrap_or_else(|| product_name.to_owned()),
            unit_code: reading.code(path.at("unit"), &unit),
            price: price.map(|price| reading.check.price(path.at("price"), &price.0)),
            external_id: external_id.map(|id| reading.code(path.at("externalId"), &id)),
        }
    }
}

/// Which variant to archive.
#[derive(InputObject)]
pub struct ProductVariantArchiveInput {
    /// The variant.
    variant: ProductVariantReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What creating a product brought.
    ProductCreatePayload {
        /// The new product.
        product: Product = ProductId
    }
}

payload! {
    /// What archiving a variant brought.
    ProductVariantArchivePayload {
        /// The archived variant.
        product_variant: ProductVariant = ProductVariantId
    }
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

    /// One product by its id; null when there is none.
    /// Scope: `products:read`.
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<Product>> {
        find_product(ctx, &id).await.transpose()
    }

    /// All products, oldest first.
    /// Scope: `products:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProductConnection> {
        ctx.require(Scope::ProductsRead)?;
        let all = store::all_products();
        ProductConnection::fetch(ctx, all, (first, after), (last, before)).await
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

    /// All variants, oldest first.
    /// Scope: `products:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn product_variants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<ProductVariantConnection> {
        ctx.require(Scope::ProductsRead)?;
        let all = store::all_variants();
        ProductVariantConnection::fetch(ctx, all, (first, after), (last, before)).await
    }
}

async fn find_product(ctx: &Context<'_>, id: &ID) -> Result<Option<Product>> {
    ctx.require(Scope::ProductsRead)?;
    let id = ProductId::parse(id).map_err(|error| bad_argument(error.to_string()))?;
    let row = loaders(ctx)
        .load_one(id)
        .await
        .map_err(|error| internal(&error))?;
    Ok(row.map(Product))
}

async fn find_variant(
    ctx: &Context<'_>,
    by: ProductVariantReference,
) -> Result<Option<ProductVariant>> {
    ctx.require(Scope::ProductsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::input());
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

    /// Archives a variant: it is kept for history and refused in new documents.
    /// Scope: `products:write`.
    async fn product_variant_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which variant.")] input: ProductVariantArchiveInput,
    ) -> Result<ProductVariantArchivePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let mut reading = Reading::of("productVariantArchive", &input);
        let ProductVariantArchiveInput {
            variant,
            idempotency_key,
        } = input;
        let variant = variant.read(&mut reading, &Path::input().at("variant"));
        let command = ops::ArchiveVariant { variant };
        let envelope = reading.finish(ctx, idempotency_key, (uuid::Uuid::nil(), command));
        let verdict = ops::archive_variant(app(ctx), envelope).await;
        ProductVariantArchivePayload::answer(ctx, verdict).await
    }
}
