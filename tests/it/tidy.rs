//! The house is tidy: who imports whom, what each kind of file may know, and how long things are.
//! `ARCHITECTURE.md` says why. All that is wrong is told at once.

mod imports;
mod shape;
mod sources;

use std::fs::read_to_string;
use std::path::Path;

use sources::{Source, sources};

#[test]
fn everybody_imports_only_what_is_below_and_files_and_functions_are_short() {
    let sources = sources();
    assert!(sources.len() > 100, "the sources are not where they were");
    let complaints: Vec<String> = sources.iter().flat_map(complaints).collect();
    assert!(
        complaints.is_empty(),
        "{} places are untidy:\n{}",
        complaints.len(),
        complaints.join("\n")
    );
}

fn complaints(source: &Source) -> Vec<String> {
    let mut complaints = imports::upwards(source);
    complaints.extend(imports::forbidden(source));
    complaints.extend(shape::complaints(source));
    complaints
}

/// A checker that used the code it checks would share its mistakes.
#[test]
fn the_program_that_stresses_the_server_knows_none_of_its_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/stress");
    let (mut folders, mut seen) = (vec![folder], 0);
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("it is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = read_to_string(&path).expect("it is text");
            for name in ["stockroom::", "entity::", "migration::"] {
                assert!(!text.contains(name), "{} knows {name}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 10, "only {seen} files");
}

/// A rule that finds nothing anywhere would pass the tests above.
#[test]
fn the_rules_find_what_is_wrong() {
    let wrong =
        |path: &str, text: &str| complaints(&Source::new(path.to_owned(), text.to_owned())).len();
    assert_eq!(wrong("src/stock/level/rules.rs", "//! Fine.\n"), 0);
    for (path, text) in WRONG {
        assert_eq!(wrong(path, text), 1, "{path}: {text}");
    }
    let path = "src/stock/level/rules.rs";
    let long_function = format!("//! Doc.\nfn a() {{{}}}\n", "\n".repeat(60));
    let wide = format!("//! {}\n", "x".repeat(100));
    let long_file = format!("//! Doc.\n{}", "\n".repeat(500));
    for text in [long_function, wide, long_file] {
        assert_eq!(wrong(path, &text), 1, "{text}");
    }
}

/// Files with one thing wrong each.
const WRONG: &[(&str, &str)] = &[
    (
        "src/stock/level/ops.rs",
        "//! Up.\nuse crate::sales::order::store;\n",
    ),
    (
        "src/stock/level/ops.rs",
        "//! Up.\nfn a() { crate::server::run() }\n",
    ),
    (
        "src/stock/level/ops.rs",
        "//! Up.\nuse crate::{sales::order};\n",
    ),
    (
        "src/stock/level/ops.rs",
        "//! A face.\nuse super::graphql::StockLevel;\n",
    ),
    (
        "src/party/customer/store.rs",
        "//! Sibling.\nuse crate::catalog::product::store;\n",
    ),
    (
        "src/platform/page.rs",
        "//! Up.\nmacro_rules! a { () => { $crate::graphql::app() } }\n",
    ),
    (
        "src/sales/order/graphql.rs",
        "//! Up.\nuse crate::server::errors;\n",
    ),
    (
        "src/sales/order/graphql.rs",
        "//! SQL.\nuse sea_orm::EntityTrait;\n",
    ),
    (
        "src/sales/order/ops.rs",
        "//! SQL.\nuse sea_orm::EntityTrait;\n",
    ),
    (
        "src/sales/order/ops.rs",
        "//! API.\nuse async_graphql::ID;\n",
    ),
    (
        "src/sales/order/store.rs",
        "//! API.\nuse async_graphql::ID;\n",
    ),
    (
        "src/sales/order/rules.rs",
        "//! Time.\nfn a() { Utc::now(); }\n",
    ),
    ("src/sales/order/rules.rs", "//! Async.\nasync fn a() {}\n"),
    ("src/stock/ledger/book.rs", "//! Wait.\nuse tokio::time;\n"),
    (
        "src/sales/order/rules.rs",
        "//! Reads.\nuse super::store;\n",
    ),
    (
        "src/sales/order/store.rs",
        "//! Opens.\nfn a() { db.begin(); }\n",
    ),
    ("entity/src/lib.rs", "//! Up.\nuse stockroom::platform;\n"),
    ("src/stock/utils.rs", "//! Named for nothing.\n"),
    ("src/stock/level/rules.rs", "fn undocumented() {}\n"),
];
