//! The GraphQL endpoint over HTTP: GET, POST, event streams, and the upgrade to WebSocket.

use std::{future::Future, panic::AssertUnwindSafe};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    middleware::from_fn,
    web,
};
use async_graphql::{Request, Response, parser::types::OperationType};
use futures_util::FutureExt;

use super::{
    accept::{self, Media},
    body, document,
    errors::{BAD_REQUEST, Refusal},
    gateway::Gateway,
    identify::{address_of, id_of, identify},
    params, reply, run,
    socket::Socket,
    sse::{self, Source},
    token, trace, watch, websocket,
};
use crate::platform::request_id::RequestId;

/// Where the endpoint is.
pub const PATH: &str = "/graphql";

/// Mounts the endpoint.
pub fn routes(config: &mut web::ServiceConfig, gateway: web::Data<Gateway>) {
    let resource = web::resource(PATH)
        .app_data(gateway)
        .wrap(from_fn(identify))
        .route(web::get().to(get))
        .route(web::post().to(post))
        .default_service(web::to(other_method));
    config.service(resource);
}

async fn get(
    request: HttpRequest,
    payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    if websocket::is_upgrade(&request) {
        return websocket::upgrade(&request, payload, gateway);
    }
    answer(&request, async {
        // A GET has no body as a rule; whatever there is must be read before we answer.
        body::read(&request, payload, &gateway.limits).await?;
        let parameters = params::from_query_string(request.query_string())?;
        run(&request, &gateway, parameters).await
    })
    .await
}

async fn post(
    request: HttpRequest,
    payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    answer(&request, async {
        let body = body::read(&request, payload, &gateway.limits).await?;
        let parameters = params::from_body(&request, &body)?;
        run(&request, &gateway, parameters).await
    })
    .await
}

async fn other_method(
    request: HttpRequest,
    payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    answer(&request, async {
        body::read(&request, payload, &gateway.limits).await?;
        let message = "Send queries by GET or POST, and mutations by POST.";
        Err(
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, BAD_REQUEST, message)
                .header(header::ALLOW, "GET, POST"),
        )
    })
    .await
}

/// Answers with what the work yields, in the media type that the caller likes, even if it panics.
async fn answer(
    request: &HttpRequest,
    work: impl Future<Output = Result<Outcome, Refusal>>,
) -> HttpResponse {
    let outcome = AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| {
            Ok(Outcome::Answer(Box::new(run::panicked(
                &*panic,
                &id_of(request),
            ))))
        });
    let media = accept::negotiate(request.headers()).unwrap_or(Media::Json);
    match outcome {
        Ok(Outcome::Answer(response)) => reply::answered(&response, media),
        Ok(Outcome::Events(response)) => response,
        Err(refusal) => {
            if let Some(gateway) = request.app_data::<web::Data<Gateway>>() {
                watch::refused(&gateway.meters);
            }
            reply::refused(&refusal, media)
        }
    }
}

/// What a request comes to.
enum Outcome {
    /// One response.
    Answer(Box<Response>),
    /// A stream of them, already begun.
    Events(HttpResponse),
}

async fn run(
    request: &HttpRequest,
    gateway: &web::Data<Gateway>,
    parameters: Request,
) -> Result<Outcome, Refusal> {
    let headers = request.headers();
    let wants_events = accept::wants_events(headers);
    if !wants_events && accept::negotiate(headers).is_none() {
        return Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            BAD_REQUEST,
            NOT_ACCEPTABLE,
        ));
    }
    let token = token::from_headers(headers).map_err(token::refusal)?;
    let actor = (gateway.authenticate)(token.clone())
        .await
        .map_err(token::refusal)?;
    let id: RequestId = id_of(request);
    let mut admitted = document::admit(parameters, &gateway.limits, &gateway.documents)?;
    admitted.parent = trace::parent(headers);
    check_kind(request, admitted.kind, wants_events)?;
    let origin = (&id, &address_of(request));
    admitted.request = run::prepare(gateway, admitted.request, &actor, origin);
    if wants_events {
        let socket = request.conn_data::<Socket>().cloned();
        let source = Source {
            gateway: gateway.clone(),
            token,
            socket,
        };
        return sse::open(source, admitted, id).map(Outcome::Events);
    }
    let response = run::once(gateway, admitted, id).await;
    Ok(Outcome::Answer(Box::new(response)))
}

const NOT_ACCEPTABLE: &str = "Answers are application/graphql-response+json, application/json or \
                              text/event-stream. Name one of them in Accept.";

/// A GET changes nothing: a link or an image on another site's page could send it.
fn check_kind(
    request: &HttpRequest,
    kind: OperationType,
    wants_events: bool,
) -> Result<(), Refusal> {
    match kind {
        OperationType::Subscription if !wants_events => Err(Refusal::bad(
            "Subscriptions do not run over a plain request. Open a WebSocket here, with the \
             subprotocol graphql-transport-ws, or take text/event-stream.",
        )),
        OperationType::Mutation if request.method() == actix_web::http::Method::GET => {
            let message = "Mutations do not run over GET. Send this one by POST.";
            Err(
                Refusal::new(StatusCode::METHOD_NOT_ALLOWED, BAD_REQUEST, message)
                    .header(header::ALLOW, "POST"),
            )
        }
        _ => Ok(()),
    }
}
