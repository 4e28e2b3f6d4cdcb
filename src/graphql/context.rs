//! What a resolver finds in its context, and how its failures leave.

use async_graphql::{Context, Error, ErrorExtensions};
use entity::vocab::Instant;

use super::fetch::Loaders;
use crate::platform::actor::{Actor, Scope};
use crate::platform::app::{App, Company};
use crate::platform::rejection::OpError;

/// The database, the bus, and the company's constants.
#[must_use]
pub fn app<'c>(ctx: &Context<'c>) -> &'c App {
    ctx.data_unchecked::<App>()
}

/// The company's constants.
#[must_use]
pub fn company(ctx: &Context<'_>) -> Company {
    app(ctx).company
}

/// Whoever calls.
#[must_use]
pub fn actor<'c>(ctx: &Context<'c>) -> &'c Actor {
    ctx.data_unchecked::<Actor>()
}

/// This request's loaders.
#[must_use]
pub fn loaders<'c>(ctx: &Context<'c>) -> &'c Loaders {
    ctx.data_unchecked::<Loaders>()
}

/// Turns what the caller cannot mend into a GraphQL error with a code. The inside text of an
/// internal error goes to the log, once, and nowhere else.
pub fn failed(error: impl Into<OpError>) -> Error {
    let error = error.into();
    if let OpError::Internal(inside) = &error {
        // The transport logs it with the request id and replaces the text.
        return Error::new(inside.clone());
    }
    let code = error.code();
    Error::new(error.to_string()).extend_with(|_, extensions| extensions.set("code", code))
}

/// An argument that cannot be used.
pub fn bad_argument(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}

/// Asking for a scope in a resolver.
pub trait Asked {
    /// The caller, when it has the scope.
    ///
    /// # Errors
    /// UNAUTHENTICATED or FORBIDDEN.
    fn require(&self, scope: Scope) -> async_graphql::Result<&Actor>;
}

impl Asked for Context<'_> {
    fn require(&self, scope: Scope) -> async_graphql::Result<&Actor> {
        let actor = actor(self);
        actor.require(scope).map_err(failed)?;
        Ok(actor)
    }
}

/// An instant as the schema shows it.
#[must_use]
pub fn date_time(at: Instant) -> chrono::DateTime<chrono::Utc> {
    at.to_utc()
}
