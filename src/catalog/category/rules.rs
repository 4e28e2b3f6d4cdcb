//! What must hold of the tree of categories: pure.

use std::collections::HashMap;

use entity::catalog::category::Model;
use entity::vocab::CategoryId;

use crate::platform::rejection::{Path, Problem, Rejection};

/// Levels of the tree, at most.
pub const LEVELS_MAX: usize = 20;

/// A branch does not grow on itself, nor the tree too high. `tree` is the whole tree as it stands,
/// locked, so that two moves at once cannot make a circle together.
///
/// # Errors
/// Why not.
pub fn check_parent(
    id: CategoryId,
    parent: Option<CategoryId>,
    tree: &[Model],
) -> Result<(), Rejection> {
    let path = Path::input().at("parent");
    let parents: HashMap<CategoryId, Option<CategoryId>> =
        tree.iter().map(|row| (row.id, row.parent_id)).collect();
    let mut next = parent;
    let mut above = 0;
    while let Some(one) = next {
        if one == id {
            let message = "A category cannot grow from itself, or from what grows on it.";
            return Err(Rejection::invalid(path, message));
        }
        above += 1;
        if above > tree.len() {
            break;
        }
        next = parents.get(&one).copied().flatten();
    }
    if above + height(id, tree) > LEVELS_MAX {
        let message = format!("The tree would have more than {LEVELS_MAX} levels.");
        return Err(Rejection::invalid(path, message));
    }
    Ok(())
}

/// Levels of a branch with all that grows on it.
fn height(id: CategoryId, tree: &[Model]) -> usize {
    let mut level = vec![id];
    let mut height = 0;
    while !level.is_empty() && height <= tree.len() {
        height += 1;
        level = tree
            .iter()
            .filter(|row| row.parent_id.is_some_and(|parent| level.contains(&parent)))
            .map(|row| row.id)
            .collect();
    }
    height
}

/// Code and external id are unique.
#[must_use]
pub fn check_taken(row: &Model, rivals: &[Model]) -> Vec<Rejection> {
    let others = || rivals.iter().filter(|rival| rival.id != row.id);
    let taken = |field: &'static str, step: &str, rival: &Model| {
        let existing = rival.id.to_string();
        let problem = Problem::Duplicate { field, existing };
        Rejection::new(Path::input().at(step), problem)
    };
    let code = others().find(|rival| rival.code_key == row.code_key);
    let external_id =
        others().find(|rival| row.external_id.is_some() && rival.external_id == row.external_id);
    let code = code.map(|rival| taken("code", "code", rival));
    let external_id = external_id.map(|rival| taken("external id", "externalId", rival));
    code.into_iter().chain(external_id).collect()
}

#[cfg(test)]
mod tests {
    use entity::vocab::Instant;

    use super::*;

    fn row(id: CategoryId, parent_id: Option<CategoryId>) -> Model {
        Model {
            id,
            parent_id,
            code: String::new(),
            code_key: String::new(),
            name: String::new(),
            position: 0,
            external_id: None,
            metadata: None,
            created_at: Instant(0),
            updated_at: Instant(0),
            version: 1,
        }
    }

    #[test]
    fn a_branch_does_not_grow_from_what_grows_on_it() {
        let [a, b, c] = [(); 3].map(|()| CategoryId::generate());
        let tree = [row(a, None), row(b, Some(a)), row(c, Some(b))];
        assert!(check_parent(a, Some(c), &tree).is_err());
        assert!(check_parent(a, Some(a), &tree).is_err());
        assert!(check_parent(c, Some(a), &tree).is_ok());
        assert!(check_parent(c, None, &tree).is_ok());
    }

    #[test]
    fn the_tree_grows_only_so_high() {
        let ids: Vec<CategoryId> = (0..LEVELS_MAX).map(|_| CategoryId::generate()).collect();
        let parents = std::iter::once(None).chain(ids.iter().copied().map(Some));
        let tree: Vec<Model> = ids
            .iter()
            .zip(parents)
            .map(|(id, up)| row(*id, up))
            .collect();
        let new = CategoryId::generate();
        assert!(check_parent(new, ids.last().copied(), &tree).is_err());
        assert!(check_parent(new, ids.first().copied(), &tree).is_ok());
    }
}
