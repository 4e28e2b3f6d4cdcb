//! Admits a document: measured before it is parsed, parsed once, its operation chosen.

use actix_web::http::StatusCode;
use async_graphql::{
    Request, Value, Variables,
    parser::{
        Error, parse_query,
        types::{
            DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection,
        },
    },
};

use opentelemetry::Context;

use super::{
    bombs::{self, Bomb},
    documents::Documents,
    errors::{PARSE_FAILED, Refusal, VALIDATION_FAILED},
    limits::TransportLimits,
};

/// A request whose document may be run.
pub struct Admitted {
    /// The request, with its document parsed.
    pub request: Request,
    /// What the chosen operation is.
    pub kind: OperationType,
    /// Its only root field; `many` when there are several, and `none` when a fragment hides it.
    pub root: String,
    /// The trace that its caller is in.
    pub parent: Context,
}

/// Checks the document of a request against the limits and parses it.
pub fn admit(
    mut request: Request,
    limits: &TransportLimits,
    known: &Documents,
) -> Result<Admitted, Refusal> {
    let document = match known.get(&request.query) {
        Some(document) => document,
        None => {
            let document = parse(&request.query, limits)?;
            known.keep(&request.query, &document);
            document
        }
    };
    let operation = chosen(&document, request.operation_name.as_deref())?;
    check_variables(operation, &request.variables)?;
    let (kind, root) = (operation.ty, root(operation));
    request.set_parsed_query(document);
    Ok(Admitted {
        request,
        kind,
        root,
        parent: Context::new(),
    })
}

fn parse(text: &str, limits: &TransportLimits) -> Result<ExecutableDocument, Refusal> {
    measure(text, limits)?;
    let document = parse_query(text).map_err(|error| unparsed(&error))?;
    bombs::check(&document, limits.expanded_selections).map_err(|bomb| match bomb {
        Bomb::TooLarge => Refusal::limit(format!(
            "With its fragments expanded the document selects more than {} fields. Select fewer, \
             or split it into several requests.",
            limits.expanded_selections
        )),
        Bomb::Cycle(name) => Refusal::new(
            StatusCode::BAD_REQUEST,
            VALIDATION_FAILED,
            format!("The fragment \"{name}\" contains itself. Break the circle."),
        ),
    })?;
    Ok(document)
}

fn root(operation: &OperationDefinition) -> String {
    match operation.selection_set.node.items.as_slice() {
        [only] => match &only.node {
            Selection::Field(field) => field.node.name.node.to_string(),
            _ => "none".to_owned(),
        },
        _ => "many".to_owned(),
    }
}

fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, Refusal> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Ok(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => operations
            .get(name)
            .map(|operation| &operation.node)
            .ok_or_else(|| unknown(name)),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown(name)),
        (DocumentOperations::Multiple(operations), None) => {
            let mut values = operations.values();
            match (values.next(), values.next()) {
                (Some(only), None) => Ok(&only.node),
                _ => Err(Refusal::bad(
                    "The document has several operations. Say in \"operationName\" which to run.",
                )),
            }
        }
    }
}

/// The schema's validation takes an absent variable for null and fails only where it is used, in
/// the middle of the execution.
fn check_variables(operation: &OperationDefinition, given: &Variables) -> Result<(), Refusal> {
    for definition in &operation.variable_definitions {
        let variable = &definition.node;
        let required = !variable.var_type.node.nullable && variable.default_value.is_none();
        let value = given.get(&variable.name.node);
        if required && value.is_none_or(|value| *value == Value::Null) {
            let message = format!(
                "The variable \"${}\" is required: it is of type {}. Give it in \"variables\".",
                variable.name.node, variable.var_type.node
            );
            return Err(
                Refusal::new(StatusCode::BAD_REQUEST, VALIDATION_FAILED, message)
                    .at([definition.pos]),
            );
        }
    }
    Ok(())
}

fn unknown(name: &str) -> Refusal {
    Refusal::bad(format!(
        "The document has no operation named \"{name}\". Correct \"operationName\"."
    ))
}

