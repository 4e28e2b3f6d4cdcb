//! What callers are told when something fails: a code on every error, no inside of ours, an end.

use actix_web::http::{
    StatusCode,
    header::{HeaderName, HeaderValue},
};
use async_graphql::{ErrorExtensionValues, PathSegment, Pos, Response, ServerError, Value};

use super::limits::TransportLimits;
use crate::platform::rejection::OpError;
use crate::platform::request_id::RequestId;
use crate::schema::{COMPLEXITY_MAX, DEPTH_MAX};

/// The document is not GraphQL.
pub const PARSE_FAILED: &str = "GRAPHQL_PARSE_FAILED";
/// The document does not fit the schema, or its variables do not fit the document.
pub const VALIDATION_FAILED: &str = "GRAPHQL_VALIDATION_FAILED";
/// The request is not one that this endpoint understands.
pub const BAD_REQUEST: &str = "BAD_REQUEST";
/// The credentials are missing, malformed or no longer good.
pub const UNAUTHENTICATED: &str = "UNAUTHENTICATED";
/// The request exceeds a limit.
pub const LIMIT_EXCEEDED: &str = "LIMIT_EXCEEDED";
/// Something failed on our side.
pub const INTERNAL: &str = "INTERNAL";
/// Something that we need cannot be reached for now.
pub const UNAVAILABLE: &str = "UNAVAILABLE";

/// How async-graphql begins its messages about limits of its own.
const LIMIT_MESSAGES: [&str; 5] = [
    "Query is too complex.",
    "Query is nested too deep.",
    "The recursion depth of the query",
    "The number of directives",
    "The amount of aliases",
];

/// How async-graphql begins its messages about values that a caller gave.
const INPUT_MESSAGES: [&str; 4] = [
    "Failed to parse \"",
    "Expected input type \"",
    "Invalid value for argument",
    "Variable ",
];

/// A request that is refused before anything of it ran.
#[derive(Debug)]
pub struct Refusal {
    /// The HTTP status.
    pub status: StatusCode,
    /// The code of the error.
    pub code: &'static str,
    /// What was wrong and what to do.
    pub message: String,
    /// Where in the document.
    pub locations: Vec<Pos>,
    /// Headers that belong to the status.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Whether the connection cannot be used further, for its body was not read.
    pub close: bool,
}

impl Refusal {
    /// A refusal with this status, code and message.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let (locations, headers) = (Vec::new(), Vec::new());
        Self {
            status,
            code,
            message: message.into(),
            locations,
            headers,
            close: false,
        }
    }

    /// A request that is not well formed.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, BAD_REQUEST, message)
    }

    /// A request above a limit.
    pub fn limit(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, LIMIT_EXCEEDED, message)
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }

    /// The same with places in the document.
    #[must_use]
    pub fn at(mut self, locations: impl IntoIterator<Item = Pos>) -> Self {
        self.locations.extend(locations);
        self
    }

    /// The GraphQL response that tells it.
    pub fn response(&self) -> Response {
        let mut error = ServerError::new(self.message.clone(), None);
        error.locations.clone_from(&self.locations);
        set_code(&mut error, self.code);
        Response::from_errors(vec![error])
    }
}

/// The response for a failure that is ours: no details, but the id under which they are logged.
pub fn internal(id: &RequestId) -> Response {
    let mut error = ServerError::new("", None);
    conceal(&mut error, id);
    Response::from_errors(vec![error])
}

/// Whether nothing was executed: such a response has no `data` at all, not even null.
pub fn is_request_error(response: &Response) -> bool {
    response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty())
}

/// The code of an error, if it has one.
pub fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        Value::Enum(code) => Some(code),
        _ => None,
    }
}

/// Whether something of it could not be read for now.
pub fn is_unavailable(response: &Response) -> bool {
    let mut codes = response.errors.iter().filter_map(code);
    codes.any(|code| code == UNAVAILABLE)
}

/// Gives every error a code, hides what is internal, shortens messages and the list.
pub fn polish(mut response: Response, id: &RequestId, limits: &TransportLimits) -> Response {
    let before_execution = is_request_error(&response);
    cap(&mut response.errors, limits.errors_per_response.max(1));
    for error in &mut response.errors {
        if code(error).is_none() {
            classify(error, before_execution, id);
        }
        shorten(&mut error.message, limits.error_message_chars);
    }
    response
}

