//! Operations over server-sent events: graphql-sse, in its mode of distinct connections.

use actix_web::{
    HttpResponse,
    body::BodyStream,
    http::{StatusCode, header},
    web::{Bytes, Data},
};
use async_graphql::Response;
use futures_util::{StreamExt, stream::BoxStream};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{
    document::Admitted,
    errors::{LIMIT_EXCEEDED, Refusal},
    gateway::{Gateway, Seat},
    outbox::{self, Outbox, Unsent},
    reply::Wire,
    run,
    socket::Socket,
};
use crate::platform::{actor::Unauthenticated, request_id::RequestId};

/// Where a stream of events comes from and goes to.
pub struct Source {
    /// What all requests share.
    pub gateway: Data<Gateway>,
    /// The token of the request, checked again while the stream lasts.
    pub token: Option<String>,
    /// The socket below, if it was kept.
    pub socket: Option<Socket>,
}

/// Begins the stream; it is fed by a task of its own.
pub fn open(source: Source, admitted: Admitted, id: RequestId) -> Result<HttpResponse, Refusal> {
    let limits = &source.gateway.limits;
    let Some(seat) = source.gateway.connections.take_seat(limits.ws_connections) else {
        let message = "The server has no stream left. Try again later.";
        return Err(
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, LIMIT_EXCEEDED, message)
                .header(header::RETRY_AFTER, "5"),
        );
    };
    let (outbox, frames) = outbox::channel(limits.ws_send_queue, limits.ws_send());
    let responses = run::stream(&source.gateway, admitted, id);
    actix_web::rt::spawn(feed(source, outbox, responses, seat));
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies that collect answers would keep the events back.
        .insert_header(("x-accel-buffering", "no"))
        .body(BodyStream::new(frames)))
}

async fn feed(
    source: Source,
    outbox: Outbox,
    mut responses: BoxStream<'static, Response>,
    _seat: Seat,
) {
    let fed = tokio::select! {
        fed = pump(&outbox, &mut responses) => fed,
        fed = keep_alive(&outbox, &source) => fed,
        () = checks_fail(&source) => Ok(()),
        () = stopping(&source) => Ok(()),
        () = outbox.gone() => Ok(()),
    };
    drop(responses);
    if let (Err(Unsent::Stuck), Some(socket)) = (fed, source.socket) {
        socket.cut();
    }
}

async fn pump(outbox: &Outbox, responses: &mut BoxStream<'static, Response>) -> Result<(), Unsent> {
    while let Some(response) = responses.next().await {
        outbox.raw(event("next", &response)).await?;
    }
    // A browser drops an event without a line of data.
    outbox
        .raw(Bytes::from_static(b"event: complete\ndata:\n\n"))
        .await
}

fn event(name: &str, response: &Response) -> Bytes {
    match serde_json::to_string(&Wire::from(response)) {
        // JSON written on one line has no line break that could end the event.
        Ok(json) => Bytes::from(format!("event: {name}\ndata: {json}\n\n")),
        Err(error) => {
            tracing::error!(%error, "a response cannot be written as JSON");
            Bytes::new()
        }
    }
}

/// Sends a comment now and then, so that neither side takes a silent connection for a dead one. It
/// is also how we learn that the client has left: until something is written, a connection that it
/// closed looks like one that it has only finished sending on.
async fn keep_alive(outbox: &Outbox, source: &Source) -> Result<(), Unsent> {
    let pause = source.gateway.limits.ws_ping();
    let mut ticks = interval_at(Instant::now() + pause, pause);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        outbox.raw(Bytes::from_static(b":\n\n")).await?;
    }
}

/// Waits until the token is no longer good; without one, for ever.
async fn checks_fail(source: &Source) {
    if source.token.is_none() {
        return std::future::pending().await;
    }
    loop {
        tokio::time::sleep(source.gateway.limits.ws_reauthentication()).await;
        let outcome = (source.gateway.authenticate)(source.token.clone()).await;
        // While the database is away the stream stays: nothing is told meanwhile.
        if matches!(
            outcome,
            Err(Unauthenticated::Invalid | Unauthenticated::Missing)
        ) {
            return;
        }
    }
}

async fn stopping(source: &Source) {
    let mut shutdown = source.gateway.shutdown.clone();
    // The error means that the sender is gone, and so is the server.
    let _ = shutdown.wait_for(|stopping| *stopping).await;
}