/// Tells where the document fails and what would fit there; never the source, which may hold
/// secrets and ends up in logs.
fn unparsed(error: &Error) -> Refusal {
    let message = match error {
        Error::RecursionLimitExceeded => {
            return Refusal::limit("The document is nested too deeply. Nest less.");
        }
        Error::Syntax { message, start, .. } => {
            // The last line of the parser's message holds what it expected, the others the source.
            let expected = message.rsplit('\n').next().unwrap_or_default();
            let expected = expected.trim().trim_start_matches('=').trim();
            format!(
                "Syntax error at line {}, column {}: {expected}.",
                start.line, start.column
            )
        }
        other => {
            let mut text = other.to_string();
            text.insert_str(0, "Syntax error: ");
            text.push('.');
            text
        }
    };
    Refusal::new(StatusCode::BAD_REQUEST, PARSE_FAILED, message).at(error.positions())
}

/// Counts tokens and nesting without a parser, which is recursive and would overflow the stack.
fn measure(source: &str, limits: &TransportLimits) -> Result<(), Refusal> {
    if source.len() > limits.document_bytes {
        let most = limits.document_bytes;
        return Err(Refusal::limit(format!(
            "The document is larger than {most} bytes. Pass values as variables, or split it."
        )));
    }
    let mut depth = 0_usize;
    for (count, token) in (Tokens {
        rest: source.as_bytes(),
    })
    .enumerate()
    {
        let (first, length) = token;
        // Unknown names are compared with every known one, which takes time by their length.
        if is_word(first) && length > limits.document_name_bytes {
            let most = limits.document_name_bytes;
            return Err(Refusal::limit(format!(
                "The document has a name or number of more than {most} characters. Shorten it, or \
                 pass the value as a variable."
            )));
        }
        match first {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limits.document_nesting {
            let most = limits.document_nesting;
            return Err(Refusal::limit(format!(
                "The document is nested deeper than {most} levels. Nest less."
            )));
        }
        if count >= limits.document_tokens {
            let most = limits.document_tokens;
            return Err(Refusal::limit(format!(
                "The document has more than {most} tokens. Pass values as variables, or split it."
            )));
        }
    }
    Ok(())
}

/// The lexical tokens of a document, each by its first byte and its length.
struct Tokens<'a> {
    rest: &'a [u8],
}

impl Iterator for Tokens<'_> {
    type Item = (u8, usize);

    fn next(&mut self) -> Option<(u8, usize)> {
        loop {
            let (&first, after) = self.rest.split_first()?;
            let length = match first {
                b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                    self.rest = after;
                    continue;
                }
                b'#' => {
                    let end = |byte: &u8| *byte == b'\n' || *byte == b'\r';
                    let line = self.rest.iter().position(end).unwrap_or(self.rest.len());
                    self.rest = &self.rest[line..];
                    continue;
                }
                b'"' if self.rest.starts_with(b"\"\"\"") => block_string(self.rest),
                b'"' => string(self.rest),
                b'.' if self.rest.starts_with(b"...") => 3,
                _ if is_word(first) => {
                    let end = self.rest.iter().position(|byte| !is_word(*byte));
                    end.unwrap_or(self.rest.len())
                }
                _ => 1,
            };
            self.rest = &self.rest[length.min(self.rest.len())..];
            return Some((first, length));
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+')
}

fn string(source: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = source.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            // A string ends with its line: what follows must be counted, not skipped.
            b'\n' | b'\r' => return at,
            _ => at += 1,
        }
    }
    source.len()
}

fn block_string(source: &[u8]) -> usize {
    let mut at = 3;
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with(b"\\\"\"\"") {
            at += 4;
        } else if rest.starts_with(b"\"\"\"") {
            return at + 3;
        } else {
            at += 1;
        }
    }
    source.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> usize {
        Tokens {
            rest: source.as_bytes(),
        }
        .count()
    }

    #[test]
    fn tokens_are_counted_as_the_grammar_has_them() {
        assert_eq!(tokens("{ a(b: \"}}}\", c: -15) a...F } # {{{\n"), 14);
        assert_eq!(tokens("\"\"\" { \\\"\"\" { \"\"\" x"), 2);
        assert_eq!(tokens("\"unfinished"), 1);
    }

    #[test]
    fn nesting_cannot_hide_behind_an_unfinished_string() {
        let source = format!("\"\n{}", "{".repeat(200));
        assert!(measure(&source, &TransportLimits::default()).is_err());
    }

    #[test]
    fn a_syntax_error_tells_the_place_and_not_the_source() {
        let limits = TransportLimits::default();
        let request = Request::new("{ a(secret: \"hunter2\" }");
        let refused = admit(request, &limits, &Documents::default()).err();
        let message = refused.map(|refusal| refusal.message).unwrap_or_default();
        assert!(
            message.starts_with("Syntax error at line 1, column"),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
    }
}
