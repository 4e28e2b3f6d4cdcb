//! What partners keep beside a record: a JSON object, whose members records can be found by.

use entity::platform::metadata_entry::{ActiveModel, Column, Entity};
use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
};
use serde_json::Value as Json;
use uuid::Uuid;

use super::rejection::{Path, Rejection};

/// Bytes of a record's metadata, written as JSON, at most.
const BYTES_MAX: usize = 16 * 1024;
/// Characters of a name, at most.
const NAME_LENGTH_MAX: usize = 64;
/// Characters of a value by which a record can be found, at most.
const VALUE_LENGTH_MAX: usize = 200;

/// Whether it can be kept: an object of at most 16 KiB.
///
/// # Errors
/// The complaint.
pub fn check(path: &Path, metadata: &Json) -> Result<(), Rejection> {
    let Some(members) = metadata.as_object() else {
        let message = "Must be a JSON object, such as {\"shelf\": \"A3\"}.";
        return Err(Rejection::invalid(path.clone(), message));
    };
    for name in members.keys() {
        let usable = !name.trim().is_empty() && name.chars().count() <= NAME_LENGTH_MAX;
        if !usable {
            let message = format!("Names must have 1 to {NAME_LENGTH_MAX} characters.");
            return Err(Rejection::invalid(path.clone(), message));
        }
    }
    let text = metadata.to_string();
    if text.len() > BYTES_MAX {
        let message = format!("Must have at most {BYTES_MAX} bytes, not {}.", text.len());
        return Err(Rejection::invalid(path.clone(), message));
    }
    // PostgreSQL cannot keep it.
    if has_nul(metadata) {
        let message = "Must not contain the character NUL.";
        return Err(Rejection::invalid(path.clone(), message));
    }
    Ok(())
}

fn has_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(members) => {
            let in_member = |(name, value): (&String, &Json)| name.contains('\0') || has_nul(value);
            members.iter().any(in_member)
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The form by which a value is found; none for what is nested or long.
fn found_by(value: &Json) -> Option<String> {
    let text = match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        Json::Bool(flag) => flag.to_string(),
        Json::Null | Json::Array(_) | Json::Object(_) => return None,
    };
    (text.chars().count() <= VALUE_LENGTH_MAX).then_some(text)
}

/// Writes by what records are found, in place of what was there. No statement where there is
/// nothing before and after.
///
/// # Errors
/// The database's.
pub async fn write(
    conn: &impl ConnectionTrait,
    record_id: Uuid,
    before: Option<&Json>,
    after: Option<&Json>,
) -> Result<(), DbErr> {
    if before.is_some() {
        Entity::delete_many()
            .filter(Column::RecordId.eq(record_id))
            .exec(conn)
            .await?;
    }
    insert(conn, [(record_id, after)]).await
}

/// Writes by what new records are found, in one statement; none where there is nothing.
///
/// # Errors
/// The database's.
pub async fn insert<'m>(
    conn: &impl ConnectionTrait,
    records: impl IntoIterator<Item = (Uuid, Option<&'m Json>)>,
) -> Result<(), DbErr> {
    let mut rows = Vec::new();
    for (record_id, metadata) in records {
        let members = metadata.and_then(Json::as_object).into_iter().flatten();
        rows.extend(members.filter_map(|(name, value)| {
            Some(ActiveModel {
                record_id: Set(record_id),
                name: Set(name.clone()),
                value: Set(found_by(value)?),
            })
        }));
    }
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows)
        .exec_without_returning(conn)
        .await
        .map(|_| ())
}

/// The condition that a record, by its id column, has a member of this value.
pub fn having<C: ColumnTrait>(id: C, name: &str, value: &str) -> sea_orm::sea_query::Expr {
    let records = Query::select()
        .column(Column::RecordId)
        .from(Entity)
        .and_where(Column::Name.eq(name).and(Column::Value.eq(value)))
        .to_owned();
    id.in_subquery(records)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nul_is_refused_wherever_it_is_and_the_text_that_writes_one_is_not() {
        let path = Path::input();
        for refused in [json!({ "a": "b\0" }), json!({ "a": [{ "b\0": 1 }] })] {
            assert!(check(&path, &refused).is_err(), "{refused}");
        }
        assert_eq!(check(&path, &json!({ "a": "\\u0000" })), Ok(()));
    }
}
