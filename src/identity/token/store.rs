//! The rows of API tokens.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;

use entity::identity::api_token::{ActiveModel, Column, Entity, Model};
use entity::identity::{api_token_use, principal};
use entity::vocab::{ApiTokenId, Instant, PrincipalId, PrincipalKind};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, Select,
};

use crate::graphql::Fetch;

/// The tokens of these hashes, whether they are still valid or not.
///
/// # Errors
/// The database's.
pub async fn by_hashes(
    conn: &impl ConnectionTrait,
    hashes: Vec<Vec<u8>>,
) -> Result<Vec<Model>, DbErr> {
    let theirs = Column::TokenHash.is_in(hashes);
    Entity::find().filter(theirs).all(conn).await
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

/// All tokens, for a list.
#[must_use]
pub fn all() -> Select<Entity> {
    Entity::find()
}

/// Notes that these tokens were used now.
///
/// # Errors
/// The database's.
pub async fn note_uses(
    conn: &impl ConnectionTrait,
    ids: BTreeSet<ApiTokenId>,
    now: Instant,
) -> Result<(), DbErr> {
    // In the order of ids, so that two servers do not lock crosswise.
    let rows = ids.into_iter().map(|id| api_token_use::ActiveModel {
        token_id: Set(id),
        last_used_at: Set(now),
    });
    let again = OnConflict::column(api_token_use::Column::TokenId)
        .update_column(api_token_use::Column::LastUsedAt)
        .to_owned();
    api_token_use::Entity::insert_many(rows)
        .on_conflict(again)
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

/// When a token was last used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastUseOf(pub ApiTokenId);

impl Loader<LastUseOf> for Fetch {
    type Value = Instant;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[LastUseOf]) -> Result<HashMap<LastUseOf, Instant>, Self::Error> {
        let wanted = api_token_use::Column::TokenId.is_in(keys.iter().map(|key| key.0));
        let rows = api_token_use::Entity::find()
            .filter(wanted)
            .all(self.db.reader())
            .await?;
        let found = rows.into_iter();
        Ok(found
            .map(|row| (LastUseOf(row.token_id), row.last_used_at))
            .collect())
    }
}
