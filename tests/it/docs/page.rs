//! The pages of the documentation, and what they tell their reader to do.

use std::path::{Path, PathBuf};

use chrono::{Datelike, Utc};
use serde_json::{Value, json};

/// The page that all others begin behind.
pub const SETTING_UP: &str = "docs/jobs/setting-up.md";

/// An operation and its variables.
pub struct Operation {
    pub query: String,
    pub variables: Value,
}

/// What a block of a page is for.
pub enum Step {
    /// It must be answered without errors.
    Run(Operation),
    /// It must be refused.
    Refused(Operation),
    /// It is subscribed to.
    Subscribe(Operation),
    /// What came back from the operation before, or a part of it.
    Answer(Value),
}

/// Where the project is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the project.
pub fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"))
}

/// Every page, from the top of the project, in order.
pub fn paths() -> Vec<String> {
    let mut paths = Vec::new();
    collect(&root().join("docs"), &mut paths);
    let mut paths: Vec<String> = paths
        .iter()
        .map(|path| {
            let path = path.strip_prefix(root()).expect("it lies in the project");
            path.to_str().expect("names are UTF-8").to_owned()
        })
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "there is documentation");
    paths
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{} cannot be listed: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a folder can be listed to its end").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|of| of == "md") {
            paths.push(path);
        }
    }
}

/// A block of code.
struct Block {
    /// What stands behind the opening backticks.
    info: String,
    text: String,
    line: usize,
    /// Whether nothing but blank lines is between it and the block before.
    follows: bool,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut follows = false;
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else {
            follows = follows && line.trim().is_empty();
            continue;
        };
        let inside: Vec<&str> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| line.trim() != "```")
            .collect();
        blocks.push(Block {
            info: info.trim().to_owned(),
            text: inside.join("\n"),
            line: number + 1,
            follows,
        });
        follows = true;
    }
    blocks
}

/// What a page tells to do, each with its place. Its document numbers are those of this year.
pub fn steps(path: &str) -> Vec<(String, Step)> {
    let text = read(path).replace("-2026-", &format!("-{}-", Utc::now().year()));
    let blocks = blocks(&text);
    let mut steps = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let place = format!("{path}:{}", block.line);
        let operation = || Operation {
            query: block.text.clone(),
            variables: match blocks.get(index + 1) {
                Some(next) if next.info == "json" && next.follows => parse(path, next),
                _ => json!({}),
            },
        };
        let step = match block.info.as_str() {
            "graphql" => Step::Run(operation()),
            "graphql refused" => Step::Refused(operation()),
            "graphql subscription" => Step::Subscribe(operation()),
            "json answer" => Step::Answer(parse(path, block)),
            "graphql sketch" => continue,
            other if other.starts_with("graphql") => panic!("{place}: there is no {other:?}"),
            _ => continue,
        };
        steps.push((place, step));
    }
    steps
}

fn parse(path: &str, block: &Block) -> Value {
    serde_json::from_str(&block.text)
        .unwrap_or_else(|error| panic!("{path}:{}: no JSON: {error}", block.line))
}

/// The lines of a page that are in no block of code, with their numbers.
pub fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut is_code = false;
    let mut prose = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            prose.push((number + 1, line));
        }
    }
    prose
}
