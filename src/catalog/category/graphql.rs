//! Categories in the schema.

use async_graphql::{Context, Description, ID, InputObject, Json, MaybeUndefined, Object, Result};
use entity::catalog::category;
use entity::catalog::category::{Entity, Model};
use entity::vocab::CategoryId;
use serde_json::Value;
use uuid::Uuid;

use super::ops::{self, Changes, Save};
use super::store::{self, BranchesOf};
use crate::graphql::context::Asked;
use crate::graphql::filter::{IdFilter, MetadataFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{Reading, app, listing, loaders, payload, record_fields, reference_input};
use crate::platform::actor::Scope;
use crate::platform::command::Envelope;
use crate::platform::input::NAME_LENGTH_MAX;
use crate::platform::master::Target;
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;

/// Places among siblings: from minus a million to a million.
const POSITIONS: (i32, i32) = (-1_000_000, 1_000_000);

/// A branch of the tree of products.
#[derive(Description)]
pub struct Category(Model);

impl From<Model> for Category {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Category {
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

    /// Its place among its siblings: smaller first.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// The branch it grows from; null for a root.
    async fn parent(&self, ctx: &Context<'_>) -> Option<Result<Category>> {
        let row = loaders(ctx).load_one(self.0.parent_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(Category))
            .transpose()
    }

    /// The branches that grow on it, by position.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn branches(&self, ctx: &Context<'_>) -> Result<Vec<Category>> {
        let rows = loaders(ctx).load_one(BranchesOf(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Category).collect())
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

reference_input!(
    /// Names a category.
    CategoryReference -> CategoryId,
    /// Its code.
    Code("code")
);

/// A new category.
#[derive(InputObject)]
pub struct CategoryCreateInput {
    /// The branch it grows from; a root when left out. The tree has at most 20 levels.
    parent: Option<CategoryReference>,
    /// Its short code, at most 64 characters, unique whatever the case.
    code: String,
    /// Its name, at most 200 characters.
    name: String,
    /// Its place among its siblings, smaller first: from -1,000,000 to 1,000,000; 0 by default.
    #[graphql(default)]
    position: i32,
    /// The id your own system knows it by, unique among categories.
    external_id: Option<String>,
    /// What you keep beside it: a JSON object of at most 16 KiB.
    metadata: Option<Json<Value>>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CategoryCreateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("categoryCreate", &self);
        let Self {
            parent,
            code,
            name,
            position,
            external_id,
            metadata,
            idempotency_key,
        } = self;
        let path = Path::input();
        let id = CategoryId::generate();
        let changes = Changes {
            parent: parent.map(|by| Some(by.read(&mut reading, &path.at("parent")))),
            code: Some(reading.code(path.at("code"), &code)),
            name: Some(reading.check.text(path.at("name"), &name, NAME_LENGTH_MAX)),
            position: Some(
                reading
                    .check
                    .whole(path.at("position"), position, POSITIONS),
            ),
            external_id: Some(external_id.map(|id| reading.code(path.at("externalId"), &id))),
            metadata: Some(reading.metadata(path.at("metadata"), metadata)),
        };
        let target = Target::New(id);
        reading.finish(ctx, idempotency_key, (id.0, Save { target, changes }))
    }
}

/// What of a category is to change; what is left out stays as it is.
#[derive(InputObject)]
pub struct CategoryUpdateInput {
    /// Which one.
    category: CategoryReference,
    /// Another branch to grow from, with all that grows on it; null makes it a root.
    parent: MaybeUndefined<CategoryReference>,
    /// Another code.
    code: MaybeUndefined<String>,
    /// Another name.
    name: MaybeUndefined<String>,
    /// Another place among its siblings.
    position: MaybeUndefined<i32>,
    /// Another external id; null takes it away.
    external_id: MaybeUndefined<String>,
    /// Other metadata, in place of all before; null takes it away.
    metadata: MaybeUndefined<Json<Value>>,
    /// The version you have read; another one changes nothing.
    expected_version: Option<i64>,
    /// A key of your own: the same key and input is done once, however often it is sent.
    idempotency_key: Option<String>,
}

impl CategoryUpdateInput {
    fn read(self, ctx: &Context<'_>) -> Envelope<Save> {
        let mut reading = Reading::of("categoryUpdate", &self);
        let Self {
            category,
            parent,
            code,
            name,
            position,
            external_id,
            metadata,
            expected_version,
            idempotency_key,
        } = self;
        let path = Path::input();
        let target = Target::Existing {
            record: category.read(&mut reading, &path.at(ops::FIELD)),
            expected_version,
        };
        let position = reading.required(path.at("position"), position);
        let changes = Changes {
            parent: reading.optional(parent, |reading, by| by.read(reading, &path.at("parent"))),
            code: reading.new_code(path.at("code"), code),
            name: reading.new_name(path.at("name"), name),
            position: position
                .map(|place| reading.check.whole(path.at("position"), place, POSITIONS)),
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

payload! {
    /// What creating a category brought.
    CategoryCreatePayload {
        /// The new category.
        category: Category = CategoryId
    }
}

payload! {
    /// What changing a category brought.
    CategoryUpdatePayload {
        /// The changed category.
        category: Category = CategoryId
    }
}

listing! {
    /// Categories, oldest first unless ordered otherwise.
    /// Scope: `products:read`.
    categories: Category of category, Scope::ProductsRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By the category that they grow on.
        parent_id: IdFilter => |given| given.on(Column::ParentId, CategoryId::parse),
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

/// Reads categories.
#[derive(Default)]
pub struct CategoryQuery;

#[Object]
impl CategoryQuery {
    /// One category, by its id, code or external id; null when there is none.
    /// Scope: `products:read`.
    async fn category(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: CategoryReference,
    ) -> Option<Result<Category>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: CategoryReference) -> Result<Option<Category>> {
    ctx.require(Scope::ProductsRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Category))
}

/// Changes categories.
#[derive(Default)]
pub struct CategoryMutation;

#[Object]
impl CategoryMutation {
    /// Creates a category.
    /// Scope: `products:write`.
    async fn category_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new category.")] input: CategoryCreateInput,
    ) -> Result<CategoryCreatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CategoryCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a category, or moves it with all that grows on it.
    /// Scope: `products:write`.
    async fn category_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which category, and what of it.")] input: CategoryUpdateInput,
    ) -> Result<CategoryUpdatePayload> {
        ctx.require(Scope::ProductsWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        CategoryUpdatePayload::answer(ctx, verdict).await
    }
}
