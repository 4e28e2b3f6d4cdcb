//! The end of a command that wrote to the ledgers.

use uuid::Uuid;

use super::book::Book;
use crate::platform::command::{Call, Done};
use crate::platform::event::NewEvent;

/// A command accepted: with its own events, those of the book, and the lines it wrote.
#[must_use]
pub fn done(call: &Call, id: Uuid, mut events: Vec<NewEvent>, mut book: Book) -> Done {
    events.extend(book.take_events());
    let lines = book.lines_of(call.operation_id);
    Done::accepted(id, events).posting(call.operation_id, lines)
}
