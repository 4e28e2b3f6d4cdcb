//! Who may import whom, and which libraries each kind of file may know.

use syn::UseTree;
use syn::visit::{self, Visit};

use super::sources::Source;

/// The modules from the bottom up; those in one step do not import each other.
const STEPS: &[&[&str]] = &[
    &["platform"],
    &["graphql"],
    &["identity"],
    &["party", "catalog"],
    &["accounts"],
    &["stock"],
    &["purchasing", "sales"],
    &["planning", "reports"],
    &["check"],
    FACES,
    &["server", "config", "telemetry"],
    &["demo", "cli"],
    &["main"],
];

/// The types of the API refer to each other in circles, so all that makes them is one layer above
/// all rules, stores and operations; within it everybody may import everybody.
const FACES: &[&str] = &["schema", "live"];
/// Files of a module that belong to the layer of the faces.
const FACE_FILES: &[&str] = &["graphql", "inputs"];

/// What is one: the server and its configuration, which says what can be set and sets it; the
/// command line and the demo, one of its commands.
const ONE: &[&[&str]] = &[&["server", "config", "telemetry"], &["demo", "cli"]];

/// Files that speak to the database.
const SPEAKS_SQL: &[&str] = &["store.rs", "load.rs", "record.rs"];
/// Files that only decide, besides every `rules.rs`.
const PURE: &[&str] = &[
    "src/accounts/open_item/terms.rs",
    "src/purchasing/order/transitions.rs",
    "src/purchasing/receipt/arrival.rs",
    "src/purchasing/receipt/reversal.rs",
    "src/stock/reversal.rs",
    "src/accounts/open_item/openness.rs",
    "src/demo/demand.rs",
    "src/demo/plan/buying.rs",
    "src/demo/plan/selling.rs",
    "src/demo/plan/walk.rs",
    "src/demo/season.rs",
    "src/identity/role.rs",
    "src/sales/customer_return/claim.rs",
    "src/sales/order/fewest.rs",
    "src/sales/order/places.rs",
    "src/sales/order/pricing.rs",
    "src/sales/order/sourcing.rs",
    "src/sales/quotation/difference.rs",
    "src/sales/quotation/edit.rs",
    "src/sales/quotation/reprice.rs",
    "src/stock/ledger/alerts.rs",
    "src/stock/ledger/book.rs",
    "src/stock/ledger/days.rs",
    "src/stock/ledger/layers.rs",
    "src/stock/ledger/posting.rs",
    "src/stock/ledger/promise.rs",
    "src/stock/ledger/queue.rs",
    "src/stock/ledger/valuation.rs",
];
/// What a file that only decides does not know.
const IMPURE: &[&str] = &[
    "actix_http",
    "actix_web",
    "actix_ws",
    "async",
    "async_graphql",
    "sea_orm",
    "sqlx",
    "std::env",
    "std::fs",
    "std::net",
    "tokio",
];

/// Imports of modules that are not below.
pub fn upwards(source: &Source) -> Vec<String> {
    let paths = paths(source);
    let Some(module) = source.module() else {
        // The rows and the migrations know nothing of the rest.
        let forbidden: &[&str] = match source.path.split('/').next() {
            Some("entity") => &["stockroom", "migration"],
            Some("migration") => &["stockroom"],
            _ => &[],
        };
        return complain(source, &paths, |path| {
            forbidden
                .contains(&path[0].as_str())
                .then_some("is above it")
        });
    };
    let Some(&top) = module.first() else {
        // The crate's root only names the modules.
        return Vec::new();
    };
    let own: Vec<String> = module.iter().map(|part| (*part).to_owned()).collect();
    let Some(own_step) = step(&own) else {
        return vec![format!("{}: {top} has no place in the order", source.path)];
    };
    complain(source, &paths, |path| {
        if path[0] != "crate" {
            return None;
        }
        let target = &path[1..];
        let Some(target_step) = step(target) else {
            return Some("has no place in the order");
        };
        let are_one = |one: &&[&str]| one.contains(&top) && one.contains(&target[0].as_str());
        let is_same = target[0] == top || ONE.iter().any(are_one);
        let is_face = STEPS[target_step] == FACES;
        if target_step > own_step {
            Some("is above it")
        } else if target_step == own_step && !is_same && !is_face {
            Some("stands beside it")
        } else {
            None
        }
    })
}

