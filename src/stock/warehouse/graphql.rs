//! Warehouses in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, MaybeUndefined, Object, Result};
use entity::stock::warehouse::{self, Model};
use entity::vocab::WarehouseId;
use serde_json::Value;
use uuid::Uuid;

use super::ops::{Changes, Save};
use super::{ops, store};
use crate::graphql::context::Asked;
use crate::graphql::filter::{MetadataFilter, RecordStatusFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Reading, RecordStatusKind, app, listing, payload, record_fields, reference_input,
};
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::master::Target;
use crate::platform::rejection::Path;

/// A place that holds stock.
#[derive(Description)]
pub struct Warehouse(pub(crate) Model);

impl From<Model> for Warehouse {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Warehouse {
    /// Its id.
    pub(crate) async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// Its short code, unique whatever the case.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its turn when `sourcing` chooses among warehouses: 0 to 9,999, the lowest number first, of
    /// the same by code.
    async fn priority(&self) -> i32 {
        self.0.priority
    }

    /// Whether new documents may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

listing! {
    /// Warehouses, oldest first unless ordered otherwise.
    /// Scope: `stock:read`.
    warehouses: Warehouse of warehouse, Scope::StockRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their code.
        Code => [CodeKey],
    }
    all store::all();
}

reference_input!(
    /// Names a warehouse.
    WarehouseReference -> WarehouseId,
    /// Its code.
    Code("code")
);

/// A new warehouse.
#[derive(InputObject)]
pub struct WarehouseCreateInput {
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// Its turn when `sourcing` chooses among warehouses: 0 to 9,999, the lowest number first, of
    /// the same by code; 100 by default.
    #[graphql(default_with = "ops::PRIORITY_DEFAULT")]
    priority: i32,
    /// The id your own system knows it by, unique among warehouses.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl WarehouseCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("warehouseCreate", &self);
        let Self {
            code,
            name,
            priority,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let id = WarehouseId::generate();
        let changes = Changes {
            code: Some(reading.code(path.at("code"), &code)),
            name: Some(reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX)),
            priority: Some(read_priority(&mut reading, priority)),
            external_id: Some(external_id.map(|id| reading.code(path.at("externalId"), &id))),
            metadata: Some(reading.metadata(path.at("metadata"), metadata)),
        };
        let target = Target::New(id);
        reading.finish(ctx, idempotency_key, (id.0, Save { target, changes }))
    }
}

fn read_priority(reading: &mut Reading, priority: i32) -> i32 {
    let path = Path::input().at("priority");
    reading.check.whole(path, priority, (0, ops::PRIORITY_MAX))
}

/// What is to be different about a warehouse.
#[derive(InputObject)]
pub struct WarehouseUpdateInput {
    /// Which one.
    warehouse: WarehouseReference,
    /// Another code.
    code: MaybeUndefined<String>,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Another turn when `sourcing` chooses among warehouses: 0 to 9,999, the lowest number first.
    priority: MaybeUndefined<i32>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl WarehouseUpdateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("warehouseUpdate", &self);
        let Self {
            warehouse,
            code,
            name,
            priority,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let target = Target::Existing {
            record: warehouse.read(&mut reading, &path.at(ops::FIELD)),
            expected_version,
        };
        let priority = reading.required(path.at("priority"), priority);
        let changes = Changes {
            code: reading.new_code(path.at("code"), code),
            name: reading.new_name(path.at("name"), name),
            priority: priority.map(|priority| read_priority(&mut reading, priority)),
            external_id: reading.new_external_id(external_id),
            metadata: reading.new_metadata(metadata),
        };
        reading.finish(
            ctx,
            idempotency_key,
            (Uuid::nil(), Save { target, changes }),
        )
    }
}

/// Which warehouse to archive.
#[derive(InputObject)]
pub struct WarehouseArchiveInput {
    /// The warehouse.
    warehouse: WarehouseReference,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

payload! {
    /// What creating a warehouse brought.
    WarehouseCreatePayload {
        /// The new warehouse.
        warehouse: Warehouse = WarehouseId
    }
}

payload! {
    /// What changing a warehouse brought.
    WarehouseUpdatePayload {
        /// The changed warehouse.
        warehouse: Warehouse = WarehouseId
    }
}

payload! {
    /// What archiving a warehouse brought.
    WarehouseArchivePayload {
        /// The archived warehouse.
        warehouse: Warehouse = WarehouseId
    }
}

/// Reads warehouses.
#[derive(Default)]
pub struct WarehouseQuery;

#[Object]
impl WarehouseQuery {
    /// One warehouse, by its id, code or external id; null when there is none.
    /// Scope: `stock:read`.
    async fn warehouse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: WarehouseReference,
    ) -> Option<Result<Warehouse>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: WarehouseReference) -> Result<Option<Warehouse>> {
    ctx.require(Scope::StockRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = store::find(app(ctx).db.reader(), &[&reference]).await;
    let found = found.map_err(|error| internal(&error))?;
    Ok(found.into_iter().next().map(Warehouse))
}

/// Changes warehouses.
#[derive(Default)]
pub struct WarehouseMutation;

#[Object]
impl WarehouseMutation {
    /// Creates a warehouse.
    /// Scope: `stock:write`.
    async fn warehouse_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new warehouse.")] input: WarehouseCreateInput,
    ) -> Result<WarehouseCreatePayload> {
        ctx.require(Scope::StockWrite)?;
        WarehouseCreatePayload::answer(ctx, ops::save(app(ctx), input.read(ctx)).await).await
    }

    /// Changes a warehouse.
    /// Scope: `stock:write`.
    async fn warehouse_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: WarehouseUpdateInput,
    ) -> Result<WarehouseUpdatePayload> {
        ctx.require(Scope::StockWrite)?;
        WarehouseUpdatePayload::answer(ctx, ops::save(app(ctx), input.read(ctx)).await).await
    }

    /// Archives a warehouse: it is kept for history and refused in new documents. Refused while it
    /// holds or expects goods.
    /// Scope: `stock:write`.
    async fn warehouse_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which warehouse.")] input: WarehouseArchiveInput,
    ) -> Result<WarehouseArchivePayload> {
        ctx.require(Scope::StockWrite)?;
        let mut reading = Reading::of("warehouseArchive", &input);
        let WarehouseArchiveInput {
            warehouse,
            idempotency_key,
        } = input;
        let warehouse = warehouse.read(&mut reading, &Path::input().at("warehouse"));
        let command = ops::Archive { warehouse };
        let envelope = reading.finish(ctx, idempotency_key, (Uuid::nil(), command));
        WarehouseArchivePayload::answer(ctx, ops::archive(app(ctx), envelope).await).await
    }
}
