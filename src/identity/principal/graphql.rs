//! Authors in the schema.

use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use entity::identity::principal::Model;
use entity::vocab::{ApiTokenId, PrincipalId, PrincipalKind, UserId};

use crate::graphql::loaders;
use crate::graphql::payload::internal;

/// What kind of principal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "PrincipalKind", remote = "PrincipalKind")]
pub enum PrincipalKindName {
    /// A machine or a partner, with an API token.
    Token,
    /// A person who signs in.
    User,
}

/// Whoever did something: a user or an API token.
#[derive(Clone, Debug, SimpleObject)]
pub struct Principal {
    /// The id of the user or of the API token.
    id: ID,
    /// Which of the two it is.
    kind: PrincipalKindName,
    /// Its name, as it is now.
    name: String,
}

impl From<Model> for Principal {
    fn from(row: Model) -> Self {
        let id = match row.kind {
            PrincipalKind::Token => ApiTokenId(row.id.0).to_string(),
            PrincipalKind::User => UserId(row.id.0).to_string(),
        };
        Self {
            id: ID(id),
            kind: row.kind.into(),
            name: row.name,
        }
    }
}

/// The author of that id; none for nobody.
///
/// # Errors
/// The database's.
pub async fn author(ctx: &Context<'_>, id: PrincipalId) -> Result<Option<Principal>> {
    let row = loaders(ctx).load_one(id).await;
    Ok(row.map_err(|error| internal(&error))?.map(Principal::from))
}
