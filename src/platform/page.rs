//! Keyset paging over any select: stable while records come and go, as fast on the last page as on
//! the first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::NaiveDate;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbErr, EntityTrait, ExprTrait, ModelTrait, Order,
    QueryFilter, QueryOrder, QuerySelect, Select, Value,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Records on a page when the caller does not say.
pub const PAGE_DEFAULT: u64 = 50;
/// Records on a page, at most.
pub const PAGE_MAX: u64 = 250;

/// What a record is ordered by: one value of its place in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cursor {
    /// A UUID.
    #[serde(rename = "u")]
    Uuid(Uuid),
    /// A number, an instant, an amount.
    #[serde(rename = "n")]
    Number(i64),
    /// A text.
    #[serde(rename = "t")]
    Text(String),
    /// A day.
    #[serde(rename = "d")]
    Day(NaiveDate),
}

impl Cursor {
    /// The opaque form of a place of one value; `ordering` names the list, so that it is not
    /// mistaken for another's.
    #[must_use]
    pub fn encode(self, ordering: &str) -> String {
        encode(&[self], ordering)
    }

    /// Reads a place of one value.
    #[must_use]
    pub fn decode(text: &str, ordering: &str) -> Option<Self> {
        let place = decode(text, ordering)?;
        <[Self; 1]>::try_from(place).ok().map(|[only]| only)
    }

    fn of(value: Value) -> Self {
        match value {
            Value::Uuid(Some(id)) => Self::Uuid(id),
            Value::BigInt(Some(number)) => Self::Number(number),
            Value::Int(Some(number)) => Self::Number(number.into()),
            Value::SmallInt(Some(number)) => Self::Number(number.into()),
            Value::String(Some(text)) => Self::Text(text.to_string()),
            Value::ChronoDate(Some(day)) => Self::Day(day),
            other => unreachable!("lists are ordered by columns that are never null: {other:?}"),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Uuid(id) => (*id).into(),
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.clone().into(),
            Self::Day(day) => (*day).into(),
        }
    }
}

/// The opaque form of a place in a list.
fn encode(place: &[Cursor], ordering: &str) -> String {
    let text = serde_json::to_string(&(ordering, place)).expect("plain values are written");
    URL_SAFE_NO_PAD.encode(text)
}

fn decode(text: &str, ordering: &str) -> Option<Vec<Cursor>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (of, place): (String, Vec<Cursor>) = serde_json::from_slice(&bytes).ok()?;
    (of == ordering).then_some(place)
}

/// By what a list is ordered: columns that are never null, and together unique.
#[derive(Clone, Debug)]
pub struct Ordering<E: EntityTrait> {
    /// Names list, field and direction; a cursor of another ordering is refused.
    pub name: String,
    /// The columns.
    pub columns: Vec<E::Column>,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl<E: EntityTrait> Ordering<E> {
    /// The opaque place of a record.
    #[must_use]
    pub fn cursor(&self, row: &E::Model) -> String {
        let place = self
            .columns
            .iter()
            .map(|column| Cursor::of(row.get(*column)));
        encode(&place.collect::<Vec<_>>(), &self.name)
    }

    /// Whether a place has a value of the right kind for each column.
    fn fits(&self, place: &[Cursor]) -> bool {
        let fits = |(column, value): (&E::Column, &Cursor)| {
            let definition = column.def();
            match (definition.get_column_type(), value) {
                (ColumnType::Uuid, Cursor::Uuid(_)) | (ColumnType::Date, Cursor::Day(_)) => true,
                (
                    ColumnType::BigInteger | ColumnType::Integer | ColumnType::SmallInteger,
                    Cursor::Number(_),
                ) => true,
                (ColumnType::Text | ColumnType::String(_), Cursor::Text(text)) => {
                    !text.contains('\0')
                }
                _ => false,
            }
        };
        place.len() == self.columns.len() && self.columns.iter().zip(place).all(fits)
    }

    /// What lies behind a place, or before it.
    fn beyond(&self, place: &[Cursor], larger: bool) -> Expr {
        let column = |column: &E::Column| Expr::col(column.as_column_ref());
        if let ([only], [place]) = (self.columns.as_slice(), place) {
            let (only, place) = (column(only), place.value());
            return if larger {
                only.gt(place)
            } else {
                only.lt(place)
            };
        }
        // Row values are compared from the left, and served by one index over the columns.
        let columns = Expr::tuple(self.columns.iter().map(column));
        let place = Expr::tuple(place.iter().map(|one| Expr::val(one.value())));
        if larger {
            columns.gt(place)
        } else {
            columns.lt(place)
        }
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// How many records.
    pub limit: u64,
    /// Start behind this place.
    pub from: Option<Vec<Cursor>>,
    /// Go towards the beginning.
    pub backwards: bool,
}

impl PageRequest {
    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// A text for the caller when they contradict each other or are out of range.
    pub fn read<E: EntityTrait>(
        (first, after): (Option<i32>, Option<&str>),
        (last, before): (Option<i32>, Option<&str>),
        ordering: &Ordering<E>,
    ) -> Result<Self, String> {
        if (first.is_some() || after.is_some()) && (last.is_some() || before.is_some()) {
            return Err("Use either first and after, or last and before.".to_owned());
        }
        let backwards = last.is_some() || before.is_some();
        let (size, cursor) = if backwards {
            (last, before)
        } else {
            (first, after)
        };
        let limit = match size {
            None => PAGE_DEFAULT,
            Some(size) => u64::try_from(size)
                .ok()
                .filter(|size| (1..=PAGE_MAX).contains(size))
                .ok_or(format!(
                    "A page has 1 to {PAGE_MAX} records; ask for more pages."
                ))?,
        };
        let from = match cursor {
            None => None,
            Some(text) => Some(
                decode(text, &ordering.name)
                    .filter(|place| ordering.fits(place))
                    .ok_or("This cursor does not belong to this list; start without one.")?,
            ),
        };
        Ok(Self {
            limit,
            from,
            backwards,
        })
    }
}

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// The records, in the list's order.
    pub rows: Vec<T>,
    /// Whether there are records behind them.
    pub has_next: bool,
    /// Whether there are records before them.
    pub has_previous: bool,
}

/// Fetches a page.
///
/// # Errors
/// The database's.
pub async fn fetch<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    mut select: Select<E>,
    ordering: &Ordering<E>,
    request: PageRequest,
) -> Result<Page<E::Model>, DbErr> {
    let larger = ordering.descending == request.backwards;
    if let Some(place) = request.from.as_deref() {
        select = select.filter(ordering.beyond(place, larger));
    }
    let order = if larger { Order::Asc } else { Order::Desc };
    for column in &ordering.columns {
        select = select.order_by(*column, order.clone());
    }
    let mut rows = select.limit(request.limit + 1).all(conn).await?;
    let limit = usize::try_from(request.limit).expect("a page is small");
    let more = rows.len() > limit;
    rows.truncate(limit);
    let continued = request.from.is_some();
    if request.backwards {
        rows.reverse();
    }
    let (has_next, has_previous) = if request.backwards {
        (continued, more)
    } else {
        (more, continued)
    };
    Ok(Page {
        rows,
        has_next,
        has_previous,
    })
}
