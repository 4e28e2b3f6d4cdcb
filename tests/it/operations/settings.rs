//! The configuration: documented in full, and shown without its secrets.

use std::collections::BTreeSet;

use serde_json::Value;
use stockroom::config::{self, Config};
use tokio::task::spawn_blocking;

use crate::support::process::stockroom;

const DOCUMENTED: &str = include_str!("../../../config/default.toml");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/config/default.toml");

/// Every setting as `section.name`, also those that are not given.
fn settings() -> BTreeSet<String> {
    let all = serde_json::to_value(Config::default()).expect("a configuration is an object");
    let sections = all.as_object().expect("an object");
    let names = sections.iter().flat_map(|(section, settings)| {
        let settings = settings.as_object().expect("a section");
        settings.keys().map(move |name| format!("{section}.{name}"))
    });
    names.collect()
}

#[test]
fn every_setting_is_documented_with_its_default() {
    let mut section = "";
    let mut documented = BTreeSet::new();
    let mut explained = false;
    for line in DOCUMENTED.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            continue;
        }
        let bare = line.trim_start_matches("# ");
        let name = bare.split(" = ").next().filter(|_| bare.contains(" = "));
        let is_setting = |name: &&str| {
            name.bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
        };
        if let Some(name) = name.filter(is_setting) {
            documented.insert(format!("{section}.{name}"));
            assert!(explained, "{section}.{name} is not explained");
        }
        explained = line.starts_with('#') || (explained && !line.is_empty());
    }
    assert_eq!(documented, settings());
    let read = config::load(Some(FILE), &Vec::new()).expect("it can be used");
    let written = |config: &Config| serde_json::to_value(config).expect("an object");
    assert_eq!(written(&read), written(&Config::default()));
}

/// Runs `stockroom config` with these settings in the environment.
async fn shown(environment: &[(&'static str, &'static str)], arguments: &[&str]) -> (bool, String) {
    let mut command = stockroom("postgres://anna:swordfish@db.example/shop");
    command
        .arg("config")
        .args(arguments)
        .envs(environment.iter().copied());
    let output = spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("stockroom can be run");
    let (out, err) = (output.stdout, output.stderr);
    let said = [out, err].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    (output.status.success(), said.concat())
}

#[tokio::test]
async fn the_effective_configuration_is_printed_without_secrets() {
    let key = "a key that nobody may see, of many bytes";
    let environment = [
        ("STOCKROOM_ACCESS__SIGNING_KEY", key),
        ("STOCKROOM_ADMIN__PASSWORD", "opensesame"),
        ("STOCKROOM_SERVER__PORT", "8123"),
    ];
    let (is_well, toml) = shown(&environment, &[]).await;
    assert!(is_well, "{toml}");
    assert!(toml.contains("port = 8123"), "{toml}");
    assert!(
        toml.contains("postgres://anna:(not shown)@db.example/shop"),
        "{toml}"
    );
    let (_, json) = shown(&environment, &["--json"]).await;
    let told: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(told["server"]["port"], 8123);
    assert_eq!(told["admin"]["password"], "(not shown)");
    for said in [toml, json] {
        for secret in ["swordfish", "opensesame", key] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}

#[tokio::test]
async fn a_setting_that_cannot_be_used_stops_the_start_with_its_name() {
    for (name, value, told) in [
        ("STOCKROOM_SERVER__PORTS", "1", "ports"),
        ("STOCKROOM_SERVER__PORT", "many", "port"),
        ("STOCKROOM_LOG__LEVEL", "loud=loud", "log.level"),
        ("STOCKROOM_LOG__FORMAT", "xml", "format"),
    ] {
        let (is_well, said) = shown(&[(name, value)], &[]).await;
        let is_named = said.to_lowercase().contains(told);
        assert!(!is_well && is_named, "{name}: {said}");
        assert_eq!(said.lines().count(), 1, "one line: {said}");
    }
}
