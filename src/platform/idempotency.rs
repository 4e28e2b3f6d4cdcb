//! Operations: every accepted command leaves a row, under its idempotency key when it has one.
//!
//! The row is written first in the transaction, so that of two calls with one key the second waits
//! for the first and then finds it. Only accepted outcomes stay: a refusal takes its row back.

use entity::platform::operation;
use entity::vocab::{Instant, OperationId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::audit;
use super::command::Call;
use super::db::{Db, Tx, insert_rows_returning};

/// What claiming found for one call.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Nobody was here before: go on.
    New,
    /// The same caller used the same key before.
    Existing(Box<operation::Model>),
}

/// Claims the operations of all calls in one statement; a second one only when keys are taken.
///
/// # Errors
/// The database's.
pub async fn claim(tx: &Tx, calls: &[&Call]) -> Result<Vec<Claim>, DbErr> {
    // In the order of keys, so that two servers with the same keys at once do not lock crosswise.
    let mut ordered: Vec<&&Call> = calls.iter().collect();
    ordered.sort_by_key(|call| call.key());
    let rows = ordered.iter().map(|call| row(call, tx.now()));
    let claimed = insert_rows_returning(tx, rows, "ON CONFLICT DO NOTHING RETURNING id").await?;
    let claimed = claimed.iter().map(|row| row.try_get("", "id"));
    let claimed = claimed.collect::<Result<Vec<OperationId>, DbErr>>()?;
    if claimed.len() == calls.len() {
        return Ok(calls.iter().map(|_| Claim::New).collect());
    }
    let taken = existing(tx, calls).await?;
    let claims = calls.iter().map(|call| {
        if claimed.contains(&call.operation_id) {
            return Ok(Claim::New);
        }
        // The row may have gone again between the two statements: run the whole once more.
        let mine = |row: &&operation::Model| {
            let key = (row.caller_id, row.idempotency_key.clone());
            row.id == call.operation_id || (key.1.is_some() && key == call.key())
        };
        let row = taken.iter().find(mine);
        Ok(Claim::Existing(Box::new(
            row.ok_or(DbErr::RecordNotInserted)?.clone(),
        )))
    });
    claims.collect()
}

fn row(call: &Call, now: Instant) -> operation::ActiveModel {
    operation::ActiveModel {
        id: Set(call.operation_id),
        caller_id: Set(call.actor.caller_id()),
        idempotency_key: Set(call.idempotency_key.clone()),
        command: Set(call.command.to_owned()),
        input_hash: Set(call.input_hash.to_vec()),
        record_id: Set(call.record_id),
        record_kind: Set(audit::record_kind(call.command).map(str::to_owned)),
        request_id: Set(call.audit.request_id.clone()),
        remote_address: Set(call.audit.remote_address.clone()),
        input: Set(call.audit.input.clone()),
        changes: Set(None),
        created_at: Set(now),
    }
}

/// The rows that keep calls from being new: under their keys, or under their own ids when an
/// earlier attempt was stored and its answer was lost.
async fn existing(tx: &Tx, calls: &[&Call]) -> Result<Vec<operation::Model>, DbErr> {
    let ids = calls.iter().map(|call| call.operation_id);
    let mut any = Condition::any().add(operation::Column::Id.is_in(ids));
    for call in calls.iter().filter(|call| call.idempotency_key.is_some()) {
        any = any.add(
            Condition::all()
                .add(operation::Column::CallerId.eq(call.actor.caller_id()))
                .add(operation::Column::IdempotencyKey.eq(call.idempotency_key.clone())),
        );
    }
    operation::Entity::find().filter(any).all(tx.conn()).await
}

/// Whether a command was accepted under the key of this call.
///
/// # Errors
/// The database's.
pub async fn is_kept(conn: &impl ConnectionTrait, call: &Call) -> Result<bool, DbErr> {
    let Some(key) = &call.idempotency_key else {
        return Ok(false);
    };
    let found = operation::Entity::find()
        .filter(operation::Column::CallerId.eq(call.actor.caller_id()))
        .filter(operation::Column::IdempotencyKey.eq(key))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Takes back the rows of commands that were refused while others of their batch were accepted.
///
/// # Errors
/// The database's.
pub async fn take_back(tx: &Tx, refused: Vec<OperationId>) -> Result<(), DbErr> {
    if refused.is_empty() {
        return Ok(());
    }
    let theirs = operation::Column::Id.is_in(refused);
    operation::Entity::delete_many()
        .filter(theirs)
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes the record of a command that learned it only while it ran.
///
/// # Errors
/// The database's.
pub async fn set_record(tx: &Tx, id: OperationId, record_id: Uuid) -> Result<(), DbErr> {
    operation::Entity::update_many()
        .col_expr(operation::Column::RecordId, record_id.into())
        .filter(operation::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// Notes what a command changed in a master record.
///
/// # Errors
/// The database's.
pub async fn set_changes(tx: &Tx, id: OperationId, changes: &Json) -> Result<(), DbErr> {
    operation::Entity::update_many()
        .col_expr(operation::Column::Changes, changes.to_string().into())
        .filter(operation::Column::Id.eq(id))
        .exec(tx.conn())
        .await?;
    Ok(())
}

/// The operations among these that were committed.
///
/// # Errors
/// The database's.
pub async fn committed(
    conn: &impl ConnectionTrait,
    ids: Vec<OperationId>,
) -> Result<Vec<operation::Model>, DbErr> {
    operation::Entity::find()
        .filter(operation::Column::Id.is_in(ids))
        .all(conn)
        .await
}

/// Frees keys of operations accepted before a moment; the operations themselves stay.
///
/// # Errors
/// The database's.
pub async fn forget_keys(db: &Db, before: Instant) -> Result<(), DbErr> {
    operation::Entity::update_many()
        .col_expr(
            operation::Column::IdempotencyKey,
            Expr::value(None::<String>),
        )
        .filter(operation::Column::CreatedAt.lt(before))
        .filter(operation::Column::IdempotencyKey.is_not_null())
        .exec(db.writer())
        .await
        .map(|_| ())
}
