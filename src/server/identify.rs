//! Gives every request an id, and tells it in the answer.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
};

use crate::platform::{audit::RemoteAddress, request_id::RequestId};

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a caller.
const LONGEST: usize = 64;

/// A new id; ids sort by time.
pub fn fresh() -> RequestId {
    RequestId(uuid::Uuid::now_v7().to_string())
}

/// Takes over a caller's id when it is well formed, for it ends up in logs; else makes a new one.
fn accept(incoming: Option<&str>) -> RequestId {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    match incoming {
        Some(id) if (1..=LONGEST).contains(&id.len()) && id.bytes().all(allowed) => {
            RequestId(id.to_owned())
        }
        _ => fresh(),
    }
}

/// Middleware for `actix_web::middleware::from_fn`. Where two of it are nested, the outer one's id
/// holds, so a server may wrap all of its routes beside those of this transport.
pub async fn identify(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let known = request.extensions().get::<RequestId>().cloned();
    let id = known.unwrap_or_else(|| {
        let incoming = request
            .headers()
            .get(&HEADER)
            .and_then(|value| value.to_str().ok());
        let id = accept(incoming);
        request.extensions_mut().insert(id.clone());
        id
    });
    let mut response = next.call(request).await?;
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        response.headers_mut().insert(HEADER, value);
    }
    Ok(response)
}

/// The id that `identify` gave this request.
pub fn id_of(request: &HttpRequest) -> RequestId {
    request
        .extensions()
        .get::<RequestId>()
        .cloned()
        .unwrap_or_else(fresh)
}

/// The address of the connection that a request came by. What a proxy says of whom it speaks for
/// is not believed: anybody could say it.
pub fn address_of(request: &HttpRequest) -> RemoteAddress {
    RemoteAddress(request.peer_addr().map(|address| address.ip().to_string()))
}
