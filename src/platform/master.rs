//! What all master records have in common: codes that stay taken, versions, archiving.

use entity::vocab::{Instant, RecordStatus};
use futures_util::future::BoxFuture;
use sea_orm::sea_query::{Alias, Expr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    IntoActiveModel, QueryFilter,
};
use serde_json::Value as Json;

use super::actor::Scope;
use super::app::App;
use super::command::{self, Done, Envelope, Verdict};
use super::db::{Tx, TxError};
use super::input::check_version;
use super::metadata;
use super::reference::{self, Referable, Reference, Stored};
use super::rejection::{Path, Problem, Rejection};

/// A record that is in use until it is archived.
pub trait Master: Referable {
    /// Whether new documents may use it.
    fn status(&self) -> RecordStatus;
    /// Counts its changes.
    fn version(&self) -> i64;
    /// What the caller calls its natural key.
    const KEY: &'static str;
}

/// Makes the rows of a table master records.
macro_rules! master {
    ($module:path, $id:ty, $noun:literal, $key:ident($column:ident) = $key_name:literal) => {
        $crate::platform::reference::referable!($module, $id, $noun, $key($column));
        const _: () = {
            use $module as table;
            impl $crate::platform::master::Master for table::Model {
                const KEY: &'static str = $key_name;

                fn status(&self) -> entity::vocab::RecordStatus {
                    self.status
                }

                fn version(&self) -> i64 {
                    self.version
                }
            }

            impl $crate::platform::master::Archivable for table::Entity {
                type Row = table::Model;
                type Key = $id;
            }
        };
    };
}
pub(crate) use master;

/// By what a new or changed record must be alone: its natural key and its external id.
#[must_use]
pub fn claims<I: Clone>(key: &str, external_id: Option<&str>) -> Vec<Reference<I>> {
    let external_id = external_id.map(|id| Reference::ExternalId(id.to_owned()));
    let mut claims = vec![Reference::Key(key.to_owned())];
    claims.extend(external_id);
    claims
}

/// Natural key and external id are unique, also among archived records. `own` is the record that
/// may have them already.
#[must_use]
pub fn check_taken<R: Master>(
    (key, external_id): (&str, Option<&str>),
    own: R::Id,
    rivals: &[R],
) -> Vec<Rejection>
where
    R::Id: std::fmt::Display,
{
    let others = || rivals.iter().filter(|rival| rival.id() != own);
    let taken = |field: &'static str, step: &str, rival: &R| {
        let existing = rival.id().to_string();
        let problem = Problem::Duplicate { field, existing };
        Rejection::new(Path::input().at(step), problem)
    };
    let mut rejections = Vec::new();
    if let Some(rival) = others().find(|rival| rival.key() == key) {
        rejections.push(taken(R::KEY, R::KEY, rival));
    }
    let has_id = |rival: &&R| external_id.is_some() && rival.external_id() == external_id;
    if let Some(rival) = others().find(has_id) {
        rejections.push(taken("external id", "externalId", rival));
    }
    rejections
}

/// The record that a document or another record names, when new ones may use it.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn usable<'r, R: Master>(
    found: &'r [R],
    wanted: &Reference<R::Id>,
    path: &Path,
) -> Result<&'r R, Option<Rejection>> {
    let row = reference::find(found, wanted, path)?;
    if row.status() == RecordStatus::Archived {
        let problem = Problem::Archived(R::NOUN);
        return Err(Some(Rejection::new(path.clone(), problem)));
    }
    Ok(row)
}

/// Only a record in use can be archived.
///
/// # Errors
/// Why not; `None` inside when the reference was complained about already.
pub fn archivable<'r, R: Master>(
    found: &'r [R],
    wanted: &Reference<R::Id>,
    path: &Path,
) -> Result<&'r R, Option<Rejection>> {
    let row = reference::find(found, wanted, path)?;
    if row.status() == RecordStatus::Archived {
        let message = format!(
            "This {} is already archived; nothing needs to be done.",
            R::NOUN
        );
        let problem = Problem::InvalidState {
            state: row.status().as_str(),
            allowed: &[],
            message,
        };
        return Err(Some(Rejection::new(path.clone(), problem)));
    }
    Ok(row)
}

/// The records that references name, in one statement.
///
/// # Errors
/// The database's.
pub async fn find<E: Stored>(
    conn: &impl ConnectionTrait,
    references: &[&Reference<E::Id>],
) -> Result<Vec<E::Model>, DbErr> {
    if references.is_empty() {
        return Ok(Vec::new());
    }
    E::find()
        .filter(reference::any_of(references, &E::COLUMNS))
        .all(conn)
        .await
}

/// Writes a new record.
///
/// # Errors
/// The database's.
pub async fn insert<E>(conn: &impl ConnectionTrait, row: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    E::insert(row.into_active_model())
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// Writes all columns of a changed record; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn save<E: Stored>(
    conn: &impl ConnectionTrait,
    id: <E as Stored>::Id,
    row: E::Model,
) -> Result<(), DbErr>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    E::update_many()
        .set(row.into_active_model().reset_all())
        .filter(E::COLUMNS.id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}

/// The record that a command makes or changes.
#[derive(Clone, Debug)]
pub enum Target<I> {
    /// A new one, of this id.
    New(I),
    /// One that is there.
    Existing {
        /// Which one.
        record: Reference<I>,
        /// The version it must have.
        expected_version: Option<i64>,
    },
}

