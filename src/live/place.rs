//! The place of a subscriber in the stream of events: where it resumes, and what lies behind it.

use std::sync::Arc;

use async_graphql::Result;
use entity::platform::event::Model as Event;

use crate::graphql::context::bad_argument;
use crate::graphql::payload::internal;
use crate::platform::app::App;
use crate::platform::bus::Bus;
use crate::platform::db::Patience;
use crate::platform::event;
use crate::platform::page::Cursor;

/// The place of a cursor. One ahead of every event was made by another database: waiting there
/// would be silence for ever.
///
/// # Errors
/// BAD_USER_INPUT for what is no such cursor.
pub async fn resume(app: &App, text: &str) -> Result<i64> {
    let wrong = || bad_argument("This is no cursor of an event here; start with a snapshot.");
    let Some(Cursor::Number(position)) = Cursor::decode(text, "event") else {
        return Err(wrong());
    };
    let latest = event::latest(app.db.reader()).await;
    let latest = latest.map_err(|error| internal(&error))?;
    if (0..=latest).contains(&position) {
        Ok(position)
    } else {
        Err(wrong())
    }
}

/// The events behind a place; waits until they can be had.
///
/// # Errors
/// An internal one.
pub async fn later_events(bus: &Bus, position: i64) -> Result<Vec<Arc<Event>>> {
    let mut patience = Patience::default();
    loop {
        match bus.after(position).await {
            Ok(events) => return Ok(events),
            Err(error) if patience.endures(&error).await => {}
            Err(error) => return Err(internal(&error)),
        }
    }
}
