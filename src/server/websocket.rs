//! The upgrade of a GET to a WebSocket.

use actix_http::ws;
use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodyStream, MessageBody},
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web,
};

use super::{
    accept::Media,
    errors::{BAD_REQUEST, LIMIT_EXCEEDED, Refusal, UNAVAILABLE},
    frames::Inbox,
    gateway::Gateway,
    identify::{address_of, id_of},
    outbox, reply,
    socket::Socket,
    token,
    ws_end::Connection,
    ws_protocol::Dialect,
    ws_session::Session,
};
use crate::platform::meters::Present;

/// Whether the caller asks for a WebSocket.
pub fn is_upgrade(request: &HttpRequest) -> bool {
    let upgrade = request
        .headers()
        .get(header::UPGRADE)
        .map(|value| value.as_bytes());
    upgrade.is_some_and(|name| name.eq_ignore_ascii_case(b"websocket"))
}

/// Opens the WebSocket, in a task of its own, or says why not.
pub fn upgrade(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    match open(request, payload, gateway) {
        Ok(response) => response,
        Err(mut refusal) => {
            refusal.close = true;
            reply::refused(&refusal, Media::Json)
        }
    }
}

fn open(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: web::Data<Gateway>,
) -> Result<HttpResponse, Refusal> {
    let mut response = ws::handshake(request.head()).map_err(|error| {
        let message = format!("The WebSocket cannot be opened: {error}.");
        Refusal::new(StatusCode::BAD_REQUEST, BAD_REQUEST, message)
            .header(header::SEC_WEBSOCKET_VERSION, "13")
    })?;
    if *gateway.shutdown.borrow() {
        return Err(busy(UNAVAILABLE, "The server is stopping. Connect again."));
    }
    let Some(seat) = gateway.connections.take_seat(gateway.limits.ws_connections) else {
        return Err(busy(
            LIMIT_EXCEEDED,
            "The server has no WebSocket left. Try again later.",
        ));
    };
    let limits = &gateway.limits;
    let dialect = Dialect::choose(offers(request.headers()));
    if let Some(dialect) = dialect {
        response.insert_header((header::SEC_WEBSOCKET_PROTOCOL, dialect.name()));
    }
    let (outbox, frames) = outbox::channel(limits.ws_send_queue, limits.ws_send());
    let connection = Connection {
        inbox: Inbox::new(payload.into_inner(), limits.ws_message_bytes),
        outbox,
        socket: request.conn_data::<Socket>().cloned(),
        _seat: seat,
        _present: Present::in_gauge(&gateway.meters.sockets),
        meters: gateway.meters.clone(),
    };
    let (header, id) = (token::from_headers(request.headers()), id_of(request));
    let session = Session::new(gateway, dialect, header, address_of(request));
    tracing::debug!(request_id = %id.0, ?dialect, "a WebSocket opens");
    actix_web::rt::spawn(session.run(connection));
    let response = response.message_body(BodyStream::new(frames).boxed());
    response
        .map(Into::into)
        .map_err(|error| Refusal::bad(error.to_string()))
}

fn busy(code: &'static str, message: &str) -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, code, message).header(header::RETRY_AFTER, "5")
}

fn offers(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}
