//! Reads the body of a request within a size and a time.

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    web,
};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::{
    errors::{BAD_REQUEST, LIMIT_EXCEEDED, Refusal},
    limits::TransportLimits,
};

/// How much of a too large body is still read, as a multiple of the limit. A client that is
/// answered in the middle of its sending may lose the answer, so what ends soon is read to its end.
const PATIENCE: usize = 4;

/// The whole body, or why it was not taken.
pub async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limits: &TransportLimits,
) -> Result<web::BytesMut, Refusal> {
    let most = limits.body_bytes;
    if declared(request).is_some_and(|length| length > most.saturating_mul(PATIENCE)) {
        return Err(too_large(most));
    }
    match timeout(limits.body_read(), collect(payload, most)).await {
        Ok(result) => result,
        Err(_) => Err(too_slow(limits.body_read_ms)),
    }
}

fn declared(request: &HttpRequest) -> Option<usize> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

async fn collect(mut payload: web::Payload, most: usize) -> Result<web::BytesMut, Refusal> {
    let mut body = web::BytesMut::new();
    let mut read = 0_usize;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        read = read.saturating_add(chunk.len());
        if read <= most {
            body.extend_from_slice(&chunk);
        } else if read > most.saturating_mul(PATIENCE) {
            break;
        } else {
            body.clear();
        }
    }
    if read <= most {
        Ok(body)
    } else {
        Err(too_large(most))
    }
}

fn too_large(most: usize) -> Refusal {
    let message =
        format!("The body is larger than {most} bytes. Send less at once, in several requests.");
    closing(Refusal::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        LIMIT_EXCEEDED,
        message,
    ))
}

fn too_slow(milliseconds: u64) -> Refusal {
    let message = format!("The body did not arrive within {milliseconds} ms. Send it again.");
    closing(Refusal::new(
        StatusCode::REQUEST_TIMEOUT,
        LIMIT_EXCEEDED,
        message,
    ))
}

fn broken() -> Refusal {
    let message = "The body could not be read to its end. Send it again.";
    closing(Refusal::new(StatusCode::BAD_REQUEST, BAD_REQUEST, message))
}

fn closing(mut refusal: Refusal) -> Refusal {
    refusal.close = true;
    refusal
}
