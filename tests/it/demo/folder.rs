//! The demo touches no database but its own.

use std::fs;
use std::path::Path;

use stockroom::platform::db::Db;
use stockroom::server::migrate;
use tempfile::tempdir;

use super::refused;
use crate::support::database;

const REFUSAL: &str = "was not made by the demo";

/// With and without `--fresh`, with a foreign token beside it and without.
async fn is_refused_and_untouched(folder: &Path) {
    let database = folder.join("demo.db");
    let before = fs::read(&database).expect("it is there");
    for token in [None, Some("not a token of this database")] {
        if let Some(token) = token {
            fs::write(folder.join("demo-token.txt"), token).expect("it can be written");
        }
        for more in [&[][..], &["--fresh"]] {
            let said = refused(folder, more).await;
            assert!(said.contains(REFUSAL), "{said}");
            assert!(said.contains("--folder"), "{said}");
            assert_eq!(fs::read(&database).expect("it is there"), before);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_under_the_name_of_the_demo_is_refused_and_untouched() {
    let folder = tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("demo.db").display());
    let db = Db::connect(&database::settings(&url))
        .await
        .expect("it opens");
    migrate(&db).await.expect("the tables are made");
    db.close().await;
    is_refused_and_untouched(folder.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_refused_and_untouched() {
    let folder = tempdir().expect("a folder");
    fs::write(folder.path().join("demo.db"), "Minutes of the meeting").expect("it is written");
    is_refused_and_untouched(folder.path()).await;
}
