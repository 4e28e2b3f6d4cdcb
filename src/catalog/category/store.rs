//! The rows of categories.

use entity::catalog::category::{Column, Entity, Model};
use entity::vocab::CategoryId;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, Select, Statement,
};

use crate::graphql::{loader_by_id, loader_of_many};
use crate::platform::reference::{self, Reference, Stored, referable};

loader_by_id!(entity::catalog::category, CategoryId);
referable!(
    entity::catalog::category,
    CategoryId,
    "category",
    code_key(CodeKey)
);
loader_of_many!(
    /// Asks for the branches that grow on one.
    BranchesOf(CategoryId),
    entity::catalog::category, ParentId(|row| row.parent_id), by Position
);

/// The categories that references name, in one statement; none where none is named.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    references: &[&Reference<CategoryId>],
) -> Result<Vec<Model>, DbErr> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(reference::any_of(references, &Entity::COLUMNS))
        .all(conn)
        .await
}

/// The whole tree, locked until the transaction ends: who moves a branch has to see every other
/// move.
///
/// # Errors
/// The database's.
pub async fn lock_tree(conn: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(conn)
        .await
}

/// All categories, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// Writes a new or changed category; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn write(conn: &impl ConnectionTrait, row: Model) -> Result<(), DbErr> {
    if row.version == 1 {
        let done = Entity::insert(row.into_active_model())
            .exec_without_returning(conn)
            .await;
        return done.map(|_| ());
    }
    Entity::update_many()
        .filter(Column::Id.eq(row.id))
        .set(row.into_active_model().reset_all())
        .exec(conn)
        .await
        .map(|_| ())
}

/// The ids of a branch and of all that grows on it, at any height.
///
/// # Errors
/// The database's.
pub async fn branch(conn: &impl ConnectionTrait, id: CategoryId) -> Result<Vec<CategoryId>, DbErr> {
    let sql = "WITH RECURSIVE branch (id) AS (SELECT id FROM category WHERE id = $1 \
         UNION SELECT category.id FROM category JOIN branch ON category.parent_id = branch.id) \
         SELECT id FROM branch";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [id.into()]);
    let rows = conn.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