/// The step a module stands on: its folder's, or that of the faces.
fn step(module: &[String]) -> Option<usize> {
    let top = module.first()?.as_str();
    let of = |name: &str| STEPS.iter().position(|step| step.contains(&name));
    let is_face = module
        .iter()
        .skip(1)
        .any(|part| FACE_FILES.contains(&part.as_str()));
    if is_face && top != "graphql" {
        return of("schema");
    }
    of(top)
}

/// Libraries and neighbours that this kind of file must not know.
pub fn forbidden(source: &Source) -> Vec<String> {
    let mut complaints = opens_transactions(source);
    let Some(module) = source.module() else {
        return complaints;
    };
    let paths = paths(source);
    let starts = |path: &[String], with: &str| path.join("::").split("::").next() == Some(with);
    let is_noun = module.first().is_some_and(|top| {
        let nouns = &STEPS[2..9];
        nouns.iter().any(|step| step.contains(top))
    });
    if source.name() == "rules.rs" || PURE.contains(&source.path.as_str()) {
        complaints.extend(complain_of_impure(source, &paths));
    } else if source.name() == "graphql.rs" || source.name() == "inputs.rs" {
        complaints.extend(complain(source, &paths, |path| {
            starts(path, "sea_orm").then_some("is not for faces")
        }));
    } else if is_noun && SPEAKS_SQL.contains(&source.name()) {
        complaints.extend(complain(source, &paths, |path| {
            let is_loader = path.get(1).is_some_and(|part| part == "dataloader");
            (starts(path, "async_graphql") && !is_loader).then_some("is not for stores")
        }));
    } else if is_noun {
        complaints.extend(complain(source, &paths, |path| {
            let is_library = starts(path, "sea_orm") || starts(path, "async_graphql");
            let is_kit = path.len() > 1 && path[0] == "crate" && path[1] == "graphql";
            (is_library || is_kit).then_some("is not for operations")
        }));
    }
    complaints
}

fn complain_of_impure(source: &Source, paths: &[Vec<String>]) -> Vec<String> {
    let neighbours = ["store", "ops", "load", "record", "db", "clock", "graphql"];
    let mut complaints = complain(source, paths, |path| {
        let whole = path.join("::");
        let is_impure = IMPURE
            .iter()
            .any(|name| whole == *name || whole.starts_with(&format!("{name}::")));
        // The plain types that commands and reads are made of may be known: `ops::Create`.
        let after = path
            .iter()
            .skip_while(|part| !neighbours.contains(&part.as_str()))
            .nth(1);
        let is_type = after.is_some_and(|part| part.starts_with(char::is_uppercase));
        let is_reading = path[0] == "crate"
            && path.iter().any(|part| neighbours.contains(&part.as_str()))
            && !is_type;
        (is_impure || is_reading).then_some("is not for what only decides")
    });
    for pair in source.tokens.windows(2) {
        if pair[0] == "now" && pair[1] == "(" {
            complaints.push(format!(
                "{}: what only decides is given the time",
                source.path
            ));
        }
        if pair[0] == "async" {
            complaints.push(format!("{}: what only decides does not wait", source.path));
        }
    }
    complaints
}

fn opens_transactions(source: &Source) -> Vec<String> {
    if source.path.starts_with("src/platform/db/") || !source.path.starts_with("src/") {
        return Vec::new();
    }
    let opening = ["begin", "begin_with_options", "transaction"];
    let calls = source
        .tokens
        .windows(3)
        .filter(|three| three[0] == "." && opening.contains(&three[1].as_str()) && three[2] == "(");
    calls
        .map(|three| format!("{}: .{}() is only for platform::db", source.path, three[1]))
        .collect()
}

