//! The rows of API tokens.

use entity::identity::api_token::{ActiveModel, Column, Entity, Model};
use entity::identity::principal;
use entity::vocab::{ApiTokenId, Instant, PrincipalId, PrincipalKind};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter,
};

/// The token of this hash that is valid at the moment.
///
/// # Errors
/// The database's.
pub async fn valid_by_hash(
    conn: &impl ConnectionTrait,
    hash: Vec<u8>,
    now: Instant,
) -> Result<Option<Model>, DbErr> {
    let token = Entity::find()
        .filter(Column::TokenHash.eq(hash))
        .one(conn)
        .await?;
    Ok(token.filter(|token| {
        token.revoked_at.is_none() && token.expires_at.is_none_or(|expiry| now < expiry)
    }))
}

/// A token by its id, locked for the rest of the transaction where the database has locks.
///
/// # Errors
/// The database's.
pub async fn by_id(conn: &impl ConnectionTrait, id: ApiTokenId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(conn).await
}

/// Writes a new token, and the principal it acts as.
///
/// # Errors
/// The database's.
pub async fn insert(conn: &impl ConnectionTrait, token: Model) -> Result<(), DbErr> {
    let acts_as = principal::Model {
        id: PrincipalId(token.id.0),
        kind: PrincipalKind::Token,
        name: token.name.clone(),
        created_at: token.created_at,
    };
    principal::Entity::insert(acts_as.into_active_model())
        .exec_without_returning(conn)
        .await?;
    Entity::insert(token.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Takes a token back.
///
/// # Errors
/// The database's.
pub async fn revoke(
    conn: &impl ConnectionTrait,
    id: ApiTokenId,
    now: Instant,
) -> Result<(), DbErr> {
    let revoked = ActiveModel {
        revoked_at: Set(Some(now)),
        ..Default::default()
    };
    Entity::update_many()
        .set(revoked)
        .filter(Column::Id.eq(id))
        .filter(Column::RevokedAt.is_null())
        .exec(conn)
        .await
        .map(|_| ())
}
