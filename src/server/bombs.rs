//! Refuses documents whose fragments expand to more than a limit, without expanding them.
//!
//! Thirty fragments, each spreading the next one twice, are a kilobyte that stands for a billion
//! selections, and validation walks every one. Here each fragment is counted once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Why a document is refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Bomb {
    /// It expands to more selections than the limit.
    TooLarge,
    /// This fragment contains itself.
    Cycle(String),
}

/// What one definition holds, without what its spreads stand for.
struct Body<'a> {
    own: usize,
    spreads: Vec<&'a str>,
}

enum Count {
    Open,
    Closed(usize),
}

/// How much all fragments may hold together, as a multiple of the limit: validation also walks
/// those that no operation uses, each with all that it spreads. In honest documents a selection
/// counts once for each fragment around it, which are a few.
const NESTING_ALLOWANCE: usize = 8;

/// Checks that all operations together stay within the limit, and all fragments within a multiple.
pub fn check(document: &ExecutableDocument, limit: usize) -> Result<(), Bomb> {
    let bodies: HashMap<&str, Body> = document
        .fragments
        .iter()
        .map(|(name, fragment)| (name.as_str(), body(&fragment.node.selection_set.node)))
        .collect();
    let mut counts = HashMap::new();
    for name in bodies.keys() {
        count(name, &bodies, &mut counts)?;
    }
    let mut total = 0_usize;
    for (_, operation) in document.operations.iter() {
        let body = body(&operation.node.selection_set.node);
        total = total.saturating_add(sum(&body, &counts));
    }
    let fragments = counts.values().fold(0_usize, |sum, count| match count {
        Count::Closed(size) => sum.saturating_add(*size),
        Count::Open => sum,
    });
    if total > limit || fragments > limit.saturating_mul(NESTING_ALLOWANCE) {
        Err(Bomb::TooLarge)
    } else {
        Ok(())
    }
}

/// Walks with a list of its own, not by recursion: nesting is the caller's choice.
fn body(root: &SelectionSet) -> Body<'_> {
    let mut body = Body {
        own: 0,
        spreads: Vec::new(),
    };
    let mut open = vec![root];
    while let Some(set) = open.pop() {
        for selection in &set.items {
            body.own += 1;
            match &selection.node {
                Selection::Field(field) => open.push(&field.node.selection_set.node),
                Selection::InlineFragment(inline) => open.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    body.spreads.push(spread.node.fragment_name.node.as_str());
                }
            }
        }
    }
    body
}

/// Counts a fragment after all that it spreads, depth first.
fn count<'a>(
    root: &'a str,
    bodies: &HashMap<&'a str, Body<'a>>,
    counts: &mut HashMap<&'a str, Count>,
) -> Result<(), Bomb> {
    if counts.contains_key(root) {
        return Ok(());
    }
    counts.insert(root, Count::Open);
    let mut path = vec![(root, 0)];
    while let Some((name, next)) = path.pop() {
        let body = &bodies[name];
        let Some(child) = body.spreads.get(next).copied() else {
            let size = sum(body, counts);
            counts.insert(name, Count::Closed(size));
            continue;
        };
        path.push((name, next + 1));
        match counts.get(child) {
            Some(Count::Closed(_)) => {}
            Some(Count::Open) => return Err(Bomb::Cycle(child.to_owned())),
            // A fragment that does not exist is for validation to tell.
            None if !bodies.contains_key(child) => {}
            None => {
                counts.insert(child, Count::Open);
                path.push((child, 0));
            }
        }
    }
    Ok(())
}

fn sum(body: &Body, counts: &HashMap<&str, Count>) -> usize {
    body.spreads
        .iter()
        .fold(body.own, |total, name| match counts.get(name) {
            Some(Count::Closed(size)) => total.saturating_add(*size),
            _ => total,
        })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use async_graphql::parser::parse_query;

    use super::*;

    fn verdict(source: &str, limit: usize) -> Result<(), Bomb> {
        check(
            &parse_query(source).expect("the test's document parses"),
            limit,
        )
    }

    #[test]
    fn an_expanded_document_is_counted_exactly() {
        let source = "{ a { ...F } ...F } fragment F on Q { b c }";
        assert_eq!(verdict(source, 7), Ok(()));
        assert_eq!(verdict(source, 6), Err(Bomb::TooLarge));
    }

    #[test]
    fn doubling_saturates_instead_of_running() {
        let mut source = String::from("{ ...F0 }");
        for level in 0..200 {
            let next = level + 1;
            write!(
                source,
                " fragment F{level} on Q {{ ...F{next} ...F{next} }}"
            )
            .expect("a string");
        }
        source.push_str(" fragment F200 on Q { a }");
        assert_eq!(verdict(&source, 5_000), Err(Bomb::TooLarge));
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let mut source = String::from("{ ...F0 }");
        for level in 0..5_000 {
            write!(source, " fragment F{level} on Q {{ ...F{} }}", level + 1).expect("a string");
        }
        source.push_str(" fragment F5000 on Q { a }");
        assert_eq!(verdict(&source, usize::MAX), Ok(()));
    }

    #[test]
    fn fragments_that_nobody_uses_count_too() {
        let bush = "fragment G on Q { a b c d e f g h }";
        let users: String = (0..100)
            .map(|n| format!(" fragment F{n} on Q {{ ...G }}"))
            .collect();
        let source = format!("{{ a }} {bush} {users}");
        assert_eq!(verdict(&source, 100), Err(Bomb::TooLarge));
        assert_eq!(verdict(&source, 1_000), Ok(()));
    }

    #[test]
    fn a_cycle_is_named() {
        let source = "{ ...A } fragment A on Q { ...B } fragment B on Q { ...A }";
        assert!(matches!(verdict(source, 100), Err(Bomb::Cycle(_))));
    }
}
