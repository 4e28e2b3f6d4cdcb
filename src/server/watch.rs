//! Counts operations, and tells the slow ones in the log.

use std::time::Duration;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
    web,
};
use async_graphql::{Response, Value, parser::types::OperationType};

use super::errors::{self, is_request_error};
use super::gateway::Gateway;
use crate::platform::meters::{Began, Meters, OperationLabels, RequestLabels, StatusLabels};
use crate::platform::request_id::RequestId;

/// Codes of what callers cannot mend.
const OURS: [&str; 3] = [errors::INTERNAL, errors::UNAVAILABLE, "OUTCOME_UNKNOWN"];

/// An operation that runs, and is watched.
pub struct Watched {
    meters: Meters,
    slow: Duration,
    began: Began,
    operation: String,
    kind: &'static str,
}

/// The name of a kind of operation.
pub fn name_of(kind: OperationType) -> &'static str {
    match kind {
        OperationType::Query => "query",
        OperationType::Mutation => "mutation",
        OperationType::Subscription => "subscription",
    }
}

impl Watched {
    /// Begins to watch; what takes as long as `slow` is told in the log.
    pub fn begin(meters: &Meters, slow: Duration, (kind, root): (OperationType, &str)) -> Self {
        Self {
            meters: meters.clone(),
            slow,
            began: Began::now(),
            operation: root.to_owned(),
            kind: name_of(kind),
        }
    }

    /// Counts what became of it.
    pub fn end(mut self, response: &Response, id: &RequestId) {
        // Its names are known to exist only when it was valid: else anybody could make labels.
        if is_request_error(response) {
            "invalid".clone_into(&mut self.operation);
        }
        let took = self.began.ago();
        let outcome = outcome(response);
        if took >= self.slow {
            let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            tracing::warn!(
                request_id = %id.0,
                operation = %self.operation,
                kind = self.kind,
                outcome,
                milliseconds,
                "a slow operation"
            );
        }
        self.count(outcome);
        let labels = OperationLabels {
            operation: self.operation,
            kind: self.kind,
        };
        let seconds = self.meters.request_seconds.get_or_create(&labels);
        seconds.observe(took.as_secs_f64());
    }

    /// Counts the start of a subscription, which has no end that tells anything.
    pub fn started(self) {
        self.count("ok");
    }

    fn count(&self, outcome: &'static str) {
        let labels = RequestLabels {
            operation: self.operation.clone(),
            kind: self.kind,
            outcome,
        };
        self.meters.requests.get_or_create(&labels).inc();
    }
}

/// Middleware that counts answers by their status.
pub async fn answers(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let gateway = request.app_data::<web::Data<Gateway>>().cloned();
    let response = next.call(request).await?;
    if let Some(gateway) = gateway {
        let status = response.status().as_u16();
        let labels = StatusLabels { status };
        gateway.meters.answers.get_or_create(&labels).inc();
    }
    Ok(response)
}

/// Counts a request that was refused before it was known what it is.
pub fn refused(meters: &Meters) {
    let labels = RequestLabels {
        operation: "none".to_owned(),
        kind: "none",
        outcome: "refused",
    };
    meters.requests.get_or_create(&labels).inc();
}

/// What became of an operation, in a word. Errors of users are known when they were asked for.
fn outcome(response: &Response) -> &'static str {
    if !response.errors.is_empty() {
        let is_ours = |error| errors::code(error).is_some_and(|code| OURS.contains(&code));
        let ours = response.errors.iter().any(is_ours);
        return if ours { "error" } else { "refused" };
    }
    let Value::Object(roots) = &response.data else {
        return "ok";
    };
    let has_errors = |root: &Value| match root {
        Value::Object(payload) => {
            matches!(payload.get("errors"), Some(Value::List(errors)) if !errors.is_empty())
        }
        _ => false,
    };
    if roots.values().any(has_errors) {
        "user_error"
    } else {
        "ok"
    }
}
