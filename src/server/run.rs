//! Runs an admitted request: queries here, mutations in a task of their own, panics contained.

use std::{any::Any, panic::AssertUnwindSafe};

use async_graphql::{Request, Response, Value, parser::types::OperationType};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream, Stream},
};

use tokio::time::timeout;
use tracing::{Instrument, Span};

use super::{
    document::Admitted,
    errors::{self, Refusal},
    gateway::Gateway,
    trace,
    watch::{Watched, name_of},
};
use crate::platform::meters::Present;
use crate::platform::{actor::Actor, audit::RemoteAddress, request_id::RequestId};

/// Adds to a request its id, where it came from, and what the schema's resolvers need.
pub fn prepare(
    gateway: &Gateway,
    request: Request,
    actor: &Actor,
    (id, address): (&RequestId, &RemoteAddress),
) -> Request {
    let request = request.data(id.clone()).data(address.clone());
    (gateway.prepare)(request, actor)
}

/// Runs a query or a mutation to its response.
///
/// A query ends with the caller's patience; a mutation once begun runs to its end.
pub fn once(gateway: &Gateway, admitted: Admitted, id: RequestId) -> BoxFuture<'static, Response> {
    let what = (admitted.kind, admitted.root.as_str());
    let watched = Watched::begin(&gateway.meters, gateway.slow, what);
    let name = (name_of(admitted.kind), admitted.root.as_str());
    let span = trace::span(&admitted.parent, name, &id);
    let running = unwatched(gateway, admitted, (id.clone(), span.clone()));
    let answering = async move {
        let response = running.await;
        watched.end(&response, &id);
        response
    };
    Box::pin(answering.instrument(span))
}

fn unwatched(
    gateway: &Gateway,
    admitted: Admitted,
    (id, span): (RequestId, Span),
) -> BoxFuture<'static, Response> {
    let limits = gateway.limits.clone();
    let execution = gateway.executor.execute(admitted.request);
    let execution = execution.instrument(span);
    if admitted.kind != OperationType::Mutation {
        return Box::pin(async move {
            let execution = AssertUnwindSafe(execution).catch_unwind();
            let response = match timeout(limits.query_run(), execution).await {
                Ok(Ok(response)) => response,
                Ok(Err(panic)) => panicked(&*panic, &id),
                Err(_) => too_long(limits.query_run_ms),
            };
            errors::polish(response, &id, &limits)
        });
    }
    let task = gateway.commands.spawn(&gateway.runtime, execution);
    Box::pin(async move {
        let outcome = match task.await {
            Ok(response) => errors::of_stored(response),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => panicked(&*panic, &id),
                Err(error) => {
                    tracing::error!(request_id = %id.0, %error, "a mutation was cancelled");
                    errors::internal(&id)
                }
            },
        };
        errors::polish(outcome, &id, &limits)
    })
}

/// Runs any operation as a stream: a query or a mutation is a stream of one response. A
/// subscription ends with the first item that cannot be told whole for now.
pub fn stream(
    gateway: &Gateway,
    admitted: Admitted,
    id: RequestId,
) -> BoxStream<'static, Response> {
    if admitted.kind != OperationType::Subscription {
        return once(gateway, admitted, id).into_stream().boxed();
    }
    let limits = gateway.limits.clone();
    let what = (admitted.kind, admitted.root.as_str());
    let mut watched = Some(Watched::begin(&gateway.meters, gateway.slow, what));
    let present = Present::in_gauge(&gateway.meters.subscribers);
    let events = gateway.executor.stream(admitted.request);
    let responses = AssertUnwindSafe(events).catch_unwind().map({
        let id = id.clone();
        move |outcome| {
            let _present = &present;
            outcome.unwrap_or_else(|panic| panicked(&*panic, &id))
        }
    });
    until_cut(responses.boxed())
        .map(move |response| {
            let response = errors::polish(response, &id, &limits);
            count_first(&mut watched, &response, &id);
            response
        })
        .boxed()
}

/// Ends a subscription with the first item of which something could not be read for now, and takes
/// what there was of it. Whoever got half of an item, and its cursor, would take it for told; so it
/// comes back behind the item before.
fn until_cut(responses: BoxStream<'static, Response>) -> impl Stream<Item = Response> {
    stream::unfold(Some(responses), |responses| async {
        let mut responses = responses?;
        let mut response = responses.next().await?;
        if !errors::is_unavailable(&response) {
            return Some((response, Some(responses)));
        }
        response.data = Value::Null;
        Some((response, None))
    })
}

/// Counts a subscription by its first answer: it tells whether the document was valid.
fn count_first(watched: &mut Option<Watched>, response: &Response, id: &RequestId) {
    match watched.take() {
        Some(watched) if response.is_err() => watched.end(response, id),
        Some(watched) => watched.started(),
        None => {}
    }
}

fn too_long(milliseconds: u64) -> Response {
    let message = format!("The query ran longer than {milliseconds} ms. Ask for less at once.");
    Refusal::limit(message).response()
}

/// The response for a panic, which is logged under the request's id.
pub fn panicked(panic: &(dyn Any + Send), id: &RequestId) -> Response {
    let reason = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message");
    tracing::error!(request_id = %id.0, reason, "a request panicked");
    errors::internal(id)
}

#[cfg(test)]
mod tests {
    use async_graphql::{ErrorExtensionValues, ServerError};

    use super::*;

    fn item(number: i32, code: Option<&str>) -> Response {
        let mut response = Response::new(Value::from(number));
        response.errors.extend(code.map(|code| {
            let mut error = ServerError::new("why", None);
            let mut extensions = ErrorExtensionValues::default();
            extensions.set("code", code);
            error.extensions = Some(extensions);
            error
        }));
        response
    }

    #[tokio::test]
    async fn a_subscription_ends_with_what_cannot_be_read_for_now_and_tells_nothing_of_it() {
        let items = [
            item(1, None),
            item(2, Some("FORBIDDEN")),
            item(3, Some(errors::UNAVAILABLE)),
            item(4, None),
        ];
        let told: Vec<Response> = until_cut(stream::iter(items).boxed()).collect().await;
        let data: Vec<&Value> = told.iter().map(|response| &response.data).collect();
        assert_eq!(data, [&Value::from(1), &Value::from(2), &Value::Null]);
        assert!(errors::is_unavailable(&told[2]));
    }
}
