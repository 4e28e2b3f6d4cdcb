//! The operators of filters. Each knows how to become a condition on a column.

use async_graphql::{Enum, ID, InputObject};
use chrono::{DateTime, Utc};
use entity::vocab::{IdError, Instant};
pub use sea_orm::Condition;
use sea_orm::{ColumnTrait, ExprTrait, Value};

use super::scalars::{Date, Decimal};
use crate::platform::input::Check;
use crate::platform::rejection::Path;
use crate::platform::text_key::text_key;

/// Values of one operator, at most.
const VALUES_MAX: usize = 250;
/// Conditions of one filter, at most.
const CONDITIONS_MAX: usize = 50;
/// Filters within filters, at most.
const DEPTH_MAX: usize = 5;

/// A condition, or a text for the caller.
pub type Filtered = Result<Condition, String>;

/// How much of a filter was read so far; it has a limit.
#[derive(Debug, Default)]
pub struct Budget {
    conditions: usize,
    depth: usize,
}

impl Budget {
    /// One more condition.
    ///
    /// # Errors
    /// A text for the caller when it is one too many.
    pub fn condition(&mut self) -> Result<(), String> {
        self.conditions += 1;
        if self.conditions > CONDITIONS_MAX {
            return Err(format!("A filter has at most {CONDITIONS_MAX} conditions."));
        }
        Ok(())
    }

    /// One level deeper, for as long as `read` runs.
    ///
    /// # Errors
    /// A text for the caller when it is too deep.
    pub fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, String>,
    ) -> Result<T, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(format!(
                "Filters lie at most {DEPTH_MAX} levels within each other."
            ));
        }
        let read = read(self)?;
        self.depth -= 1;
        Ok(read)
    }
}

fn one_of<C: ColumnTrait>(
    column: C,
    eq: Option<Value>,
    within: Option<Vec<Value>>,
) -> Result<Option<Condition>, String> {
    let mut all = None;
    if let Some(value) = eq {
        all = Some(Condition::all().add(column.eq(value)));
    }
    if let Some(values) = within {
        if values.len() > VALUES_MAX {
            return Err(format!("\"in\" takes at most {VALUES_MAX} values."));
        }
        let all = all.get_or_insert_with(Condition::all);
        *all = all.clone().add(column.is_in(values));
    }
    Ok(all)
}

fn given(condition: Option<Condition>) -> Filtered {
    condition.ok_or_else(|| "give one of its operators.".to_owned())
}

/// Compares a text. Codes, SKUs, names and document numbers are compared whatever their case and
/// width; external ids, references and other texts of yours exactly.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TextFilter {
    /// It is this.
    eq: Option<String>,
    /// It is one of these, at most 250.
    r#in: Option<Vec<String>>,
    /// It begins with this.
    starts_with: Option<String>,
}

impl TextFilter {
    /// On a column of key forms.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn keyed(&self, column: impl ColumnTrait) -> Filtered {
        self.read(column, text_key)
    }

    /// On a column of document numbers, which are in capitals.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn numbered(&self, column: impl ColumnTrait) -> Filtered {
        self.read(column, |text| text.trim().to_uppercase())
    }

    /// On a column of texts as they were given.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn exact(&self, column: impl ColumnTrait) -> Filtered {
        self.read(column, |text| text.trim().to_owned())
    }

    fn read<C: ColumnTrait>(&self, column: C, form: fn(&str) -> String) -> Filtered {
        let Self {
            eq,
            r#in,
            starts_with,
        } = self;
        let all = eq.iter().chain(r#in.iter().flatten()).chain(starts_with);
        if all.clone().any(|text| text.contains('\0')) {
            return Err("a text cannot contain the character NUL.".to_owned());
        }
        if starts_with
            .as_ref()
            .is_some_and(|text| text.trim().is_empty())
        {
            return Err("startsWith needs at least one character.".to_owned());
        }
        let value = |text: &String| Value::from(form(text));
        let eq = eq.as_ref().map(value);
        let within = r#in.as_ref().map(|texts| texts.iter().map(value).collect());
        let condition = one_of(column, eq, within)?;
        let Some(start) = starts_with.as_deref().map(form) else {
            return given(condition);
        };
        // A range instead of LIKE: an index serves it alike in both databases.
        let end = format!("{start}{}", char::MAX);
        let begins = column.gte(start).and(column.lt(end));
        Ok(condition.unwrap_or_else(Condition::all).add(begins))
    }
}

/// Compares an id.
#[derive(Clone, Debug, Default, InputObject)]
pub struct IdFilter {
    /// It is this.
    eq: Option<ID>,
    /// It is one of these, at most 250.
    r#in: Option<Vec<ID>>,
}

