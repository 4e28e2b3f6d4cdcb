//! Suppliers in the schema.

use async_graphql::{Context, Description, ID, Object, Result};
use entity::party::supplier::{self, Entity, Model};
use entity::vocab::{SearchKind, SupplierId};
use uuid::Uuid;

use super::inputs::{SupplierArchiveInput, SupplierCreateInput, SupplierUpdateInput};
use super::{ops, store};
use crate::graphql::context::Asked;
use crate::graphql::filter::{DateTimeFilter, MetadataFilter, RecordStatusFilter, TextFilter};
use crate::graphql::payload::internal;
use crate::graphql::record::RecordFields;
use crate::graphql::{
    Reading, RecordStatusKind, app, listing, loaders, payload, record_fields, reference_input,
};
use crate::party::details::graphql::{Address, Contact};
use crate::party::details::store::{AddressesOfSupplier, ContactsOfSupplier};

use crate::party::terms::graphql::PaymentTerms;
use crate::platform::actor::Scope;
use crate::platform::master::{self, Archive};
use crate::platform::reference::find_one;
use crate::platform::rejection::Path;
use crate::purchasing::supplier_item::graphql::SupplierItem;

/// Somebody we buy from.
#[derive(Description)]
pub struct Supplier(pub(crate) Model);

impl From<Model> for Supplier {
    fn from(row: Model) -> Self {
        Self(row)
    }
}

#[Object(use_type_description)]
impl Supplier {
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

    /// Whether new documents may use it.
    async fn status(&self) -> RecordStatusKind {
        self.0.status.into()
    }

    /// ISO 4217 code of the currency of its documents.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// When it is paid; null when at once.
    async fn payment_terms(&self, ctx: &Context<'_>) -> Option<Result<PaymentTerms>> {
        let row = loaders(ctx).load_one(self.0.payment_terms_id?).await;
        row.map_err(|error| internal(&error))
            .map(|row| row.map(PaymentTerms::from))
            .transpose()
    }

    /// Days from an order to its goods; null when not known.
    async fn lead_time_days(&self) -> Option<i32> {
        self.0.lead_time_days
    }

    /// The number it is taxed under.
    async fn tax_id(&self) -> Option<&str> {
        self.0.tax_id.as_deref()
    }

    /// A remark.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// People and desks, in order; at most 50.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn contacts(&self, ctx: &Context<'_>) -> Result<Vec<Contact>> {
        let rows = loaders(ctx).load_one(ContactsOfSupplier(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Contact).collect())
    }

    /// Addresses, in order; at most 50.
    #[graphql(complexity = "3 * child_complexity + 1")]
    async fn addresses(&self, ctx: &Context<'_>) -> Result<Vec<Address>> {
        let rows = loaders(ctx).load_one(AddressesOfSupplier(self.0.id)).await;
        let rows = rows.map_err(|error| internal(&error))?.unwrap_or_default();
        Ok(rows.into_iter().map(Address).collect())
    }

    /// What it offers, oldest first; archived items included.
    #[graphql(complexity = "10 * child_complexity + 1")]
    async fn supplier_items(&self, ctx: &Context<'_>) -> Result<Vec<SupplierItem>> {
        SupplierItem::of_supplier(ctx, self.0.id).await
    }

    #[graphql(flatten)]
    async fn record(&self) -> RecordFields {
        record_fields!(self.0)
    }
}

listing! {
    /// Suppliers, oldest first unless ordered otherwise; found by code, name, contacts and city.
    /// Scope: `suppliers:read`.
    suppliers: Supplier of supplier, Scope::SuppliersRead;
    filter {
        /// By their code.
        code: TextFilter => |given| given.keyed(Column::CodeKey),
        /// By their name.
        name: TextFilter => |given| given.keyed(Column::NameKey),
        /// By the id your own system knows them by.
        external_id: TextFilter => |given| given.exact(Column::ExternalId),
        /// By whether they are in use.
        status: RecordStatusFilter => |given| given.on(Column::Status),
        /// By when they last changed.
        updated_at: DateTimeFilter => |given| given.on(Column::UpdatedAt),
        /// By a member of their metadata.
        metadata: MetadataFilter => |given| given.on(Column::Id),
    }
    order by Id {
        /// By when they were created; the default.
        Created => [Id],
        /// By their code.
        Code => [CodeKey],
        /// By their name.
        Name => [NameKey, Id],
        /// By when they last changed.
        Updated => [UpdatedAt, Id],
    }
    find by search = SearchKind::Supplier;
    all store::all();
}

reference_input!(
    /// Names a supplier.
    SupplierReference -> SupplierId,
    /// Its code.
    Code("code")
);

payload! {
    /// What creating a supplier brought.
    SupplierCreatePayload {
        /// The new supplier.
        supplier: Supplier = SupplierId
    }
}

payload! {
    /// What changing a supplier brought.
    SupplierUpdatePayload {
        /// The changed supplier.
        supplier: Supplier = SupplierId
    }
}

payload! {
    /// What archiving a supplier brought.
    SupplierArchivePayload {
        /// The archived supplier.
        supplier: Supplier = SupplierId
    }
}

/// Reads suppliers.
#[derive(Default)]
pub struct SupplierQuery;

#[Object]
impl SupplierQuery {
    /// One supplier, by its id, code or external id; null when there is none.
    /// Scope: `suppliers:read`.
    async fn supplier(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one.")] by: SupplierReference,
    ) -> Option<Result<Supplier>> {
        find(ctx, by).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, by: SupplierReference) -> Result<Option<Supplier>> {
    ctx.require(Scope::SuppliersRead)?;
    let mut reading = Reading::of("", &String::new());
    let reference = by.read(&mut reading, &Path::default().at("by"));
    reading.usable()?;
    let found = find_one::<Entity>(app(ctx).db.reader(), &reference).await;
    Ok(found.map_err(|error| internal(&error))?.map(Supplier))
}

/// Changes suppliers.
#[derive(Default)]
pub struct SupplierMutation;

#[Object]
impl SupplierMutation {
    /// Creates a supplier.
    /// Scope: `suppliers:write`.
    async fn supplier_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The new supplier.")] input: SupplierCreateInput,
    ) -> Result<SupplierCreatePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        SupplierCreatePayload::answer(ctx, verdict).await
    }

    /// Changes a supplier. Documents that are posted stay as they are.
    /// Scope: `suppliers:write`.
    async fn supplier_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be different.")] input: SupplierUpdateInput,
    ) -> Result<SupplierUpdatePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let verdict = ops::save(app(ctx), input.read(ctx)).await;
        SupplierUpdatePayload::answer(ctx, verdict).await
    }

    /// Archives a supplier: it is kept for history and refused in new documents.
    /// Scope: `suppliers:write`.
    async fn supplier_archive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which supplier.")] input: SupplierArchiveInput,
    ) -> Result<SupplierArchivePayload> {
        ctx.require(Scope::SuppliersWrite)?;
        let mut reading = Reading::of("supplierArchive", &input);
        let path = Path::input().at(ops::FIELD);
        let command = Archive {
            record: input.supplier.read(&mut reading, &path),
            field: ops::FIELD,
            expected_version: input.expected_version,
        };
        let envelope = reading.finish(ctx, input.idempotency_key, (Uuid::nil(), command));
        let verdict = master::archive::<Entity>(app(ctx), envelope, Scope::SuppliersWrite).await;
        SupplierArchivePayload::answer(ctx, verdict).await
    }
}
