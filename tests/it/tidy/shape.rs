//! How long files, functions and lines are, and that files say what they are.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::sources::Source;

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 60;
const LINE_COLUMNS: usize = 100;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "util", "utils"];

pub fn complaints(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut complaints = Vec::new();
    if !source.text.starts_with("//! ") {
        complaints.push(format!("{path}: begin with `//!` and what it is"));
    }
    let lines = source.text.lines().count();
    if lines > FILE_LINES {
        complaints.push(format!("{path}: {lines} lines; split it by noun"));
    }
    for (number, line) in source.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > LINE_COLUMNS {
            complaints.push(format!("{path}:{}: {columns} columns", number + 1));
        }
    }
    let stems = path.split('/').map(|part| part.trim_end_matches(".rs"));
    for stem in stems.filter(|stem| EMPTY_NAMES.contains(stem)) {
        complaints.push(format!(
            "{path}: {stem} says nothing; name it for what it does"
        ));
    }
    let mut functions = Functions {
        path,
        complaints: Vec::new(),
    };
    functions.visit_file(&source.syntax);
    complaints.extend(functions.complaints);
    complaints
}

struct Functions<'s> {
    path: &'s str,
    complaints: Vec<String>,
}

impl Functions<'_> {
    fn measure(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.span().start().line;
        let lines = block.span().end().line - first + 1;
        if lines > FUNCTION_LINES {
            let name = &signature.ident;
            self.complaints.push(format!(
                "{}:{first}: fn {name} has {lines} lines",
                self.path
            ));
        }
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(block) = &function.default {
            self.measure(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if EMPTY_NAMES.contains(&module.ident.to_string().as_str()) {
            let (path, name) = (self.path, &module.ident);
            self.complaints
                .push(format!("{path}: mod {name} says nothing"));
        }
        visit::visit_item_mod(self, module);
    }

    /// Tests are written inside macros of ours; what does not parse is another's.
    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        if let Ok(inside) = called.parse_body::<Items>() {
            for item in &inside.0 {
                self.visit_item(item);
            }
        }
    }
}

struct Items(Vec<syn::Item>);

impl syn::parse::Parse for Items {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let mut items = Vec::new();
        while !input.is_empty() {
            items.push(input.parse()?);
        }
        Ok(Self(items))
    }
}
