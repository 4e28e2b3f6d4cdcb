//! The span of an operation, as a part of its caller's trace when the caller tells of one.

use actix_web::http::header::HeaderMap;
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::platform::request_id::RequestId;

struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

/// The trace that a caller is in, by its header `traceparent`.
pub fn parent(headers: &HeaderMap) -> Context {
    TraceContextPropagator::new().extract(&Headers(headers))
}

/// The span of an operation.
pub fn span(parent: &Context, (kind, operation): (&'static str, &str), id: &RequestId) -> Span {
    let span = tracing::info_span!(
        "operation",
        otel.name = operation,
        operation,
        kind,
        request_id = %id.0
    );
    // A span that nobody wants has no parent either.
    let _ = span.set_parent(parent.clone());
    span
}
