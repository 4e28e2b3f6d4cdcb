//! Lists: a Relay connection over keyset pages with filter, ordering and search, and the root
//! field that answers it; all declared in one place per record.

use async_graphql::SimpleObject;

/// Where a page stands in its list.
#[derive(Clone, Debug, SimpleObject)]
pub struct PageInfo {
    /// Whether there are records behind this page.
    pub has_next_page: bool,
    /// Whether there are records before this page.
    pub has_previous_page: bool,
    /// The cursor of the first record.
    pub start_cursor: Option<String>,
    /// The cursor of the last record; pass it as `after` to go on.
    pub end_cursor: Option<String>,
}

/// Declares the list of a kind of record: `XConnection`, `XEdge`, `XFilter`, `XOrder`,
/// `XOrderField` and `XList`, which has the root field.
///
/// Every filter needs an index that begins with its column, every ordering one over its columns,
/// whose last is the id; a test looks at the plans. Arguments of its own (`with`) become conditions
/// by an async function, which may look things up.
macro_rules! listing {
    (
        $(#[$doc:meta])*
        $field:ident: $object:ident of $module:path, $scope:expr;
        filter { $( $(#[$fdoc:meta])* $fname:ident: $fty:ty => $fread:expr, )* }
        order by $key:ident {
            $(#[$ddoc:meta])* $default:ident => [$($dcol:ident),+],
            $( $(#[$odoc:meta])* $order:ident => [$($ocol:ident),+], )*
        }
        $( find by $search:ident = $kind:expr; )?
        $( with { $( $arg:ident($adesc:literal): $aty:ty => $narrow:expr, )* } )?
        all $all:expr;
    ) => { pastey::paste! {
        /// What of a list is wanted: all that is said of a record holds.
        #[derive(Clone, Debug, Default, async_graphql::InputObject)]
        pub struct [<$object Filter>] {
            $( $(#[$fdoc])* $fname: Option<$fty>, )*
            /// All of these hold.
            and: Option<Vec<[<$object Filter>]>>,
            /// At least one of these holds.
            or: Option<Vec<[<$object Filter>]>>,
            /// This does not hold.
            not: Option<Box<[<$object Filter>]>>,
        }

        impl [<$object Filter>] {
            fn condition(
                &self,
                budget: &mut $crate::graphql::filter::Budget,
            ) -> $crate::graphql::filter::Filtered {
                #[allow(unused_imports)]
                use $module::Column;
                let mut all = sea_orm::Condition::all();
                $(
                    if let Some(given) = &self.$fname {
                        budget.condition()?;
                        let read: fn(&$fty) -> $crate::graphql::filter::Filtered = $fread;
                        let field = $crate::platform::changes::camel(stringify!($fname));
                        all = all.add(read(given).map_err(|error| format!("{field}: {error}"))?);
                    }
                )*
                for one in self.and.iter().flatten() {
                    all = all.add(budget.deeper(|budget| one.condition(budget))?);
                }
                if let Some(several) = &self.or {
                    let mut any = sea_orm::Condition::any();
                    for one in several {
                        any = any.add(budget.deeper(|budget| one.condition(budget))?);
                    }
                    if !several.is_empty() {
                        all = all.add(any);
                    }
                }
                if let Some(one) = &self.not {
                    all = all.add(budget.deeper(|budget| one.condition(budget))?.not());
                }
                Ok(all)
            }
        }

        /// By what a list can be ordered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
        pub enum [<$object OrderField>] {
            $(#[$ddoc])* $default,
            $( $(#[$odoc])* $order, )*
        }

        /// How a list is ordered.
        #[derive(Clone, Copy, Debug, async_graphql::InputObject)]
        pub struct [<$object Order>] {
            /// By what.
            field: [<$object OrderField>],
            /// Which way; ASC when left out.
            direction: Option<$crate::graphql::filter::OrderDirection>,
        }

        impl [<$object Order>] {
            fn read(given: Option<Self>) -> $crate::platform::page::Ordering<$module::Entity> {
                use $crate::graphql::filter::OrderDirection;
                use $module::Column;
                let field = given.map_or([<$object OrderField>]::$default, |given| given.field);
                let direction = given.and_then(|given| given.direction).unwrap_or_default();
                let columns = match field {
                    [<$object OrderField>]::$default => vec![$(Column::$dcol),+],
                    $( [<$object OrderField>]::$order => vec![$(Column::$ocol),+], )*
                };
                $crate::platform::page::Ordering {
                    name: format!("{}.{field:?}.{direction:?}", stringify!($object)),
                    columns,
                    descending: direction == OrderDirection::Desc,
                }
            }
        }

        /// One record of a list, and its cursor.
        #[derive(async_graphql::SimpleObject)]
        pub struct [<$object Edge>] {
            /// The record.
            node: $object,
            /// Its place in the list; opaque.
            cursor: String,
        }

        #[doc = concat!("A part of a list of `", stringify!($object), "`.")]
        #[derive(async_graphql::Description)]
        pub struct [<$object Connection>] {
            page: $crate::platform::page::Page<$module::Model>,
            all: sea_orm::Select<$module::Entity>,
            ordering: $crate::platform::page::Ordering<$module::Entity>,
        }

        #[async_graphql::Object(use_type_description)]
        impl [<$object Connection>] {
            /// The records with their cursors.
            async fn edges(&self) -> Vec<[<$object Edge>]> {
                let edge = |row: &$module::Model| [<$object Edge>] {
                    cursor: self.ordering.cursor(row),
                    node: row.clone().into(),
                };
                self.page.rows.iter().map(edge).collect()
            }

            /// The records.
            async fn nodes(&self) -> Vec<$object> {
                self.page.rows.iter().map(|row| row.clone().into()).collect()
            }

            /// Where this page stands in the list.
            async fn page_info(&self) -> $crate::graphql::listing::PageInfo {
                let cursor = |row| self.ordering.cursor(row);
                $crate::graphql::listing::PageInfo {
                    has_next_page: self.page.has_next,
                    has_previous_page: self.page.has_previous,
                    start_cursor: self.page.rows.first().map(cursor),
                    end_cursor: self.page.rows.last().map(cursor),
                }
            }

            /// How many records the whole list has. Counted only when asked for.
            #[graphql(complexity = "10")]
            async fn total_count(
                &self,
                ctx: &async_graphql::Context<'_>,
            ) -> async_graphql::Result<u64> {
                use sea_orm::PaginatorTrait;
                let conn = $crate::graphql::app(ctx).db.reader();
                let count = self.all.clone().count(conn).await;
                count.map_err(|error| $crate::graphql::payload::internal(&error))
            }
        }

        /// Answers the list.
        #[derive(Default)]
        pub struct [<$object List>];

        #[async_graphql::Object]
        impl [<$object List>] {
            $(#[$doc])*
            #[graphql(
                complexity = "first.or(last).unwrap_or(50).max(1) as usize * child_complexity + 1"
            )]
            #[allow(clippy::too_many_arguments, reason = "a list has these arguments")]
            async fn $field(
                &self,
                ctx: &async_graphql::Context<'_>,
                #[graphql(desc = "Which ones; all when left out.")]
                filter: Option<[<$object Filter>]>,
                $(
                    #[graphql(
                        desc = "Words they are found by: in any order, by their beginnings."
                    )]
                    $search: Option<String>,
                )?
                $( $( #[graphql(desc = $adesc)] $arg: $aty, )* )?
                #[graphql(desc = "In which order; oldest first when left out.")]
                order_by: Option<[<$object Order>]>,
                #[graphql(desc = "At most so many from the start; 50 by default, at most 250.")]
                first: Option<i32>,
                #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
                #[graphql(desc = "At most so many from the end.")] last: Option<i32>,
                #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
            ) -> async_graphql::Result<[<$object Connection>]> {
                use $crate::graphql::context::{Asked, bad_argument};
                use sea_orm::QueryFilter;
                ctx.require($scope)?;
                let mut all: sea_orm::Select<$module::Entity> = $all;
                if let Some(filter) = filter {
                    let told = |error| bad_argument(format!("filter.{error}"));
                    let condition = filter.condition(&mut Default::default());
                    all = all.filter(condition.map_err(told)?);
                }
                $(
                    if let Some(words) = $search {
                        let id = $module::Column::$key;
                        let found = $crate::platform::search::matching($kind, id, &words);
                        all = all.filter(found.map_err(bad_argument)?);
                    }
                )?
                $( $( all = all.filter($narrow(ctx, $arg).await?); )* )?
                let ordering = [<$object Order>]::read(order_by);
                let request = $crate::platform::page::PageRequest::read(
                    (first, after.as_deref()),
                    (last, before.as_deref()),
                    &ordering,
                )
                .map_err(bad_argument)?;
                let conn = $crate::graphql::app(ctx).db.reader();
                let page = $crate::platform::page::fetch(conn, all.clone(), &ordering, request)
                    .await
                    .map_err(|error| $crate::graphql::payload::internal(&error))?;
                Ok([<$object Connection>] { page, all, ordering })
            }
        }
    } };
}
pub(crate) use listing;
