//! Every link leads to a file and a heading that exist, and every page is in the index.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::page;

/// What is read besides the pages of `docs/`.
const BESIDE: &[&str] = &["README.md", "README.zh-CN.md"];

/// The targets of links in a line: what stands between `](` and `)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|(target, _)| target))
}

/// The path from the top of the project that a link on a page leads to.
fn resolve(page: &str, target: &str) -> PathBuf {
    let folder = Path::new(page).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::CurDir => {}
            other => path.push(other),
        }
    }
    path
}

/// The anchors of a page: its headings in small letters, with hyphens for spaces.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = page::prose(text)
        .into_iter()
        .filter(|(_, line)| line.starts_with('#'));
    headings
        .map(|(_, line)| {
            let heading = line.trim_start_matches('#').trim().to_lowercase();
            heading
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c })
                .collect()
        })
        .collect()
}

/// What is wrong with a link.
fn complaint(page: &str, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = if file.is_empty() {
        PathBuf::from(page)
    } else {
        resolve(page, file)
    };
    if !page::root().join(&path).exists() {
        return Some(format!("{} does not exist", path.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let text = page::read(path.to_str().expect("names are UTF-8"));
    let has_anchor = anchors(&text).contains(anchor);
    (!has_anchor).then(|| format!("{} has no heading {anchor}", path.display()))
}

#[test]
fn every_link_leads_to_something_that_exists() {
    let mut pages = page::paths();
    pages.extend(BESIDE.iter().map(|path| (*path).to_owned()));
    let mut complaints = Vec::new();
    let mut count = 0;
    for path in &pages {
        let text = page::read(path);
        for (line, prose) in page::prose(&text) {
            for target in targets(prose) {
                count += 1;
                let complaint = complaint(path, target);
                complaints.extend(complaint.map(|what| format!("{path}:{line}: {what}")));
            }
        }
    }
    assert!(count > 50, "only {count} links were found");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_noticed() {
    let page = "docs/jobs/buying.md";
    for right in [
        "receiving.md",
        "../errors.md#user-errors",
        "https://example.com",
    ] {
        assert_eq!(complaint(page, right), None, "{right}");
    }
    for wrong in [
        "errors.md",
        "../errors.md#no-such-heading",
        "#no-such-heading",
    ] {
        assert!(complaint(page, wrong).is_some(), "{wrong}");
    }
}

#[test]
fn every_page_is_in_the_index() {
    let index = "docs/README.md";
    let text = page::read(index);
    let linked: BTreeSet<PathBuf> = page::prose(&text)
        .into_iter()
        .flat_map(|(_, line)| targets(line))
        .map(|target| resolve(index, target))
        .collect();
    let missing: Vec<String> = page::paths()
        .into_iter()
        .filter(|path| path != index && !linked.contains(Path::new(path)))
        .collect();
    assert!(missing.is_empty(), "not in {index}: {missing:?}");
}
