//! Turns a GraphQL response into an HTTP one: status, media type, headers, body.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
};
use async_graphql::{Response, ServerError, Value};
use serde::Serialize;

use super::{
    accept::Media,
    errors::{self, Refusal},
};

/// A response as it goes over the wire. A request that was not executed has no `data` at all.
#[derive(Serialize)]
pub struct Wire<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl<'a> From<&'a Response> for Wire<'a> {
    fn from(response: &'a Response) -> Self {
        let data = (!errors::is_request_error(response)).then_some(&response.data);
        Self {
            errors: &response.errors,
            data,
            extensions: &response.extensions,
        }
    }
}

/// The answer to a request that was run, or at least given to the schema.
pub fn answered(response: &Response, media: Media) -> HttpResponse {
    let mut reply = begin(status(response, media), media);
    for (name, value) in &response.http_headers {
        // The two crates use different versions of the header types.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_str().as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            reply.append_header((name, value));
        }
    }
    finish(reply, response)
}

/// The answer to a request that was not.
pub fn refused(refusal: &Refusal, media: Media) -> HttpResponse {
    let status = legacy(refusal.status, refusal.code, media);
    let mut reply = begin(status, media);
    for header in &refusal.headers {
        reply.append_header(header.clone());
    }
    if refusal.close {
        reply.force_close();
    }
    finish(reply, &refusal.response())
}

fn begin(status: StatusCode, media: Media) -> HttpResponseBuilder {
    let mut reply = HttpResponse::build(status);
    reply
        .insert_header((header::CONTENT_TYPE, media.content_type()))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Accept, Authorization"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    reply
}

fn finish(mut reply: HttpResponseBuilder, response: &Response) -> HttpResponse {
    match serde_json::to_vec(&Wire::from(response)) {
        Ok(body) => reply.body(body),
        Err(error) => {
            tracing::error!(%error, "a response cannot be written as JSON");
            HttpResponse::InternalServerError().finish()
        }
    }
}

fn status(response: &Response, media: Media) -> StatusCode {
    if !errors::is_request_error(response) {
        return StatusCode::OK;
    }
    let code = response
        .errors
        .iter()
        .find_map(errors::code)
        .unwrap_or(errors::INTERNAL);
    legacy(status_of(code), code, media)
}

/// The status for a request that was refused with this code.
fn status_of(code: &str) -> StatusCode {
    match code {
        errors::UNAUTHENTICATED => StatusCode::UNAUTHORIZED,
        "FORBIDDEN" => StatusCode::FORBIDDEN,
        "RATE_LIMITED" => StatusCode::TOO_MANY_REQUESTS,
        errors::UNAVAILABLE => StatusCode::SERVICE_UNAVAILABLE,
        errors::INTERNAL => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A caller that takes only plain JSON sees 200 for a well-formed request with a bad document: it
/// could not tell an answer of ours from one of a proxy on the way.
fn legacy(status: StatusCode, code: &str, media: Media) -> StatusCode {
    let about_the_document = code == errors::PARSE_FAILED || code == errors::VALIDATION_FAILED;
    if media == Media::Json && about_the_document {
        StatusCode::OK
    } else {
        status
    }
}