impl IdFilter {
    /// The values it names, at most 250.
    ///
    /// # Errors
    /// A text for the caller when one is no such id.
    pub fn on<I: Into<Value>>(
        &self,
        column: impl ColumnTrait,
        parse: fn(&str) -> Result<I, IdError>,
    ) -> Filtered {
        let read = |id: &ID| {
            parse(id)
                .map(Into::into)
                .map_err(|error| format!("{error}."))
        };
        let eq = self.eq.as_ref().map(read).transpose()?;
        let within = self.r#in.as_ref();
        let within = within
            .map(|ids| ids.iter().map(read).collect::<Result<Vec<_>, _>>())
            .transpose()?;
        given(one_of(column, eq, within)?)
    }
}

/// Compares a moment.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateTimeFilter {
    /// It is this moment or later.
    gte: Option<DateTime<Utc>>,
    /// It is before this moment.
    lt: Option<DateTime<Utc>>,
}

impl DateTimeFilter {
    /// On a column of instants.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn on(&self, column: impl ColumnTrait) -> Filtered {
        let (gte, lt) = (self.gte.map(Instant::from), self.lt.map(Instant::from));
        range(column, gte, lt)
    }
}

/// Compares a day.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DateFilter {
    /// It is this day.
    eq: Option<Date>,
    /// It is this day or later.
    gte: Option<Date>,
    /// It is this day or earlier.
    lte: Option<Date>,
}

impl DateFilter {
    /// On a column of days.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn on(&self, column: impl ColumnTrait) -> Filtered {
        let day = |date: Option<Date>| date.map(|date| date.0);
        let mut parts = Vec::new();
        parts.extend(day(self.eq).map(|eq| column.eq(eq)));
        parts.extend(day(self.gte).map(|gte| column.gte(gte)));
        parts.extend(day(self.lte).map(|lte| column.lte(lte)));
        all_of(parts)
    }
}

/// Compares a number.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DecimalFilter {
    /// It is this or more.
    gte: Option<Decimal>,
    /// It is less than this.
    lt: Option<Decimal>,
}

impl DecimalFilter {
    /// On a column of millionths.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn on(&self, column: impl ColumnTrait) -> Filtered {
        let mut check = Check::default();
        let mut read = |number: &Option<Decimal>| {
            let number = number.as_ref()?;
            Some(check.quantity(Path::default(), &number.0).0)
        };
        let (gte, lt) = (read(&self.gte), read(&self.lt));
        if let Some(complaint) = check.into_complaints().first() {
            return Err(complaint.problem.to_string());
        }
        range(column, gte, lt)
    }
}

fn range<V: Into<Value>>(column: impl ColumnTrait, gte: Option<V>, lt: Option<V>) -> Filtered {
    let mut parts = Vec::new();
    parts.extend(gte.map(|gte| column.gte(gte)));
    parts.extend(lt.map(|lt| column.lt(lt)));
    all_of(parts)
}

fn all_of(parts: Vec<sea_orm::sea_query::Expr>) -> Filtered {
    if parts.is_empty() {
        return given(None);
    }
    Ok(parts.into_iter().fold(Condition::all(), Condition::add))
}

/// Finds records by a member of their metadata.
#[derive(Clone, Debug, InputObject)]
pub struct MetadataFilter {
    /// The member's name, exactly.
    key: String,
    /// Its value as text, exactly; numbers and booleans as JSON writes them.
    value: String,
}

impl MetadataFilter {
    /// On the column of records' ids.
    ///
    /// # Errors
    /// A text for the caller.
    pub fn on(&self, id: impl ColumnTrait) -> Filtered {
        if self.key.contains('\0') || self.value.contains('\0') {
            return Err("a text cannot contain the character NUL.".to_owned());
        }
        let having = crate::platform::metadata::having(id, &self.key, &self.value);
        Ok(Condition::all().add(having))
    }
}

/// Which way a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// The smallest, earliest or oldest first.
    #[default]
    Asc,
    /// The largest, latest or newest first.
    Desc,
}

/// Declares the filter of an enum.
macro_rules! enum_filter {
    ($(#[$doc:meta])* $name:ident: $kind:ty => $stored:ty) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, async_graphql::InputObject)]
        pub struct $name {
            /// It is this.
            eq: Option<$kind>,
            /// It is one of these.
            r#in: Option<Vec<$kind>>,
        }

        impl $name {
            /// On the column that stores it.
            ///
            /// # Errors
            /// A text for the caller.
            pub fn on(
                &self,
                column: impl sea_orm::ColumnTrait,
            ) -> $crate::graphql::filter::Filtered {
                let stored = |kind: $kind| <$stored>::from(kind);
                let mut all = sea_orm::Condition::all();
                if let Some(eq) = self.eq {
                    all = all.add(column.eq(stored(eq)));
                }
                if let Some(kinds) = &self.r#in {
                    all = all.add(column.is_in(kinds.iter().copied().map(stored)));
                }
                if all.is_empty() {
                    return Err("give one of its operators.".to_owned());
                }
                Ok(all)
            }
        }
    };
}
pub(crate) use enum_filter;

enum_filter!(
    /// Compares whether a record is in use.
    RecordStatusFilter: super::scalars::RecordStatusKind => entity::vocab::RecordStatus
);
