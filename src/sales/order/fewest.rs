//! Which few warehouses can serve an order together: pure.

use std::collections::{BTreeMap, BTreeSet};

use entity::vocab::ProductVariantId;

/// Up to so many warehouses that could help, every set of them is tried.
pub const EXACT_MAX: usize = 10;

/// How much of each variant.
pub type Amounts = BTreeMap<ProductVariantId, i64>;

/// The places of the fewest warehouses that serve as much of what is wanted as all of them could;
/// of several such sets the one whose warehouses come first. Those that serve the order anyway,
/// `used`, cost no shipment and are always among them.
///
/// Up to [`EXACT_MAX`] warehouses that have something of it, every set is tried. Beyond, the one
/// that completes the most variants is taken next, until nothing is missing that any has; what
/// turns out not to be needed is left out again.
#[must_use]
pub fn fewest(wanted: &Amounts, has: &[Amounts], used: &BTreeSet<usize>) -> Vec<usize> {
    let goal = least(wanted, has.iter());
    let own = used.iter().map(|place| &has[*place]);
    let missing = without(&goal, &least(&goal, own));
    let helps = |place: &usize| {
        !used.contains(place) && missing.keys().any(|variant| of(&has[*place], *variant) > 0)
    };
    let helpers: Vec<usize> = (0..has.len()).filter(helps).collect();
    let chosen = if helpers.len() <= EXACT_MAX {
        (0..=helpers.len()).find_map(|size| first_set(&missing, has, &helpers, size))
    } else {
        None
    };
    let chosen = chosen.unwrap_or_else(|| by_completing(&missing, has, &helpers));
    let all: BTreeSet<usize> = chosen.into_iter().chain(used.iter().copied()).collect();
    all.into_iter().collect()
}

fn of(amounts: &Amounts, variant: ProductVariantId) -> i64 {
    amounts.get(&variant).copied().unwrap_or(0).max(0)
}

/// What some warehouses have of what is wanted, at most what is wanted.
fn least<'a>(wanted: &Amounts, places: impl Iterator<Item = &'a Amounts>) -> Amounts {
    let mut sum = Amounts::new();
    for place in places {
        for (variant, most) in wanted {
            let there = sum.entry(*variant).or_default();
            *there = there.saturating_add(of(place, *variant)).min(*most);
        }
    }
    sum
}

/// What is missing still; nothing of what is complete.
fn without(wanted: &Amounts, there: &Amounts) -> Amounts {
    let left = wanted
        .iter()
        .map(|(variant, most)| (*variant, most - of(there, *variant)));
    left.filter(|(_, open)| *open > 0).collect()
}

fn serves(missing: &Amounts, has: &[Amounts], set: &[usize]) -> bool {
    let is_there = |(variant, most): (&ProductVariantId, &i64)| {
        let parts = set.iter().map(|place| of(&has[*place], *variant));
        parts.fold(0_i64, i64::saturating_add) >= *most
    };
    missing.iter().all(is_there)
}

/// The first set of a size that serves all; sets are tried in the order of their warehouses.
fn first_set(
    missing: &Amounts,
    has: &[Amounts],
    helpers: &[usize],
    size: usize,
) -> Option<Vec<usize>> {
    let mut picks: Vec<usize> = (0..size).collect();
    loop {
        let set: Vec<usize> = picks.iter().map(|pick| helpers[*pick]).collect();
        if serves(missing, has, &set) {
            return Some(set);
        }
        let movable = |at: &usize| picks[*at] < helpers.len() - size + at;
        let at = (0..size).rev().find(movable)?;
        picks[at] += 1;
        for later in at + 1..size {
            picks[later] = picks[later - 1] + 1;
        }
    }
}

