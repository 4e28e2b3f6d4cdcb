//! The tables that the company is made of: a record a line, its fields between bars.

/// The records of a table, each with as many fields as it must have.
///
/// # Panics
/// When a line has another number of fields; the tables are part of the program.
pub fn records<const FIELDS: usize>(
    text: &'static str,
) -> impl Iterator<Item = [&'static str; FIELDS]> {
    let lines = text.lines().map(str::trim);
    let said = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    said.map(|line| {
        let fields: Vec<&str> = line.split('|').map(str::trim).collect();
        <[&str; FIELDS]>::try_from(fields).expect("a line of a table has all its fields")
    })
}