/// The row that a command begins from: a fresh one of version 0, or the one that is there, locked.
/// `None` when there is none; why is among the rejections.
///
/// # Errors
/// The database's.
pub async fn begin<E: Archivable>(
    tx: &Tx,
    target: &Target<<E as Stored>::Id>,
    (field, rejections): (&str, &mut Vec<Rejection>),
    fresh: impl FnOnce(<E as Stored>::Id) -> E::Model,
) -> Result<Option<E::Model>, DbErr> {
    let (record, expected) = match target {
        Target::New(id) => return Ok(Some(fresh(*id))),
        Target::Existing {
            record,
            expected_version,
        } => (record, *expected_version),
    };
    let found = reference::find_and_lock::<E>(tx.conn(), record).await?;
    let found: Vec<E::Model> = found.into_iter().collect();
    match reference::find(&found, record, &Path::input().at(field)) {
        Ok(row) => {
            rejections.extend(check_version(expected, row.version()).err());
            Ok(found.into_iter().next())
        }
        Err(reason) => {
            rejections.extend(reason);
            Ok(None)
        }
    }
}

/// A change of a reference to another record: `None` where it stays as it is, `Some(None)` where
/// it is taken away. The record that it names must be in use.
///
/// # Errors
/// The database's; inside why not.
pub async fn change<E: Archivable>(
    tx: &Tx,
    wanted: Option<&Option<Reference<<E as Stored>::Id>>>,
    path: &Path,
) -> Result<Result<Option<Option<<E as Stored>::Id>>, Option<Rejection>>, DbErr> {
    let Some(wanted) = wanted else {
        return Ok(Ok(None));
    };
    let Some(reference) = wanted else {
        return Ok(Ok(Some(None)));
    };
    let found = find::<E>(tx.conn(), &[reference]).await?;
    Ok(usable(&found, reference, path).map(|row| Some(Some(row.id()))))
}

/// Whether natural key and external id of a new or changed row are free.
///
/// # Errors
/// The database's.
pub async fn check_claims<E: Archivable>(tx: &Tx, row: &E::Model) -> Result<Vec<Rejection>, DbErr>
where
    <E as Stored>::Id: std::fmt::Display,
{
    let claims: Vec<Reference<<E as Stored>::Id>> = claims(row.key(), row.external_id());
    let rivals = find::<E>(tx.conn(), &claims.iter().collect::<Vec<_>>()).await?;
    let claimed = (row.key(), row.external_id());
    Ok(check_taken(claimed, row.id(), &rivals))
}

/// Writes a new or changed row, and what it is found by in its metadata.
///
/// # Errors
/// The database's.
pub async fn write<E: Archivable>(
    tx: &Tx,
    (metadata_before, metadata_after): (Option<&Json>, Option<&Json>),
    row: E::Model,
) -> Result<(), DbErr>
where
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: Send,
{
    let id = row.id();
    if metadata_before != metadata_after {
        metadata::write(tx.conn(), id.into(), metadata_before, metadata_after).await?;
    }
    if row.version() == 1 {
        insert::<E>(tx.conn(), row).await
    } else {
        save::<E>(tx.conn(), id, row).await
    }
}

/// A record to be archived: kept for history, refused in new documents.
#[derive(Clone, Debug)]
pub struct Archive<I> {
    /// Which one.
    pub record: Reference<I>,
    /// Under which field of the input it is named.
    pub field: &'static str,
    /// The version it must have.
    pub expected_version: Option<i64>,
}

/// Archives a record.
///
/// # Errors
/// [`command::Refusal`].
pub async fn archive<E: Archivable>(
    app: &App,
    envelope: Envelope<Archive<<E as Stored>::Id>>,
    scope: Scope,
) -> Verdict {
    envelope.call.actor.require(scope)?;
    command::run(app, envelope, handle_archive::<E>).await
}

/// A table of master records.
pub trait Archivable:
    Stored<Model = <Self as Archivable>::Row, Id = <Self as Archivable>::Key>
{
    /// Its rows.
    type Row: Master<Id = <Self as Archivable>::Key> + FromQueryResult + Send + Sync;
    /// The type of its ids.
    type Key: Copy
        + PartialEq
        + Into<sea_orm::Value>
        + Into<uuid::Uuid>
        + Clone
        + Send
        + Sync
        + 'static;
}

type Batch<'t, E> = &'t [&'t Envelope<Archive<<E as Stored>::Id>>];

fn handle_archive<'t, E: Archivable>(
    _: &'t App,
    tx: &'t Tx,
    batch: Batch<'t, E>,
) -> BoxFuture<'t, Result<Done, TxError>> {
    Box::pin(async move {
        let (call, command) = (&batch[0].call, &batch[0].command);
        let found = reference::find_and_lock::<E>(tx.conn(), &command.record).await?;
        let mut rejections = call.complaints.clone();
        let found: Vec<E::Model> = found.into_iter().collect();
        let path = Path::input().at(command.field);
        match archivable(&found, &command.record, &path) {
            Ok(row) => {
                let stale = check_version(command.expected_version, row.version()).err();
                rejections.extend(stale);
                if rejections.is_empty() {
                    let id = row.id();
                    set_archived::<E>(tx.conn(), id, tx.now()).await?;
                    return Ok(Done::accepted(id.into(), Vec::new()));
                }
            }
            Err(reason) => rejections.extend(reason),
        }
        Ok(Done::refused(rejections))
    })
}

/// Marks a record as archived; its row is locked by the caller.
///
/// # Errors
/// The database's.
pub async fn set_archived<E: Stored>(
    conn: &impl ConnectionTrait,
    id: <E as Stored>::Id,
    now: Instant,
) -> Result<(), DbErr> {
    let version = || Alias::new("version");
    E::update_many()
        .col_expr(Alias::new("status"), RecordStatus::Archived.as_str().into())
        .col_expr(Alias::new("updated_at"), now.0.into())
        .col_expr(version(), Expr::col(version()).add(1_i64))
        .filter(E::COLUMNS.id.eq(id))
        .exec(conn)
        .await
        .map(|_| ())
}
