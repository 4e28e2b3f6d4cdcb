//! CSV files of other companies, which lie beside the project and are no part of it.

use std::path::{Path, PathBuf};

/// Where files are: what a variable of the environment says, or beside the project.
pub fn place(variable: &str, name: &str) -> PathBuf {
    std::env::var_os(variable).map_or_else(
        || {
            let project = Path::new(env!("CARGO_MANIFEST_DIR"));
            project.join("../shared/data").join(name)
        },
        PathBuf::from,
    )
}

/// The rows of a file without its head, or what to do so that it can be read.
pub fn rows(path: &Path, hint: &str) -> Result<Vec<csv::StringRecord>, String> {
    let failed = |error: csv::Error| format!("{} cannot be read: {error}. {hint}", path.display());
    csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(failed)?
        .into_records()
        .collect::<Result<_, _>>()
        .map_err(failed)
}

/// A cell.
pub fn text(row: &csv::StringRecord, column: usize) -> Result<String, String> {
    row.get(column)
        .map(str::to_owned)
        .ok_or_else(|| format!("{row:?} has no column {column}"))
}

/// A cell that holds a number.
pub fn number<T: std::str::FromStr>(row: &csv::StringRecord, column: usize) -> Result<T, String> {
    text(row, column)?
        .parse()
        .map_err(|_| format!("column {column} of {row:?} is no number"))
}
