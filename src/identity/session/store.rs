//! The rows of sessions, of their refresh tokens, and of the keys that sign.

use entity::identity::{refresh_token, signing_key, user_account, user_session};
use entity::vocab::{Instant, SessionId, UserId};
use sea_orm::sea_query::Query;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::graphql::loader_by_id;

loader_by_id!(entity::identity::user_session, SessionId);

/// A session and its user, in one statement.
///
/// # Errors
/// The database's.
pub async fn with_user(
    conn: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<(user_session::Model, user_account::Model)>, DbErr> {
    Ok(with_users(conn, vec![id]).await?.pop())
}

/// Sessions and their users, in one statement.
///
/// # Errors
/// The database's.
pub async fn with_users(
    conn: &impl ConnectionTrait,
    ids: Vec<SessionId>,
) -> Result<Vec<(user_session::Model, user_account::Model)>, DbErr> {
    let of_user = user_session::Entity::belongs_to(user_account::Entity)
        .from(user_session::Column::UserId)
        .to(user_account::Column::Id)
        .into();
    let found = user_session::Entity::find()
        .filter(user_session::Column::Id.is_in(ids))
        .join(JoinType::InnerJoin, of_user)
        .select_also(user_account::Entity)
        .all(conn)
        .await?;
    let found = found.into_iter();
    Ok(found
        .filter_map(|(session, user)| Some((session, user?)))
        .collect())
}

/// A session, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(
    conn: &impl ConnectionTrait,
    id: SessionId,
) -> Result<Option<user_session::Model>, DbErr> {
    user_session::Entity::find_by_id(id)
        .lock_exclusive()
        .one(conn)
        .await
}

/// Writes a new session.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, row: user_session::Model) -> Result<(), DbErr> {
    user_session::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Notes that a session goes on.
///
/// # Errors
/// The database's.
pub async fn extend(
    conn: &impl ConnectionTrait,
    id: SessionId,
    now: Instant,
    expires_at: Instant,
) -> Result<(), DbErr> {
    user_session::Entity::update_many()
        .col_expr(user_session::Column::RefreshedAt, now.into())
        .col_expr(user_session::Column::ExpiresAt, expires_at.into())
        .filter(user_session::Column::Id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// Ends a session.
///
/// # Errors
/// The database's.
pub async fn end(conn: &impl ConnectionTrait, id: SessionId, now: Instant) -> Result<(), DbErr> {
    user_session::Entity::update_many()
        .col_expr(user_session::Column::EndedAt, now.into())
        .filter(user_session::Column::Id.eq(id))
        .filter(user_session::Column::EndedAt.is_null())
        .exec(conn)
        .await
        .map(|_| ())
}

/// Ends all sessions of a user but this one.
///
/// # Errors
/// The database's.
pub async fn end_all_of(
    conn: &impl ConnectionTrait,
    user_id: UserId,
    but: Option<SessionId>,
    now: Instant,
) -> Result<(), DbErr> {
    let mut update = user_session::Entity::update_many()
        .col_expr(user_session::Column::EndedAt, now.into())
        .filter(user_session::Column::UserId.eq(user_id))
        .filter(user_session::Column::EndedAt.is_null());
    if let Some(but) = but {
        update = update.filter(user_session::Column::Id.ne(but));
    }
    update.exec(conn).await.map(|_| ())
}

/// A refresh token by its hash.
///
/// # Errors
/// The database's.
pub async fn refresh_token(
    conn: &impl ConnectionTrait,
    hash: Vec<u8>,
) -> Result<Option<refresh_token::Model>, DbErr> {
    refresh_token::Entity::find_by_id(hash).one(conn).await
}

/// Writes a new refresh token.
///
/// # Errors
/// The database's.
pub async fn insert_refresh_token(
    conn: &impl ConnectionTrait,
    row: refresh_token::Model,
) -> Result<(), DbErr> {
    refresh_token::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Notes that a refresh token was used. Says whether it was not before.
///
/// # Errors
/// The database's.
pub async fn use_refresh_token(
    conn: &impl ConnectionTrait,
    hash: Vec<u8>,
    now: Instant,
) -> Result<bool, DbErr> {
    let used = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, now.into())
        .filter(refresh_token::Column::TokenHash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(conn)
        .await?;
    Ok(used.rows_affected > 0)
}

/// Deletes sessions that could not be refreshed any more at that moment, with their tokens.
///
/// # Errors
/// The database's.
pub async fn forget(conn: &impl ConnectionTrait, before: Instant) -> Result<(), DbErr> {
    let old = Query::select()
        .column(user_session::Column::Id)
        .from(user_session::Entity)
        .and_where(user_session::Column::ExpiresAt.lt(before))
        .to_owned();
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::SessionId.in_subquery(old))
        .exec(conn)
        .await?;
    user_session::Entity::delete_many()
        .filter(user_session::Column::ExpiresAt.lt(before))
        .exec(conn)
        .await
        .map(|_| ())
}

/// The keys that sign, newest first.
///
/// # Errors
/// The database's.
pub async fn keys(conn: &impl ConnectionTrait) -> Result<Vec<signing_key::Model>, DbErr> {
    signing_key::Entity::find()
        .order_by_desc(signing_key::Column::CreatedAt)
        .order_by_desc(signing_key::Column::Id)
        .all(conn)
        .await
}

/// Writes a new key.
///
/// # Errors
/// The database's.
pub async fn insert_key(conn: &impl ConnectionTrait, row: signing_key::Model) -> Result<(), DbErr> {
    signing_key::Entity::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Deletes keys that were superseded before a moment: those older than the newest one of then.
///
/// # Errors
/// The database's.
pub async fn delete_superseded_keys(
    conn: &impl ConnectionTrait,
    before: Instant,
) -> Result<(), DbErr> {
    let newest = signing_key::Entity::find()
        .filter(signing_key::Column::CreatedAt.lt(before))
        .order_by_desc(signing_key::Column::CreatedAt)
        .one(conn)
        .await?;
    let Some(newest) = newest else { return Ok(()) };
    signing_key::Entity::delete_many()
        .filter(signing_key::Column::CreatedAt.lt(newest.created_at))
        .exec(conn)
        .await
        .map(|_| ())
}
