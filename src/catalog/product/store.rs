//! The rows of products, variants and units.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use entity::catalog::{product, product_variant, unit};
use entity::vocab::{CategoryId, Instant, ProductId, ProductVariantId, RecordStatus};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr,
    EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
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

/// That a product is of one of these categories.
#[must_use]
pub fn of_categories(categories: Vec<CategoryId>) -> Condition {
    Condition::all().add(product::Column::CategoryId.is_in(categories))
}

/// The product that a reference names, locked; it has no natural key.
///
/// # Errors
/// The database's.
pub async fn lock_product(
    conn: &impl ConnectionTrait,
    wanted: &Reference<ProductId>,
) -> Result<Option<product::Model>, DbErr> {
    match named(wanted) {
        Some(all) => all.lock_exclusive().one(conn).await,
        None => Ok(None),
    }
}

/// The product that a reference names.
///
/// # Errors
/// The database's.
pub async fn product(
    conn: &impl ConnectionTrait,
    wanted: &Reference<ProductId>,
) -> Result<Option<product::Model>, DbErr> {
    match named(wanted) {
        Some(all) => all.one(conn).await,
        None => Ok(None),
    }
}

fn named(wanted: &Reference<ProductId>) -> Option<Select<product::Entity>> {
    use product::Column;
    let named = match wanted {
        Reference::Id(id) => Column::Id.eq(*id),
        Reference::ExternalId(id) => Column::ExternalId.eq(id.clone()),
        Reference::Key(_) | Reference::Unusable => return None,
    };
    Some(product::Entity::find().filter(named))
}

/// The variant that a reference names, locked: for others who change it, or who make its levels,
/// but not for those who only name it.
///
/// # Errors
/// The database's.
pub async fn lock_variant(
    conn: &impl ConnectionTrait,
    wanted: &Reference<ProductVariantId>,
) -> Result<Option<product_variant::Model>, DbErr> {
    product_variant::Entity::find()
        .filter(reference::any_of(&[wanted], &COLUMNS))
        .lock(LockType::NoKeyUpdate)
        .one(conn)
        .await
}

/// Writes a changed product; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn save(conn: &impl ConnectionTrait, row: product::Model) -> Result<(), DbErr> {
    product::Entity::update_many()
        .filter(product::Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(conn)
        .await
        .map(|_| ())
}

/// Writes a changed variant; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn save_variant(
    conn: &impl ConnectionTrait,
    row: product_variant::Model,
) -> Result<(), DbErr> {
    product_variant::Entity::update_many()
        .filter(product_variant::Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(conn)
        .await
        .map(|_| ())
}

/// Writes a new variant of a product there is.
///
/// # Errors
/// The database's.
pub async fn insert_variant(
    conn: &impl ConnectionTrait,
    row: product_variant::Model,
) -> Result<(), DbErr> {
    product_variant::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
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

/// The variants of a product, oldest first.
///
/// # Errors
/// The database's.
pub async fn variants_of(
    conn: &impl ConnectionTrait,
    id: ProductId,
) -> Result<Vec<product_variant::Model>, DbErr> {
    product_variant::Entity::find()
        .filter(product_variant::Column::ProductId.eq(id))
        .order_by_asc(product_variant::Column::Id)
        .all(conn)
        .await
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
