//! The rows of supplier items and their prices.

use entity::purchasing::{supplier_item, supplier_item_price};
use entity::vocab::{Instant, ProductVariantId, RecordStatus, SupplierId, SupplierItemId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, Condition,
    ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::Reference;

loader_by_id!(entity::purchasing::supplier_item, SupplierItemId);

loader_of_many!(
    /// Asks for the prices of a supplier item.
    PricesOf(SupplierItemId),
    entity::purchasing::supplier_item_price, SupplierItemId(|row| Some(row.supplier_item_id)),
    by MinimumQuantity
);
loader_of_many!(
    /// Asks for what a supplier offers.
    ItemsOfSupplier(SupplierId),
    entity::purchasing::supplier_item, SupplierId(|row| Some(row.supplier_id)),
    by Id
);
loader_of_many!(
    /// Asks who offers a variant.
    ItemsOfVariant(ProductVariantId),
    entity::purchasing::supplier_item, VariantId(|row| Some(row.variant_id)),
    by Id
);

/// All items, for a list.
#[must_use]
pub fn all() -> Select<supplier_item::Entity> {
    supplier_item::Entity::find()
}

fn named(reference: &Reference<SupplierItemId>) -> Condition {
    use supplier_item::Column;
    match reference {
        Reference::Id(id) => Condition::all().add(Column::Id.eq(*id)),
        Reference::ExternalId(id) => Condition::all().add(Column::ExternalId.eq(id)),
        // An item has no natural key of its own.
        Reference::Key(_) | Reference::Unusable => {
            Condition::all().add(Column::Id.eq(uuid::Uuid::nil()))
        }
    }
}

/// The item that a reference names.
///
/// # Errors
/// The database's.
pub async fn find_one(
    conn: &impl ConnectionTrait,
    reference: &Reference<SupplierItemId>,
) -> Result<Option<supplier_item::Model>, DbErr> {
    let theirs = named(reference);
    supplier_item::Entity::find().filter(theirs).one(conn).await
}

/// The same, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn find_and_lock(
    conn: &impl ConnectionTrait,
    reference: &Reference<SupplierItemId>,
) -> Result<Option<supplier_item::Model>, DbErr> {
    supplier_item::Entity::find()
        .filter(named(reference))
        .lock_exclusive()
        .one(conn)
        .await
}

/// The active items of a supplier for these variants, with their prices, in two statements.
///
/// # Errors
/// The database's.
pub async fn offers(
    conn: &impl ConnectionTrait,
    supplier: SupplierId,
    variants: Vec<ProductVariantId>,
) -> Result<Vec<(supplier_item::Model, Vec<supplier_item_price::Model>)>, DbErr> {
    use supplier_item::Column;
    let items = supplier_item::Entity::find()
        .filter(Column::SupplierId.eq(supplier))
        .filter(Column::VariantId.is_in(variants))
        .filter(Column::Status.eq(RecordStatus::Active))
        .all(conn)
        .await?;
    if items.is_empty() {
        return Ok(Vec::new());
    }
    let ids = items.iter().map(|item| item.id);
    let prices = supplier_item_price::Entity::find()
        .filter(supplier_item_price::Column::SupplierItemId.is_in(ids))
        .order_by_asc(supplier_item_price::Column::MinimumQuantity)
        .all(conn)
        .await?;
    let of = |item: &supplier_item::Model| {
        let theirs = prices.iter().filter(|one| one.supplier_item_id == item.id);
        theirs.cloned().collect()
    };
    Ok(items
        .into_iter()
        .map(|item| {
            let prices = of(&item);
            (item, prices)
        })
        .collect())
}

/// Items of this supplier and variant, or of this external id.
///
/// # Errors
/// The database's.
pub async fn rivals(
    conn: &impl ConnectionTrait,
    pair: Option<(SupplierId, ProductVariantId)>,
    external_id: Option<&str>,
) -> Result<Vec<supplier_item::Model>, DbErr> {
    use supplier_item::Column;
    let mut any = Condition::any();
    if let Some((supplier, variant)) = pair {
        let both = Condition::all()
            .add(Column::SupplierId.eq(supplier))
            .add(Column::VariantId.eq(variant));
        any = any.add(both);
    }
    if let Some(id) = external_id {
        any = any.add(Column::ExternalId.eq(id));
    }
    if any.is_empty() {
        return Ok(Vec::new());
    }
    supplier_item::Entity::find().filter(any).all(conn).await
}

/// Takes the preference of a variant from the item that has it.
///
/// # Errors
/// The database's.
pub async fn take_preference(
    conn: &impl ConnectionTrait,
    variant: ProductVariantId,
    now: Instant,
) -> Result<(), DbErr> {
    use supplier_item::Column;
    let changed = supplier_item::ActiveModel {
        is_preferred: Set(false),
        updated_at: Set(now),
        ..Default::default()
    };
    supplier_item::Entity::update_many()
        .set(changed)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1_i64))
        .filter(Column::VariantId.eq(variant))
        .filter(Column::IsPreferred.eq(true))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Writes a new item and its prices.
///
/// # Errors
/// The database's.
pub async fn insert(
    conn: &impl ConnectionTrait,
    item: supplier_item::Model,
    prices: Vec<supplier_item_price::Model>,
) -> Result<(), DbErr> {
    supplier_item::Entity::insert(item.into_active_model())
        .exec_without_returning(conn)
        .await?;
    insert_prices(conn, prices).await
}

async fn insert_prices(
    conn: &impl ConnectionTrait,
    prices: Vec<supplier_item_price::Model>,
) -> Result<(), DbErr> {
    if prices.is_empty() {
        return Ok(());
    }
    let rows = prices.into_iter().map(IntoActiveModel::into_active_model);
    supplier_item_price::Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a changed item, and its prices when they were given.
///
/// # Errors
/// The database's.
pub async fn save(
    conn: &impl ConnectionTrait,
    item: supplier_item::Model,
    prices: Option<Vec<supplier_item_price::Model>>,
) -> Result<(), DbErr> {
    let id = item.id;
    let mut changed = item.into_active_model().reset_all();
    changed.id = NotSet;
    supplier_item::Entity::update_many()
        .set(changed)
        .filter(supplier_item::Column::Id.eq(id))
        .exec(conn)
        .await?;
    if let Some(prices) = prices {
        supplier_item_price::Entity::delete_many()
            .filter(supplier_item_price::Column::SupplierItemId.eq(id))
            .exec(conn)
            .await?;
        insert_prices(conn, prices).await?;
    }
    Ok(())
}