/// Behind the payload of a mutation, a field that could not be read does not mean that nothing was
/// stored: the payload is there only when the command was.
pub fn of_stored(mut response: Response) -> Response {
    for error in &mut response.errors {
        if error.path.len() > 1 && code(error) == Some(UNAVAILABLE) {
            error.message = OpError::AnswerLost.to_string();
            set_code(error, OpError::AnswerLost.code());
        }
    }
    response
}

fn classify(error: &mut ServerError, before_execution: bool, id: &RequestId) {
    let begins = |with: &&str| error.message.starts_with(*with);
    if LIMIT_MESSAGES.iter().any(begins) {
        advise(error);
        set_code(error, LIMIT_EXCEEDED);
    } else if before_execution {
        set_code(error, VALIDATION_FAILED);
    } else if error.source.is_none() && INPUT_MESSAGES.iter().any(begins) {
        set_code(error, BAD_REQUEST);
    } else {
        log(error, id);
        conceal(error, id);
    }
}

/// Says what the limit is, and what to do.
fn advise(error: &mut ServerError) {
    if error.message.starts_with("Query is too complex.") {
        error.message = format!(
            "The operation could cost more than {COMPLEXITY_MAX} points: a field is one, and a \
             list multiplies what is asked of each record by its page. Ask for smaller pages \
             (first), or for fewer lists within lists."
        );
    } else if error.message.starts_with("Query is nested too deep.") {
        error.message = format!(
            "The operation is nested more than {DEPTH_MAX} levels deep. Ask for what lies deeper \
             in an operation of its own."
        );
    }
}

fn log(error: &ServerError, id: &RequestId) {
    let path: Vec<String> = error.path.iter().map(segment).collect();
    let (path, reason) = (path.join("."), error.message.as_str());
    tracing::error!(request_id = %id.0, path, reason, "a resolver failed");
}

fn segment(segment: &PathSegment) -> String {
    match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    }
}

fn conceal(error: &mut ServerError, id: &RequestId) {
    error.message = format!(
        "Something went wrong on our side. Quote request id {} when you report it.",
        id.0
    );
    error.source = None;
    // Whatever the resolver attached may be as internal as its message.
    error.extensions = None;
    set_code(error, INTERNAL);
    if let Some(extensions) = error.extensions.as_mut() {
        extensions.set("requestId", id.0.as_str());
    }
}

fn set_code(error: &mut ServerError, code: &str) {
    error
        .extensions
        .get_or_insert_with(ErrorExtensionValues::default)
        .set("code", code);
}

fn cap(errors: &mut Vec<ServerError>, most: usize) {
    if errors.len() <= most {
        return;
    }
    let left_out = errors.len() - (most - 1);
    errors.truncate(most - 1);
    let message =
        format!("{left_out} more errors are not shown. Mend the first ones and try again.");
    let mut note = ServerError::new(message, None);
    // The note stands beside the first error, so that it does not look like one of the request's
    // own when the others come from resolvers.
    note.path = errors
        .first()
        .map(|error| error.path.clone())
        .unwrap_or_default();
    set_code(&mut note, LIMIT_EXCEEDED);
    errors.push(note);
}

fn shorten(message: &mut String, most: usize) {
    if let Some((end, _)) = message.char_indices().nth(most) {
        message.truncate(end);
        message.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed_at(path: &[&str], code: &str) -> Response {
        let mut error = ServerError::new("not now", None);
        error.path = path
            .iter()
            .map(|name| PathSegment::Field((*name).to_owned()))
            .collect();
        set_code(&mut error, code);
        Response::from_errors(vec![error])
    }

    #[test]
    fn what_is_stored_is_not_told_to_be_unavailable_when_a_field_cannot_be_read() {
        let told = |path: &[&str], told: &str| {
            let response = of_stored(failed_at(path, told));
            code(&response.errors[0]).map(str::to_owned)
        };
        let (whole, field) = (["stockAdjust"], ["stockAdjust", "stockAdjustment", "lines"]);
        assert_eq!(
            told(&field, UNAVAILABLE).as_deref(),
            Some("OUTCOME_UNKNOWN")
        );
        assert_eq!(told(&whole, UNAVAILABLE).as_deref(), Some(UNAVAILABLE));
        assert_eq!(told(&field, "FORBIDDEN").as_deref(), Some("FORBIDDEN"));
    }
}
