//! The parameters of a GraphQL request, from a JSON body, a query string or a message.

use actix_web::{
    HttpRequest,
    http::{StatusCode, header},
    web,
};
use async_graphql::{Request, Variables};
use serde_json::{Map, Value};

use super::{
    accept::is_utf8,
    errors::{BAD_REQUEST, Refusal},
};

/// The request in a POST body.
pub fn from_body(request: &HttpRequest, body: &[u8]) -> Result<Request, Refusal> {
    check_content_type(request)?;
    if body.is_empty() {
        return Err(Refusal::bad(
            "The body is empty. Send a JSON object such as {\"query\": \"{ __typename }\"}.",
        ));
    }
    let text = std::str::from_utf8(body)
        .map_err(|_| Refusal::bad("The body is not UTF-8. Encode it as UTF-8."))?;
    match serde_json::from_str(text) {
        Ok(Value::Object(parameters)) => from_json(parameters),
        Ok(Value::Array(_)) => Err(Refusal::bad(
            "Batches are not taken. Send one operation per request; one operation may hold many \
             fields.",
        )),
        Ok(_) => Err(Refusal::bad(
            "The body must be a JSON object with a \"query\".",
        )),
        Err(error) => Err(Refusal::bad(format!(
            "The body is not JSON: it fails at line {}, column {}.",
            error.line(),
            error.column()
        ))),
    }
}

/// The request in the query string of a GET.
pub fn from_query_string(query: &str) -> Result<Request, Refusal> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Refusal::bad("The query string is not URL-encoded."))?;
    let mut parameters = Map::new();
    for (name, value) in pairs.into_inner() {
        let value = match name.as_str() {
            "query" | "operationName" => Value::String(value),
            "variables" | "extensions" if value.is_empty() => Value::Null,
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|_| Refusal::bad(format!("The parameter \"{name}\" is not JSON.")))?,
            _ => continue,
        };
        if parameters.insert(name.clone(), value).is_some() {
            return Err(Refusal::bad(format!(
                "The parameter \"{name}\" is given twice."
            )));
        }
    }
    from_json(parameters)
}

/// The request in a JSON object.
pub fn from_json(mut parameters: Map<String, Value>) -> Result<Request, Refusal> {
    let query = match parameters.remove("query") {
        Some(Value::String(query)) => query,
        None | Some(Value::Null) => {
            return Err(Refusal::bad(
                "There is no \"query\". Send the GraphQL document in it.",
            ));
        }
        Some(_) => return Err(Refusal::bad("The \"query\" must be a string.")),
    };
    let mut request = Request::new(query);
    match parameters.remove("operationName") {
        None | Some(Value::Null) => {}
        // Many clients send an empty name for none.
        Some(Value::String(name)) if name.is_empty() => {}
        Some(Value::String(name)) => request.operation_name = Some(name),
        Some(_) => {
            return Err(Refusal::bad(
                "The \"operationName\" must be a string or null.",
            ));
        }
    }
    if let Some(variables) = object(&mut parameters, "variables")? {
        request.variables = Variables::from_json(variables);
    }
    if let Some(extensions) = object(&mut parameters, "extensions")? {
        request.extensions = serde_json::from_value(extensions)
            .map_err(|_| Refusal::bad("The \"extensions\" cannot be read."))?;
    }
    Ok(request)
}

fn object(parameters: &mut Map<String, Value>, name: &str) -> Result<Option<Value>, Refusal> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value @ Value::Object(_)) => Ok(Some(value)),
        Some(_) => Err(Refusal::bad(format!(
            "The \"{name}\" must be an object or null."
        ))),
    }
}

/// Only JSON is taken: a page of another site can send forms and plain text without asking first.
fn check_content_type(request: &HttpRequest) -> Result<(), Refusal> {
    let headers = request.headers();
    let encoding = headers
        .get(header::CONTENT_ENCODING)
        .map(|value| value.as_bytes());
    if encoding.is_some_and(|name| !name.is_empty() && !name.eq_ignore_ascii_case(b"identity")) {
        return Err(unsupported(
            "Compressed bodies are not taken. Send the JSON as it is.",
        ));
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    if !parts
        .next()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"))
    {
        return Err(unsupported(
            "Send the body as JSON, with Content-Type: application/json.",
        ));
    }
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find_map(|(name, value)| {
            name.trim()
                .eq_ignore_ascii_case("charset")
                .then(|| value.trim().trim_matches('"'))
        });
    match charset {
        Some(charset) if !is_utf8(charset) => Err(unsupported(
            "Encode the body as UTF-8, with charset=utf-8 or none.",
        )),
        _ => Ok(()),
    }
}

fn unsupported(message: &str) -> Refusal {
    Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, BAD_REQUEST, message)
        .header(header::ACCEPT, "application/json")
}
