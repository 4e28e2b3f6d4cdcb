//! The audit log in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, Object, Result};
use chrono::{DateTime, Utc};
use entity::platform::operation::{Entity, Model};
use entity::vocab::{Instant, PrincipalId, any_id, type_id};
use serde_json::Value;

use super::store;
use crate::graphql::connection;
use crate::graphql::context::{Asked, bad_argument, date_time};
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::input::CODE_LENGTH_MAX;
use crate::platform::page::Cursor;

/// One thing that somebody did: an accepted command, or a sign-in that was refused.
#[derive(Description)]
pub struct AuditEntry(Model);

impl From<Model> for AuditEntry {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl AuditEntry {
    /// Its id.
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// When it was done.
    async fn at(&self) -> DateTime<Utc> {
        date_time(self.0.created_at)
    }

    /// Who did it; null for what the system or its operator did, and for refused sign-ins.
    async fn actor(&self, ctx: &Context<'_>) -> Option<Result<Principal>> {
        author(ctx, self.0.caller_id).await.transpose()
    }

    /// What was done: the mutation's name, or for example `sessionCreate.refused`.
    async fn command(&self) -> &str {
        &self.0.command
    }

    /// The id of the record that it made or changed; null when it is about none.
    async fn record(&self) -> Option<ID> {
        let prefix = self.0.record_kind.as_deref()?;
        type_id(prefix, self.0.record_id).map(ID)
    }

    /// The input as it was given, secrets taken out; null when there was none.
    async fn input(&self) -> Option<Json<Value>> {
        self.0.input.clone().map(Json)
    }

    /// What changed in a master record: `{before, after}` of the fields that differ; null for
    /// documents, whose input says it all.
    async fn changes(&self) -> Option<Json<Value>> {
        self.0.changes.clone().map(Json)
    }

    /// The id of the request, as in the header `x-request-id` and in the logs.
    async fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The address of the connection it came by; that of the proxy, where there is one.
    async fn remote_address(&self) -> Option<&str> {
        self.0.remote_address.as_deref()
    }
}

connection!(
    AuditEntryConnection,
    AuditEntryEdge,
    AuditEntry,
    Entity,
    Id,
    |row| Cursor::Uuid(row.id.0)
);

/// Which entries of the audit log are wanted; all that is given must hold.
#[derive(Default, InputObject)]
pub struct AuditEntryFilter {
    /// Of this user or API token, by its id.
    actor: Option<ID>,
    /// Of this command, for example `salesOrderPlace`.
    command: Option<String>,
    /// About the record of this id.
    record: Option<ID>,
    /// From this moment on.
    from: Option<DateTime<Utc>>,
    /// Before this moment.
    until: Option<DateTime<Utc>>,
}

impl AuditEntryFilter {
    fn read(self) -> Result<store::Wanted> {
        let Self {
            actor,
            command,
            record,
            from,
            until,
        } = self;
        let id = |field: &str, id: Option<ID>| match id {
            None => Ok(None),
            Some(id) => match any_id(&id) {
                Some(id) => Ok(Some(id)),
                None => Err(bad_argument(format!("filter.{field}: This is not an id."))),
            },
        };
        let is_usable = |command: &String| {
            let has_control = command.chars().any(char::is_control);
            command.chars().count() <= CODE_LENGTH_MAX && !has_control
        };
        if !command.as_ref().is_none_or(is_usable) {
            return Err(bad_argument("filter.command: This is no command's name."));
        }
        Ok(store::Wanted {
            actor: id("actor", actor)?.map(PrincipalId),
            command,
            record: id("record", record)?,
            from: from.map(Instant::from),
            until: until.map(Instant::from),
        })
    }
}

/// Reads the audit log.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit log, oldest first; ask for `last` to begin with the newest. It is kept for ever.
    /// Scope: `audit:read`.
    #[graphql(complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1")]
    async fn audit_entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries; all when left out.")] filter: Option<AuditEntryFilter>,
        #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
        first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
    ) -> Result<AuditEntryConnection> {
        ctx.require(Scope::AuditRead)?;
        let wanted = store::wanted(filter.unwrap_or_default().read()?);
        AuditEntryConnection::fetch(ctx, wanted, (first, after), (last, before)).await
    }
}
