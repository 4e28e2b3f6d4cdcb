//! Every Rust file of the workspace, parsed.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

/// One file.
pub struct Source {
    /// From the top of the project, with slashes.
    pub path: String,
    pub text: String,
    pub syntax: syn::File,
    /// All of it, macros too, flat. A group is its delimiters around its tokens.
    pub tokens: Vec<String>,
}

impl Source {
    pub fn new(path: String, text: String) -> Self {
        let stream: TokenStream = text
            .parse()
            .unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let syntax =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{path} is not Rust: {error}"));
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        Self {
            path,
            text,
            syntax,
            tokens,
        }
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().expect("a path has a name")
    }

    /// The path of its module in the root crate, when it is in that.
    pub fn module(&self) -> Option<Vec<&str>> {
        let inside = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        let mut module: Vec<&str> = inside.split('/').collect();
        if matches!(module.last(), Some(&"mod" | &"lib")) {
            module.pop();
        }
        Some(module)
    }
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    for token in stream {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ("(", ")"),
                    proc_macro2::Delimiter::Brace => ("{", "}"),
                    proc_macro2::Delimiter::Bracket => ("[", "]"),
                    proc_macro2::Delimiter::None => ("", ""),
                };
                tokens.push(open.to_owned());
                flatten(group.stream(), tokens);
                tokens.push(close.to_owned());
            }
            other => tokens.push(other.to_string()),
        }
    }
}

/// Every Rust file, in order.
pub fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    for folder in ["src", "entity/src", "migration/src", "tests"] {
        collect(root, folder, &mut paths);
    }
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(root.join(&path))
                .unwrap_or_else(|error| panic!("{path} cannot be read: {error}"));
            Source::new(path, text)
        })
        .collect()
}

fn collect(root: &Path, folder: &str, paths: &mut Vec<String>) {
    let entries = std::fs::read_dir(root.join(folder))
        .unwrap_or_else(|error| panic!("{folder} cannot be listed: {error}"));
    for entry in entries {
        let entry = entry.expect("a folder can be listed to its end");
        let name = entry.file_name();
        let path = format!("{folder}/{}", name.to_str().expect("names are UTF-8"));
        if entry.path().is_dir() {
            collect(root, &path, paths);
        } else if path.ends_with(".rs") {
            paths.push(path);
        }
    }
}
