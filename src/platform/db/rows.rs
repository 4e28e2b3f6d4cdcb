//! Rows that a statement takes from its parameters.
//!
//! A few are written out, `VALUES ($1, $2), ($3, $4)`. Of many that would be another text for every
//! number of rows, and PostgreSQL would parse and plan each anew: there many come as one array for
//! each column, and the text is always the same.

use std::fmt::Write;

use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait,
    IdenStatic, Iterable, QueryResult, Statement, Value,
};

use super::{Tx, places};

/// From so many rows on they come as arrays.
const MANY: usize = 9;

/// Rows as text, to stand in brackets where a table may stand, and its parameters. The columns are
/// called column1, column2, …; `first` is the number of the first parameter, from 1.
#[must_use]
pub fn rows(
    backend: DbBackend,
    (first, columns): (usize, usize),
    values: Vec<Value>,
) -> (String, Vec<Value>) {
    let many = values.len() >= MANY * columns;
    let arrays = if backend == DbBackend::Postgres && many {
        as_arrays(first, columns, values)
    } else {
        Err(values)
    };
    arrays.unwrap_or_else(|values| written_out(backend, (first, columns), values))
}

fn written_out(
    backend: DbBackend,
    (first, columns): (usize, usize),
    values: Vec<Value>,
) -> (String, Vec<Value>) {
    let count = values.len() / columns.max(1);
    let rows = (0..count).map(|row| places(backend, first + row * columns, columns));
    let rows: Vec<String> = rows.collect();
    (format!("VALUES {}", rows.join(", ")), values)
}

/// One array for each column, and one that says which are NULL for a column that has some: sqlx
/// takes no NULLs in the arrays that it is given. The values come back when a column has no array.
fn as_arrays(
    first: usize,
    columns: usize,
    values: Vec<Value>,
) -> Result<(String, Vec<Value>), Vec<Value>> {
    let kinds: Vec<ArrayType> = values[..columns].iter().map(Value::array_type).collect();
    let Some(names) = kinds.iter().map(name).collect::<Option<Vec<_>>>() else {
        return Err(values);
    };
    let mut of_columns: Vec<Vec<Value>> = vec![Vec::new(); columns];
    let mut given: Vec<Vec<bool>> = vec![Vec::new(); columns];
    for (at, value) in values.into_iter().enumerate() {
        let (at, is_given) = (at % columns, !is_null(&value));
        given[at].push(is_given);
        of_columns[at].push(if is_given { value } else { value.dummy_value() });
    }
    let (mut columns, mut arrays, mut values) = (String::new(), String::new(), Vec::new());
    let mut add = |array: Value, name: &str| {
        let comma = if values.is_empty() { "" } else { ", " };
        let _ = write!(arrays, "{comma}${}::{name}[]", first + values.len());
        values.push(array);
        format!("a{}", values.len())
    };
    for (at, (column, name)) in of_columns.into_iter().zip(names).enumerate() {
        let array = add(array(kinds[at].clone(), column), name);
        let comma = if at == 0 { "" } else { ", " };
        let source = if given[at].iter().all(|given| *given) {
            array
        } else {
            let given = given[at].iter().map(|given| Value::from(*given)).collect();
            let given = add(self::array(ArrayType::Bool, given), "bool");
            format!("CASE WHEN {given} THEN {array} END")
        };
        let _ = write!(columns, "{comma}{source} AS column{}", at + 1);
    }
    let names: Vec<String> = (1..=values.len()).map(|at| format!("a{at}")).collect();
    let text = format!(
        "SELECT {columns} FROM unnest({arrays}) AS u({})",
        names.join(", ")
    );
    Ok((text, values))
}

fn array(kind: ArrayType, values: Vec<Value>) -> Value {
    Value::Array(kind, Some(Box::new(values)))
}

fn is_null(value: &Value) -> bool {
    *value == value.as_null()
}

/// What PostgreSQL calls the values; none for those that no table of ours has.
fn name(kind: &ArrayType) -> Option<&'static str> {
    Some(match kind {
        ArrayType::Bool => "bool",
        ArrayType::SmallInt => "int2",
        ArrayType::Int => "int4",
        ArrayType::BigInt => "int8",
        ArrayType::String => "text",
        ArrayType::Bytes => "bytea",
        ArrayType::ChronoDate => "date",
        ArrayType::Uuid => "uuid",
        ArrayType::Json => "jsonb",
        _ => return None,
    })
}

/// Writes new rows of a table in one statement, which ends with `then`, and brings what that says
/// to return. At most as many as SQLite takes parameters for: 32,766.
///
/// # Errors
/// The database's.
pub async fn insert_rows_returning<A: ActiveModelTrait>(
    tx: &Tx,
    rows: impl IntoIterator<Item = A>,
    then: &str,
) -> Result<Vec<QueryResult>, DbErr> {
    match insert(tx.backend(), rows, then)? {
        Some(statement) => tx.conn().query_all_raw(statement).await,
        None => Ok(Vec::new()),
    }
}

/// The columns are those that are set in the first row; all rows set the same. None without rows.
pub(super) fn insert<A: ActiveModelTrait>(
    backend: DbBackend,
    all: impl IntoIterator<Item = A>,
    then: &str,
) -> Result<Option<Statement>, DbErr> {
    let mut all = all.into_iter().peekable();
    let Some(first) = all.peek() else {
        return Ok(None);
    };
    let columns: Vec<_> = <A::Entity as EntityTrait>::Column::iter()
        .filter(|column| !first.get(*column).is_not_set())
        .collect();
    let mut values = Vec::new();
    for mut row in all {
        for column in &columns {
            match row.take(*column) {
                ActiveValue::Set(value) | ActiveValue::Unchanged(value) => values.push(value),
                ActiveValue::NotSet => return Err(DbErr::AttrNotSet(column.as_str().to_owned())),
            }
        }
    }
    let (rows, values) = rows(backend, (1, columns.len()), values);
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("\"{}\"", column.as_str()))
        .collect();
    let table = A::Entity::default();
    let sql = format!(
        "INSERT INTO \"{}\" ({}) {rows} {then}",
        table.table_name(),
        names.join(", ")
    );
    Ok(Some(Statement::from_sql_and_values(backend, sql, values)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(count: i64) -> Vec<Value> {
        let row = |at: i64| {
            [
                Value::from(at),
                Value::from((at % 2 == 0).then(|| at.to_string())),
            ]
        };
        (0..count).flat_map(row).collect()
    }

    #[test]
    fn a_few_rows_are_written_out() {
        let (text, values) = rows(DbBackend::Postgres, (2, 2), flat(2));
        assert_eq!(text, "VALUES ($2, $3), ($4, $5)");
        assert_eq!(values, flat(2));
    }

    #[test]
    fn many_rows_have_one_text_whatever_their_number() {
        let (text, values) = rows(DbBackend::Postgres, (2, 2), flat(40));
        let (same, _) = rows(DbBackend::Postgres, (2, 2), flat(99));
        assert_eq!(text, same);
        assert_eq!(
            text,
            "SELECT a1 AS column1, CASE WHEN a3 THEN a2 END AS column2 \
             FROM unnest($2::int8[], $3::text[], $4::bool[]) AS u(a1, a2, a3)"
        );
        assert_eq!(values.len(), 3);
    }

    #[test]
    fn sqlite_has_no_arrays() {
        let (text, values) = rows(DbBackend::Sqlite, (1, 2), flat(40));
        assert!(text.starts_with("VALUES (?, ?), "), "{text}");
        assert_eq!(values.len(), 80);
    }
}