fn complain(
    source: &Source,
    paths: &[Vec<String>],
    rule: impl Fn(&[String]) -> Option<&'static str>,
) -> Vec<String> {
    let complaints = paths.iter().filter_map(|path| {
        let why = rule(path)?;
        Some(format!("{}: {} {why}", source.path, path.join("::")))
    });
    complaints.collect()
}

/// What the rules are about; other paths do not matter.
const KNOWN: &[&str] = &[
    "actix_http",
    "actix_web",
    "actix_ws",
    "async_graphql",
    "crate",
    "migration",
    "sea_orm",
    "sqlx",
    "std",
    "stockroom",
    "tokio",
];

/// Every path that the file names: what it imports, and what it calls by a longer name. Those of
/// the crate begin with `crate`.
fn paths(source: &Source) -> Vec<Vec<String>> {
    let mut imports = Imports::default();
    imports.visit_file(&source.syntax);
    let mut paths = imports.0;
    paths.extend(chains(&source.tokens));
    let module = source.module().unwrap_or_default();
    for path in &mut paths {
        absolute(path, &module);
    }
    paths.retain(|path| path.len() > 1 && KNOWN.contains(&path[0].as_str()));
    paths.sort();
    paths.dedup();
    // An import and its use are one; so are two things of one module.
    let all = paths.clone();
    paths.retain(|path| !all.iter().any(|longer| is_part(path, longer)));
    paths
}

fn is_part(path: &[String], longer: &[String]) -> bool {
    longer.len() > path.len() && longer.starts_with(path)
}

/// Turns `super::` and `self::` into `crate::`.
fn absolute(path: &mut Vec<String>, module: &[&str]) {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let selfs = path.iter().take_while(|part| *part == "self").count();
    if ups == 0 && selfs == 0 {
        return;
    }
    let rest = path.split_off(ups.max(selfs));
    let base = module.len().saturating_sub(ups);
    *path = std::iter::once("crate")
        .chain(module[..base].iter().copied())
        .map(str::to_owned)
        .chain(rest)
        .collect();
}

#[derive(Default)]
struct Imports(Vec<Vec<String>>);

impl Imports {
    fn add(&mut self, before: &[String], tree: &UseTree) {
        let with = |part: String| {
            let mut path = before.to_vec();
            path.push(part);
            path
        };
        match tree {
            UseTree::Path(path) => self.add(&with(path.ident.to_string()), &path.tree),
            UseTree::Name(name) if name.ident == "self" => self.0.push(before.to_vec()),
            UseTree::Name(name) => self.0.push(with(name.ident.to_string())),
            UseTree::Rename(rename) => self.0.push(with(rename.ident.to_string())),
            UseTree::Glob(_) => self.0.push(with("*".to_owned())),
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.add(before, tree);
                }
            }
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.add(&[], &item.tree);
        visit::visit_item_use(self, item);
    }
}

/// The chains `a::b::c` among tokens.
fn chains(tokens: &[String]) -> Vec<Vec<String>> {
    let is_name = |token: &String| {
        token
            .chars()
            .next()
            .is_some_and(|first| first.is_alphabetic() || first == '_')
    };
    let mut chains = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let mut chain = Vec::new();
        while at < tokens.len() && is_name(&tokens[at]) {
            chain.push(tokens[at].clone());
            let is_joined = tokens.get(at + 1).is_some_and(|token| token == ":")
                && tokens.get(at + 2).is_some_and(|token| token == ":")
                && tokens.get(at + 3).is_some_and(is_name);
            at += 1;
            if !is_joined {
                break;
            }
            at += 2;
        }
        if chain.is_empty() {
            at += 1;
        } else if chain.len() > 1 {
            chains.push(chain);
        }
    }
    chains
}