/// Takes the warehouse that completes the most, then those that have some of the most.
fn by_completing(missing: &Amounts, has: &[Amounts], helpers: &[usize]) -> Vec<usize> {
    let (mut open, mut set) = (missing.clone(), Vec::new());
    while !open.is_empty() {
        let worth = |place: usize| {
            let whole = open
                .iter()
                .filter(|(id, most)| of(&has[place], **id) >= **most);
            let some = open.keys().filter(|id| of(&has[place], **id) > 0);
            (whole.count(), some.count())
        };
        let left = helpers.iter().filter(|place| !set.contains(*place));
        let best = left.rev().max_by_key(|place| worth(**place)).copied();
        let Some(best) = best.filter(|place| worth(*place).1 > 0) else {
            break;
        };
        set.push(best);
        open = without(&open, &least(&open, std::iter::once(&has[best])));
    }
    for place in set.clone().into_iter().rev() {
        let rest: Vec<usize> = set.iter().copied().filter(|one| *one != place).collect();
        if serves(missing, has, &rest) {
            set = rest;
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Amounts of the first variants.
    fn amounts(variants: &[ProductVariantId], quantities: &[i64]) -> Amounts {
        let pairs = variants.iter().copied().zip(quantities.iter().copied());
        pairs.filter(|(_, quantity)| *quantity > 0).collect()
    }

    fn variants(count: usize) -> Vec<ProductVariantId> {
        (0..count).map(|_| ProductVariantId::generate()).collect()
    }

    /// How much of what is wanted a set serves, looked at piece by piece.
    fn served(wanted: &[i64], has: &[Vec<i64>], set: &[usize]) -> Vec<i64> {
        let sum = |variant: usize| set.iter().map(|place| has[*place][variant]).sum::<i64>();
        let each = wanted.iter().enumerate();
        each.map(|(variant, most)| sum(variant).min(*most))
            .collect()
    }

    #[test]
    fn one_warehouse_that_has_all_is_taken_though_it_comes_last() {
        let ids = variants(2);
        let has = [
            amounts(&ids, &[5, 0]),
            amounts(&ids, &[0, 5]),
            amounts(&ids, &[5, 5]),
        ];
        let wanted = amounts(&ids, &[5, 5]);
        assert_eq!(fewest(&wanted, &has, &BTreeSet::new()), [2]);
    }

    #[test]
    fn of_two_that_have_all_the_first_is_taken() {
        let ids = variants(1);
        let has = [
            amounts(&ids, &[1]),
            amounts(&ids, &[9]),
            amounts(&ids, &[9]),
        ];
        assert_eq!(fewest(&amounts(&ids, &[9]), &has, &BTreeSet::new()), [1]);
    }

    #[test]
    fn a_warehouse_that_serves_the_order_anyway_costs_nothing() {
        let ids = variants(2);
        let has = [
            amounts(&ids, &[5, 5]),
            amounts(&ids, &[5, 0]),
            amounts(&ids, &[0, 5]),
        ];
        let wanted = amounts(&ids, &[5, 5]);
        assert_eq!(fewest(&wanted, &has, &BTreeSet::from([1])), [0, 1]);
        let rest = amounts(&ids, &[5, 0]);
        assert_eq!(fewest(&rest, &has, &BTreeSet::from([1])), [1]);
    }

    #[test]
    fn where_too_little_is_there_no_warehouse_is_taken_for_nothing() {
        let ids = variants(1);
        let has = [
            amounts(&ids, &[0]),
            amounts(&ids, &[2]),
            amounts(&ids, &[3]),
        ];
        assert_eq!(fewest(&amounts(&ids, &[9]), &has, &BTreeSet::new()), [1, 2]);
    }

    #[test]
    fn of_many_warehouses_one_that_completes_everything_is_found() {
        let ids = variants(3);
        let mut has = vec![amounts(&ids, &[4, 4, 0]); EXACT_MAX + 5];
        has.push(amounts(&ids, &[4, 4, 4]));
        let wanted = amounts(&ids, &[4, 4, 4]);
        assert_eq!(fewest(&wanted, &has, &BTreeSet::new()), [EXACT_MAX + 5]);
    }

    proptest! {
        #[test]
        fn no_smaller_set_serves_as_much(
            has in prop::collection::vec(prop::collection::vec(0_i64..6, 3), 1..=6),
            wanted in prop::collection::vec(0_i64..12, 3),
            used in prop::collection::btree_set(0_usize..6, 0..2),
        ) {
            let ids = variants(3);
            let used: BTreeSet<usize> = used.into_iter().filter(|one| *one < has.len()).collect();
            let places: Vec<Amounts> = has.iter().map(|one| amounts(&ids, one)).collect();
            let chosen = fewest(&amounts(&ids, &wanted), &places, &used);
            let all: Vec<usize> = (0..has.len()).collect();
            let most = served(&wanted, &has, &all);
            prop_assert_eq!(&served(&wanted, &has, &chosen), &most);
            let size = |set: &[usize]| set.iter().filter(|one| !used.contains(*one)).count();
            for bits in 0_u32..1 << has.len() {
                let is_in = |one: &usize| bits & (1 << one) != 0 || used.contains(one);
                let set: Vec<usize> = all.iter().copied().filter(is_in).collect();
                if served(&wanted, &has, &set) == most {
                    prop_assert!(size(&chosen) <= size(&set), "{:?} serves too", set);
                }
            }
        }

        #[test]
        fn many_warehouses_serve_as_much_as_all_of_them(
            has in prop::collection::vec(prop::collection::vec(0_i64..4, 2), 11..30),
            wanted in prop::collection::vec(0_i64..60, 2),
        ) {
            let ids = variants(2);
            let places: Vec<Amounts> = has.iter().map(|one| amounts(&ids, one)).collect();
            let chosen = fewest(&amounts(&ids, &wanted), &places, &BTreeSet::new());
            let all: Vec<usize> = (0..has.len()).collect();
            prop_assert_eq!(served(&wanted, &has, &chosen), served(&wanted, &has, &all));
            for place in &chosen {
                let rest: Vec<usize> =
                    chosen.iter().copied().filter(|one| one != place).collect();
                prop_assert_ne!(
                    served(&wanted, &has, &rest),
                    served(&wanted, &has, &chosen),
                    "one of them is not needed"
                );
            }
        }
    }
}
