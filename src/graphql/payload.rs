//! Payloads: one per mutation, all of one shape.

use async_graphql::Result;

use super::context::failed;
use super::user_error::UserError;
use crate::platform::command::{Accepted, Refusal, Verdict};
use crate::platform::rejection::OpError;

/// Declares the payload of a mutation: the record it made or changed, errors, `replayed`,
/// `eventCursor`.
macro_rules! payload {
    ($(#[$doc:meta])* $name:ident {
        $(#[$field_doc:meta])* $field:ident: $object:ty = $id:ident
        $(, $posted:ident: $lines:ty => $shown:ty)?
    }) => {
        $(#[$doc])*
        #[derive(async_graphql::SimpleObject)]
        pub struct $name {
            $(#[$field_doc])*
            ///
            /// Null when there are errors, or it was only tried: then nothing was changed.
            $field: Option<$object>,
            $(
                /// The ledger lines that this call wrote, or would have written with `dryRun`.
                /// Null when there are errors, or it was a repetition.
                $posted: Option<$shown>,
            )?
            /// Everything that is wrong with the input, all at once.
            errors: Vec<$crate::graphql::user_error::UserError>,
            /// Whether this is the outcome of an earlier call with the same idempotency key.
            replayed: bool,
            /// The place in the stream of events behind everything this call caused: a
            /// subscription can go on from here. Null when the call was a repetition.
            event_cursor: Option<String>,
        }

        impl $name {
            /// Loads the record, in its present state, when the command was accepted.
            async fn answer(
                ctx: &async_graphql::Context<'_>,
                verdict: $crate::platform::command::Verdict,
            ) -> async_graphql::Result<Self> {
                let (accepted, errors) = $crate::graphql::payload::split(verdict)?;
                let Some(accepted) = accepted else {
                    return Ok(Self {
                        $field: None,
                        $( $posted: None, )?
                        errors,
                        replayed: false,
                        event_cursor: None,
                    });
                };
                $( let $posted = accepted.posted::<$lines>().map(<$shown>::from); )?
                if accepted.dry_run {
                    return Ok(Self {
                        $field: None,
                        $( $posted, )?
                        errors,
                        replayed: false,
                        event_cursor: None,
                    });
                }
                let record = match accepted.row() {
                    Some(row) => Some(row),
                    None => $crate::graphql::loaders(ctx)
                        .load_one($id(accepted.record_id))
                        .await
                        .map_err(|error| $crate::graphql::payload::unread(&error))?,
                };
                Ok(Self {
                    $field: record.map(<$object>::from),
                    $( $posted, )?
                    errors,
                    replayed: accepted.replayed,
                    event_cursor: accepted.event_cursor.map($crate::graphql::payload::cursor),
                })
            }
        }
    };
}
pub(crate) use payload;

/// Splits what the caller can mend from what it cannot.
///
/// # Errors
/// A GraphQL error for what the caller cannot mend.
pub fn split(verdict: Verdict) -> Result<(Option<Accepted>, Vec<UserError>)> {
    match verdict {
        Ok(accepted) => Ok((Some(accepted), Vec::new())),
        Err(Refusal::Rejected(rejections)) => {
            Ok((None, rejections.into_iter().map(UserError::from).collect()))
        }
        Err(Refusal::Failed(error)) => Err(failed(error)),
    }
}

/// What the caller is told of an error of the database: [`internal`] or [`unread`].
pub type Tell = fn(&sea_orm::DbErr) -> async_graphql::Error;

/// An error of the database, on its way to the log.
pub fn internal(error: &sea_orm::DbErr) -> async_graphql::Error {
    failed(crate::platform::db::op_error(error))
}

/// The same behind a command that was stored: nobody may take it for one that was not.
pub fn unread(error: &sea_orm::DbErr) -> async_graphql::Error {
    match crate::platform::db::op_error(error) {
        OpError::Busy => failed(OpError::AnswerLost),
        error => failed(error),
    }
}

/// The opaque form of a place in the stream of events.
#[must_use]
pub fn cursor(sequence: i64) -> String {
    crate::platform::page::Cursor::Number(sequence).encode("event")
}
