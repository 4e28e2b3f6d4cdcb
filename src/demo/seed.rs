//! Chance, from a seed: the same seed throws the same dice, on every machine.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The seed of a demo for which none is named.
pub const SEED: u64 = 20_250_101;

/// What the dice are thrown for. Each has dice of its own, so that more of one does not change the
/// others.
#[derive(Clone, Copy, Debug)]
pub enum Purpose {
    /// Who orders what, and when.
    Demand,
    /// When and how much is bought.
    Buying,
    /// What becomes of an order: shipped, billed, paid, returned.
    Selling,
    /// Counting and breaking.
    Counting,
    /// What is still open.
    Open,
    /// What goes on while the server runs.
    Live,
}

/// Dice that fall as the seed says.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of a seed for a purpose.
    #[must_use]
    pub fn new(seed: u64, purpose: Purpose) -> Self {
        let mut source = ChaCha8Rng::seed_from_u64(seed);
        source.set_stream(purpose as u64);
        Self(source)
    }

    /// A number of a range, both ends included.
    pub fn between(&mut self, least: i64, most: i64) -> i64 {
        self.0.random_range(least..=most.max(least))
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, permille: i64) -> bool {
        self.between(0, 999) < permille
    }

    /// One of some; every one as often.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.0.random_range(0..of.len() as u64) as usize]
    }

    /// The place of one of some, as often as its weight says; `sums` are the weights added up.
    pub fn weighted(&mut self, sums: &[i64]) -> usize {
        let total = sums.last().copied().unwrap_or(0);
        let thrown = self.between(1, total.max(1));
        sums.partition_point(|sum| *sum < thrown)
    }
}

/// Weights added up, for [`Dice::weighted`].
#[must_use]
pub fn sums(weights: impl Iterator<Item = i64>) -> Vec<i64> {
    let add = |sum: &mut i64, weight: i64| {
        *sum += weight;
        Some(*sum)
    };
    weights.scan(0, add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same_and_purposes_do_not_disturb_each_other() {
        let throw = |seed, purpose| {
            let mut dice = Dice::new(seed, purpose);
            (0..20).map(|_| dice.between(1, 6)).collect::<Vec<_>>()
        };
        assert_eq!(throw(7, Purpose::Demand), throw(7, Purpose::Demand));
        assert_ne!(throw(7, Purpose::Demand), throw(8, Purpose::Demand));
        assert_ne!(throw(7, Purpose::Demand), throw(7, Purpose::Buying));
        assert!(
            throw(7, Purpose::Open)
                .iter()
                .all(|eyes| (1..=6).contains(eyes))
        );
    }

    #[test]
    fn a_weight_of_zero_never_comes_and_a_greater_one_comes_more_often() {
        let sums = sums([1, 0, 9].into_iter());
        let mut dice = Dice::new(1, Purpose::Demand);
        let thrown: Vec<usize> = (0..1_000).map(|_| dice.weighted(&sums)).collect();
        let often = |place: usize| thrown.iter().filter(|one| **one == place).count();
        assert_eq!(often(1), 0);
        assert!(often(0) > 50 && often(2) > 800);
    }
}
