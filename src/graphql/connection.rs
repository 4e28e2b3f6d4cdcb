//! Relay connections over keyset pages.

pub use super::listing::PageInfo;

/// Declares a connection type: edges, nodes, page info, and a total that is counted when asked.
macro_rules! connection {
    ($connection:ident, $edge:ident, $object:ident, $module:path, $column:ident, $cursor:expr) => {
        /// One record of a list, and its cursor.
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// The record.
            node: $object,
            /// Its place in the list; opaque.
            cursor: String,
        }

        #[doc = concat!("A part of a list of `", stringify!($object), "`, oldest first.")]
        #[derive(async_graphql::Description)]
        pub struct $connection {
            page: $crate::platform::page::Page<<$module as sea_orm::EntityTrait>::Model>,
            all: sea_orm::Select<$module>,
        }

        impl $connection {
            fn ordering() -> $crate::platform::page::Ordering<$module> {
                $crate::platform::page::Ordering {
                    name: stringify!($connection).to_owned(),
                    columns: vec![<$module as sea_orm::EntityTrait>::Column::$column],
                    descending: false,
                }
            }

            /// Fetches the page that the four arguments name.
            pub(crate) async fn fetch(
                ctx: &async_graphql::Context<'_>,
                all: sea_orm::Select<$module>,
                forward: (Option<i32>, Option<String>),
                backward: (Option<i32>, Option<String>),
            ) -> async_graphql::Result<Self> {
                let ordering = Self::ordering();
                let request = $crate::platform::page::PageRequest::read(
                    (forward.0, forward.1.as_deref()),
                    (backward.0, backward.1.as_deref()),
                    &ordering,
                )
                .map_err($crate::graphql::context::bad_argument)?;
                let conn = $crate::graphql::app(ctx).db.reader();
                let page = $crate::platform::page::fetch(conn, all.clone(), &ordering, request)
                    .await
                    .map_err(|error| $crate::graphql::payload::internal(&error))?;
                Ok(Self { page, all })
            }

            fn cursor(row: &<$module as sea_orm::EntityTrait>::Model) -> String {
                let _: fn(
                    &<$module as sea_orm::EntityTrait>::Model,
                ) -> $crate::platform::page::Cursor = $cursor;
                Self::ordering().cursor(row)
            }
        }

        #[async_graphql::Object(use_type_description)]
        impl $connection {
            /// The records with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                let edge = |row: &<$module as sea_orm::EntityTrait>::Model| $edge {
                    cursor: Self::cursor(row),
                    node: row.clone().into(),
                };
                self.page.rows.iter().map(edge).collect()
            }

            /// The records.
            async fn nodes(&self) -> Vec<$object> {
                self.page
                    .rows
                    .iter()
                    .map(|row| row.clone().into())
                    .collect()
            }

            /// Where this page stands in the list.
            async fn page_info(&self) -> $crate::graphql::connection::PageInfo {
                $crate::graphql::connection::PageInfo {
                    has_next_page: self.page.has_next,
                    has_previous_page: self.page.has_previous,
                    start_cursor: self.page.rows.first().map(Self::cursor),
                    end_cursor: self.page.rows.last().map(Self::cursor),
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
    };
}
pub(crate) use connection;
