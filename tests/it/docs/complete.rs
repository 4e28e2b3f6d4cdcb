//! Every code, scope, role and setting is explained.

use serde_json::Value;
use stockroom::config::Config;
use stockroom::platform::actor::Scope;
use stockroom::platform::rejection::OpError;
use stockroom::server::errors;

use super::page;

/// Those of these words that a page does not have as code.
fn missing(path: &str, words: impl IntoIterator<Item = String>) -> Vec<String> {
    let text = page::read(path);
    let is_missing = |word: &String| !text.contains(&format!("`{word}`"));
    words.into_iter().filter(is_missing).collect()
}

/// The values of an enum of the schema.
fn values(name: &str) -> Vec<String> {
    let schema = stockroom::schema::sdl();
    let begin = format!("enum {name} {{\n");
    let (_, rest) = schema
        .split_once(&begin)
        .unwrap_or_else(|| panic!("the schema has {name}"));
    let (inside, _) = rest.split_once("\n}").expect("an enum has an end");
    let is_value = |line: &&str| {
        let is_of_names = |c: char| c.is_ascii_uppercase() || c == '_';
        !line.is_empty() && line.chars().all(is_of_names)
    };
    let lines = inside.lines().map(str::trim);
    lines.filter(is_value).map(str::to_owned).collect()
}

#[test]
fn every_code_of_a_user_error_is_explained() {
    let codes = values("ErrorCode");
    assert!(codes.len() > 5, "{codes:?}");
    assert_eq!(missing("docs/errors.md", codes), [""; 0]);
}

#[test]
fn every_code_of_a_graphql_error_is_explained() {
    let mut codes = vec![
        errors::PARSE_FAILED,
        errors::VALIDATION_FAILED,
        errors::BAD_REQUEST,
        errors::UNAUTHENTICATED,
        errors::LIMIT_EXCEEDED,
        errors::INTERNAL,
        errors::UNAVAILABLE,
        "BAD_USER_INPUT",
    ];
    let of_operations = [
        OpError::Unauthenticated,
        OpError::Forbidden(""),
        OpError::PasswordChangeRequired,
        OpError::Busy,
        OpError::OutcomeUnknown,
        OpError::Internal(String::new()),
    ];
    codes.extend(of_operations.iter().map(OpError::code));
    let codes = codes.into_iter().map(str::to_owned);
    assert_eq!(missing("docs/errors.md", codes), [""; 0]);
}

/// The codes with which a source file closes a WebSocket.
fn close_codes(source: &str) -> Vec<String> {
    let calls = source.to_lowercase();
    let arguments = calls.split("close(").skip(1);
    arguments
        .map(|rest| {
            let rest = rest.trim_start();
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
            rest[..digits].to_owned()
        })
        .filter(|code| code.len() == 4)
        .collect()
}

#[test]
fn every_code_of_a_closed_websocket_is_explained() {
    let mut codes: Vec<String> = ["ws_end", "ws_session", "ws_state"]
        .iter()
        .flat_map(|name| close_codes(&page::read(&format!("src/server/{name}.rs"))))
        .collect();
    assert!(codes.len() > 10, "{codes:?}");
    let text = page::read("docs/errors.md");
    codes.retain(|code| !text.contains(&format!("| {code} |")));
    assert_eq!(codes, [""; 0]);
}

#[test]
fn every_scope_and_role_is_explained() {
    let scopes = Scope::ALL.iter().map(|scope| scope.as_str().to_owned());
    let words = scopes.chain(values("Role"));
    assert_eq!(missing("docs/jobs/tokens.md", words), [""; 0]);
}

#[test]
fn every_setting_is_explained() {
    let settings = serde_json::to_value(Config::default()).expect("settings are written as JSON");
    let sections = settings.as_object().expect("settings have sections");
    let text = page::read("docs/start.md") + &page::read("docs/limits.md");
    let mut unexplained = Vec::new();
    for (section, inside) in sections {
        let names = inside.as_object().into_iter().flat_map(|one| one.keys());
        for name in names.filter(|name| !text.contains(name.as_str())) {
            unexplained.push(format!("{section}.{name}"));
        }
    }
    assert_eq!(unexplained, [""; 0]);
}

#[test]
fn the_limits_that_are_told_are_those_that_hold() {
    let settings = serde_json::to_value(Config::default()).expect("settings are written as JSON");
    let transport = settings["transport"].as_object().expect("a section");
    let text = page::read("docs/limits.md");
    let mut wrong = Vec::new();
    for (name, value) in transport {
        let row = text
            .lines()
            .filter(|line| line.starts_with('|'))
            .find(|line| line.contains(&format!("`transport.{name}`")));
        let told = row
            .and_then(|row| row.split('|').nth(2))
            .unwrap_or_default();
        if !is_told(name, value, told) {
            wrong.push(format!("{name} is {value}, not {told}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// Whether a cell of the table tells this number, in the unit of the setting's name.
fn is_told(name: &str, value: &Value, told: &str) -> bool {
    let number = value.as_u64().expect("limits are whole numbers");
    let digits: String = told
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .filter(char::is_ascii_digit)
        .collect();
    let factor = if told.contains("MiB") {
        1024 * 1024
    } else if told.contains("KiB") {
        1024
    } else if name.ends_with("_ms") && told.contains(" s") {
        1_000
    } else {
        1
    };
    digits
        .parse::<u64>()
        .is_ok_and(|told| told * factor == number)
}
