//! Keyset paging over any select: stable while records come and go, as fast on the last page as on
//! the first.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect,
    Select, Value,
};
use uuid::Uuid;

/// Records on a page when the caller does not say.
pub const PAGE_DEFAULT: u64 = 50;
/// Records on a page, at most.
pub const PAGE_MAX: u64 = 250;

/// A place in a list that is ordered by a unique column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// Behind a record with a UUID.
    Uuid(Uuid),
    /// Behind a line of a ledger.
    Number(i64),
}

impl Cursor {
    /// The opaque form; `ordering` names the list, so that it is not mistaken for another's.
    #[must_use]
    pub fn encode(self, ordering: &str) -> String {
        let place = match self {
            Self::Uuid(id) => id.to_string(),
            Self::Number(number) => number.to_string(),
        };
        URL_SAFE_NO_PAD.encode(format!("{ordering}:{place}"))
    }

    /// Reads a cursor of the ordering.
    #[must_use]
    pub fn decode(text: &str, ordering: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let (of, place) = text.split_once(':')?;
        if of != ordering {
            return None;
        }
        let uuid = place.parse().map(Self::Uuid).ok();
        uuid.or_else(|| place.parse().map(Self::Number).ok())
    }

    fn value(self) -> Value {
        match self {
            Self::Uuid(id) => id.into(),
            Self::Number(number) => number.into(),
        }
    }
}

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    /// How many records.
    pub limit: u64,
    /// Start behind this place.
    pub from: Option<Cursor>,
    /// Go towards the beginning.
    pub backwards: bool,
}

impl PageRequest {
    /// Reads the four arguments of a connection.
    ///
    /// # Errors
    /// A text for the caller when they contradict each other or are out of range.
    pub fn read(
        (first, after): (Option<i32>, Option<&str>),
        (last, before): (Option<i32>, Option<&str>),
        ordering: &str,
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
                Cursor::decode(text, ordering)
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

/// Fetches a page, ordered by a unique column, newest or largest last.
///
/// # Errors
/// The database's.
pub async fn fetch<E: EntityTrait>(
    conn: &impl ConnectionTrait,
    mut select: Select<E>,
    column: E::Column,
    request: PageRequest,
) -> Result<Page<E::Model>, DbErr> {
    if let Some(cursor) = request.from {
        let place = cursor.value();
        select = if request.backwards {
            select.filter(column.lt(place))
        } else {
            select.filter(column.gt(place))
        };
    }
    let order = if request.backwards {
        Order::Desc
    } else {
        Order::Asc
    };
    let mut rows = select
        .order_by(column, order)
        .limit(request.limit + 1)
        .all(conn)
        .await?;
    let limit = usize::try_from(request.limit).expect("a page is small");
    let more = rows.len() > limit;
    rows.truncate(limit);
    if request.backwards {
        rows.reverse();
        return Ok(Page {
            rows,
            has_next: request.from.is_some(),
            has_previous: more,
        });
    }
    Ok(Page {
        rows,
        has_next: more,
        has_previous: request.from.is_some(),
    })
}
