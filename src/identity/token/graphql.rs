//! Tokens in the schema.

use std::collections::BTreeSet;

use async_graphql::{Context, Description, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::identity::api_token;
use entity::identity::api_token::Model;
use entity::vocab::{ApiTokenId, Instant, any_record};
use uuid::Uuid;

use super::store::LastUseOf;
use super::{ops, secret, store};
use crate::graphql::context::{Asked, actor, bad_argument, date_time};
use crate::graphql::filter::IdFilter;
use crate::graphql::payload::{internal, split, unread};
use crate::graphql::user_error::UserError;
use crate::graphql::{Reading, app, listing, loader_by_id, loaders, payload};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::clock;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::rejection::Path;

loader_by_id!(entity::identity::api_token, ApiTokenId);

/// An API token of a machine or a partner, without its secret.
#[derive(Description)]
pub struct ApiToken(Model);

impl From<Model> for ApiToken {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl ApiToken {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// What it is for.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// What it may do.
    async fn scopes(&self) -> Vec<&str> {
        self.0
            .scopes
            .split(' ')
            .filter(|scope| !scope.is_empty())
            .collect()
    }

    /// What else there is to say about it.
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// How its secret begins, to tell it from others.
    async fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// Who made it; null when that was done on the command line.
    async fn created_by(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.created_by?).await.transpose()
    }

    /// When it was last used, to the minute; null when it never was.
    async fn last_used_at(&self, ctx: &Context<'_>) -> Option<Result<DateTime<Utc>>> {
        let used = loaders(ctx).load_one(LastUseOf(self.0.id)).await;
        let used = used.map_err(|error| internal(&error)).transpose()?;
        Some(used.map(date_time))
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// From when on it is refused; null for never.
    async fn expires_at(&self) -> Option<DateTime<Utc>> {
        self.0.expires_at.map(date_time)
    }

    /// When it was revoked; null while it is not.
    async fn revoked_at(&self) -> Option<DateTime<Utc>> {
        self.0.revoked_at.map(date_time)
    }
}

/// Whoever calls.
#[derive(SimpleObject)]
pub struct Viewer {
    /// Whether a valid token was sent.
    is_authenticated: bool,
    /// The name of the token or of the user; null for nobody.
    name: Option<String>,
    /// What the caller may do.
    scopes: Vec<String>,
}

listing! {
    /// API tokens, oldest first unless ordered otherwise, revoked ones included.
    /// Scope: `tokens:write`.
    api_tokens: ApiToken of api_token, Scope::TokensWrite;
    filter {
        /// By who made them: a user or another token.
        created_by_id: IdFilter => |given| given.on(Column::CreatedBy, any_record),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
    }
    all store::all();
}

/// Reads who calls.
#[derive(Default)]
pub struct TokenQuery;

#[Object]
impl TokenQuery {
    /// Whoever calls, and what they may do. Scope: PUBLIC.
    async fn viewer(&self, ctx: &Context<'_>) -> Viewer {
        let actor = actor(ctx);
        Viewer {
            is_authenticated: actor.is_authenticated(),
            name: actor.name().map(str::to_owned),
            scopes: actor
                .scopes()
                .iter()
                .map(|scope| scope.as_str().to_owned())
                .collect(),
        }
    }

    /// One API token, by its id; null when there is none.
    /// Scope: `tokens:write`.
    async fn api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Option<Result<ApiToken>> {
        find(ctx, &id).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<ApiToken>> {
    ctx.require(Scope::TokensWrite)?;
    let id = ApiTokenId::parse(id).map_err(|error| bad_argument(format!("id: {error}.")))?;
    let row = loaders(ctx).load_one(id).await;
    Ok(row.map_err(|error| internal(&error))?.map(ApiToken))
}

/// A new token.
#[derive(InputObject)]
pub struct ApiTokenCreateInput {
    /// What it is for, at most 200 characters.
    name: String,
    /// What else there is to say about it, of several lines, at most 2,000 characters.
    description: Option<String>,
    /// What it may do, for example ["stock:read"]; at most your own scopes. Without scopes it sees
    /// what is public.
    scopes: Vec<String>,
    /// From when on it is refused; never when left out.
    expires_at: Option<DateTime<Utc>>,
    /// A key of your own: the same key and input is done once, however often it is sent. A
    /// repetition does not show the secret again.
    idempotency_key: Option<String>,
}

impl ApiTokenCreateInput {
    fn read(self) -> (Reading, Option<String>, ops::CreateToken) {
        let mut reading = Reading::of("apiTokenCreate", &self);
        let Self {
            name,
            description,
            scopes,
            expires_at,
            idempotency_key,
        } = self;
        let path = Path::input();
        let mut known = BTreeSet::new();
        for (index, scope) in scopes.iter().enumerate() {
            if let Some(scope) = Scope::parse(scope) {
                known.insert(scope);
            } else {
                let path = path.at("scopes").at(index);
                reading.check.complain(path, Scope::none_like(scope));
            }
        }
        let expires_at = expires_at.map(Instant::from);
        if expires_at.is_some_and(|expiry| expiry <= clock::now()) {
            reading
                .check
                .complain(path.at("expiresAt"), "Must lie in the future.");
        }
        let command = ops::CreateToken {
            id: ApiTokenId::generate(),
            name: reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX),
            description: reading
                .check
                .note(path.at("description"), description.as_deref()),
            scopes: known,
            expires_at,
            secret: secret::generate(),
        };
        (reading, idempotency_key, command)
    }
}

/// What creating a token brought.
#[derive(SimpleObject)]
pub struct ApiTokenCreatePayload {
    /// The new token. Null when there are errors.
    api_token: Option<ApiToken>,
    /// The secret to send as `Authorization: Bearer …`. Shown this once; null in a repetition.
    secret: Option<String>,
    /// Everything that is wrong with the input, all at once.
    errors: Vec<UserError>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    replayed: bool,
}

/// Which token to revoke.
#[derive(InputObject)]
pub struct ApiTokenRevokeInput {
    /// The token's id.
    id: ID,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What revoking a token brought.
    ApiTokenRevokePayload {
        /// The revoked token.
        api_token: ApiToken = ApiTokenId
    }
}

/// Changes tokens.
#[derive(Default)]
pub struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Creates a token with at most the caller's own scopes, and shows its secret once.
    /// Scope: `tokens:write`.
    async fn api_token_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new token.")] input: ApiTokenCreateInput,
    ) -> Result<ApiTokenCreatePayload> {
        ctx.require(Scope::TokensWrite)?;
        let (reading, key, command) = input.read();
        let secret = command.secret.clone();
        let envelope = reading.finish(ctx, key, (command.id.0, command));
        let (accepted, errors) = split(ops::create(app(ctx), envelope).await)?;
        let Some(accepted) = accepted else {
            return Ok(ApiTokenCreatePayload {
                api_token: None,
                secret: None,
                errors,
                replayed: false,
            });
        };
        let id = ApiTokenId(accepted.record_id);
        let row = loaders(ctx).load_one(id).await;
        let row = row.map_err(|error| unread(&error))?;
        Ok(ApiTokenCreatePayload {
            api_token: row.map(ApiToken),
            secret: (!accepted.replayed).then_some(secret),
            errors,
            replayed: accepted.replayed,
        })
    }

    /// Revokes a token; from then on every server refuses it.
    /// Scope: `tokens:write`.
    async fn api_token_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which token.")] input: ApiTokenRevokeInput,
    ) -> Result<ApiTokenRevokePayload> {
        ctx.require(Scope::TokensWrite)?;
        let mut reading = Reading::of("apiTokenRevoke", &input);
        let ApiTokenRevokeInput {
            id,
            idempotency_key,
        } = input;
        let id = reading
            .check
            .id(Path::input().at("id"), ApiTokenId::parse(&id));
        let envelope = reading.finish(ctx, idempotency_key, (Uuid::nil(), ops::RevokeToken { id }));
        ApiTokenRevokePayload::answer(ctx, ops::revoke(app(ctx), envelope).await).await
    }
}
