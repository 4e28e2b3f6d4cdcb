//! The audit log in the schema.

use async_graphql::{Context, Description, ID, Json, Object, Result};
use chrono::{DateTime, Utc};
use entity::platform::operation;
use entity::platform::operation::Model;
use entity::vocab::{any_record, type_id};
use serde_json::Value;

use super::store;
use crate::graphql::context::{date_time, failed};
use crate::graphql::filter::{DateTimeFilter, IdFilter, TextFilter};
use crate::graphql::listing;
use crate::identity::principal::graphql::{Principal, author};
use crate::platform::actor::Scope;
use crate::platform::rejection::OpError;

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
    pub(crate) async fn id(&self) -> ID {
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
    async fn input(&self) -> Result<Option<Json<Value>>> {
        parsed(self.0.input.as_deref())
    }

    /// What changed in a master record: `{before, after}` of the fields that differ; null for
    /// documents, whose input says it all.
    async fn changes(&self) -> Result<Option<Json<Value>>> {
        parsed(self.0.changes.as_deref())
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

fn parsed(text: Option<&str>) -> Result<Option<Json<Value>>> {
    let unreadable = |error: serde_json::Error| failed(OpError::Internal(error.to_string()));
    let value = text.map(serde_json::from_str).transpose();
    Ok(value.map_err(unreadable)?.map(Json))
}

listing! {
    /// The audit log, oldest first unless ordered otherwise. It is kept for ever.
    /// Scope: `audit:read`.
    audit_entries: AuditEntry of operation, Scope::AuditRead;
    filter {
        /// By who did it: a user or a token.
        actor_id: IdFilter => |given| given.on(Column::CallerId, any_record),
        /// By the command, for example "salesOrderPlace".
        command: TextFilter => |given| given.exact(Column::Command),
        /// By the record that it was about, of any kind.
        record_id: IdFilter => |given| given.on(Column::RecordId, any_record),
        /// By when it was done.
        created_at: DateTimeFilter => |given| given.on(Column::CreatedAt),
    }
    order by Id {
        /// By when it was done; the default.
        Created => [Id],
    }
    all store::all();
}
