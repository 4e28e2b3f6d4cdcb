//! The rows of users.

use entity::identity::principal;
use entity::identity::user_account::{Column, Entity, Model};
use entity::vocab::{Instant, PrincipalId, PrincipalKind, UserId, UserStatus};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
};

use crate::graphql::loader_by_id;
use crate::platform::reference::{self, Reference, Stored, referable};

loader_by_id!(entity::identity::user_account, UserId);
referable!(
    entity::identity::user_account,
    UserId,
    "user",
    email_key(EmailKey)
);

/// All users, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// The user that a reference names.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &impl ConnectionTrait,
    reference: &Reference<UserId>,
) -> Result<Option<Model>, DbErr> {
    reference::find_one::<Entity>(conn, reference).await
}

/// The user of that email, in its key form.
///
/// # Errors
/// The database's.
pub async fn by_email(conn: &impl ConnectionTrait, key: &str) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::EmailKey.eq(key))
        .one(conn)
        .await
}

/// A user, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(conn: &impl ConnectionTrait, id: UserId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).lock_exclusive().one(conn).await
}

/// The user that a reference names, and every active administrator, all locked in one order: of
/// two callers that would each take away one of the last two administrators, the second sees what
/// the first has left.
///
/// # Errors
/// The database's.
pub async fn lock_with_administrators(
    conn: &impl ConnectionTrait,
    reference: &Reference<UserId>,
) -> Result<Vec<Model>, DbErr> {
    let administrators = Condition::all()
        .add(Column::Status.eq(UserStatus::Active))
        .add(Column::Roles.contains("ADMINISTRATOR"));
    let any = Condition::any()
        .add(reference::any_of(&[reference], &Entity::COLUMNS))
        .add(administrators);
    Entity::find()
        .filter(any)
        .order_by_asc(Column::Id)
        .lock_exclusive()
        .all(conn)
        .await
}

/// All users by email, for the command line; at most a thousand.
///
/// # Errors
/// The database's.
pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .order_by_asc(Column::EmailKey)
        .limit(1_000)
        .all(conn)
        .await
}

/// Whether there is any user.
///
/// # Errors
/// The database's.
pub async fn is_any(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Entity::find().limit(1).count(conn).await? > 0)
}

/// Writes a new user, and the principal it acts as.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, user: Model) -> Result<(), DbErr> {
    let acts_as = principal::Model {
        id: PrincipalId(user.id.0),
        kind: PrincipalKind::User,
        name: user.name.clone(),
        created_at: user.created_at,
    };
    principal::Entity::insert(acts_as.into_active_model())
        .exec_without_returning(conn)
        .await?;
    Entity::insert(user.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes a user as it is now, and its name where documents show it.
///
/// # Errors
/// The database's.
pub async fn save(conn: &impl ConnectionTrait, user: &Model) -> Result<(), DbErr> {
    use sea_orm::ActiveModelTrait;
    principal::Entity::update_many()
        .col_expr(principal::Column::Name, user.name.clone().into())
        .filter(principal::Column::Id.eq(PrincipalId(user.id.0)))
        .filter(principal::Column::Name.ne(user.name.clone()))
        .exec(conn)
        .await?;
    Entity::update_many()
        .set(user.clone().into_active_model().reset_all())
        .filter(Column::Id.eq(user.id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Notes how a sign-in ended.
///
/// # Errors
/// The database's.
pub async fn note_sign_in(
    conn: &impl ConnectionTrait,
    id: UserId,
    failed: (i32, Option<Instant>),
    signed_in_at: Option<Instant>,
) -> Result<(), DbErr> {
    let (count, until) = failed;
    let mut update = Entity::update_many()
        .col_expr(Column::FailedCount, count.into())
        .col_expr(Column::LockedUntil, Expr::value(until))
        .filter(Column::Id.eq(id));
    if let Some(at) = signed_in_at {
        update = update.col_expr(Column::LastSignInAt, at.into());
    }
    update.exec(conn).await.map(|_| ())
}
