//! The rows of products, variants and units.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::catalog::{product, product_variant, unit};
use entity::vocab::{Instant, ProductId, ProductVariantId, RecordStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel,
    QueryFilter, QueryOrder, Select,
};

use crate::graphql::{Fetch, loader_by_id};
use crate::platform::reference::{self, Referable, Reference, ReferenceColumns};

loader_by_id!(entity::catalog::product, ProductId);
loader_by_id!(entity::catalog::product_variant, ProductVariantId);

/// A variant together with the unit its quantities are counted in.
#[derive(Clone, Debug)]
pub struct CountedVariant {
    /// The variant.
    pub variant: product_variant::Model,
    /// Its unit.
    pub unit: unit::Model,
}

impl Referable for CountedVariant {
    type Id = ProductVariantId;
    const NOUN: &'static str = "variant";

    fn id(&self) -> ProductVariantId {
        self.variant.id
    }

    fn key(&self) -> &str {
        &self.variant.sku_key
    }

    fn external_id(&self) -> Option<&str> {
        self.variant.external_id.as_deref()
    }
}

const COLUMNS: ReferenceColumns<product_variant::Column> = ReferenceColumns {
    id: product_variant::Column::Id,
    key: product_variant::Column::SkuKey,
    external_id: product_variant::Column::ExternalId,
};

/// The variants that references name, with their units, in one statement.
///
/// # Errors
/// The database's.
pub async fn find_variants(
    conn: &impl ConnectionTrait,
    references: &[&Reference<ProductVariantId>],
) -> Result<Vec<CountedVariant>, DbErr> {
    let rows = product_variant::Entity::find()
        .find_also_related(unit::Entity)
        .filter(reference::any_of(references, &COLUMNS))
        .all(conn)
        .await?;
    let counted = |(variant, unit): (_, Option<unit::Model>)| {
        let unit = unit.ok_or_else(|| DbErr::Custom("a variant without a unit".to_owned()))?;
        Ok(CountedVariant { variant, unit })
    };
    rows.into_iter().map(counted).collect()
}

/// The product of this external id.
///
/// # Errors
/// The database's.
pub async fn product_by_external_id(
    conn: &impl ConnectionTrait,
    external_id: &str,
) -> Result<Option<product::Model>, DbErr> {
    let theirs = product::Column::ExternalId.eq(external_id);
    product::Entity::find().filter(theirs).one(conn).await
}

/// All units there are; a handful.
///
/// # Errors
/// The database's.
pub async fn units(conn: &impl ConnectionTrait) -> Result<Vec<unit::Model>, DbErr> {
    unit::Entity::find()
        .order_by_asc(unit::Column::Code)
        .all(conn)
        .await
}

/// All products, for a list.
#[must_use]
pub fn all_products() -> Select<product::Entity> {
    product::Entity::find()
}

/// All variants, for a list.
#[must_use]
pub fn all_variants() -> Select<product_variant::Entity> {
    product_variant::Entity::find()
}

/// Writes a new product with its variants.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    product: product::Model,
    variants: Vec<product_variant::Model>,
) -> Result<(), DbErr> {
    product::Entity::insert(product.into_active_model())
        .exec_without_returning(conn)
        .await?;
    let rows = variants.into_iter().map(IntoActiveModel::into_active_model);
    product_variant::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await?;
    Ok(())
}

/// Archives a variant.
///
/// # Errors
/// The database's.
pub async fn archive_variant(
    conn: &impl ConnectionTrait,
    id: ProductVariantId,
    now: Instant,
) -> Result<(), DbErr> {
    use product_variant::Column;
    let archived = product_variant::ActiveModel {
        status: Set(RecordStatus::Archived),
        updated_at: Set(now),
        ..Default::default()
    };
    product_variant::Entity::update_many()
        .set(archived)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Asks for the variants of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VariantsOf(pub ProductId);

impl Loader<VariantsOf> for Fetch {
    type Value = Vec<product_variant::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[VariantsOf],
    ) -> Result<HashMap<VariantsOf, Self::Value>, Self::Error> {
        let rows = product_variant::Entity::find()
            .filter(product_variant::Column::ProductId.is_in(keys.iter().map(|key| key.0)))
            .order_by_asc(product_variant::Column::Id)
            .all(self.db.reader())
            .await?;
        let mut found: HashMap<VariantsOf, Self::Value> = HashMap::new();
        for row in rows {
            found
                .entry(VariantsOf(row.product_id))
                .or_default()
                .push(row);
        }
        Ok(found)
    }
}
