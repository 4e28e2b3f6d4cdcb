//! What is free in each warehouse while the plan is made.

use crate::demo::customers::WAREHOUSES;

/// Free pieces, by variant and warehouse.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Vec<Vec<i64>>);

impl Shelf {
    /// Nothing of so many variants.
    #[must_use]
    pub fn empty(variants: usize) -> Self {
        Self(vec![vec![0; WAREHOUSES.len()]; variants])
    }

    /// How much is free.
    #[must_use]
    pub fn free(&self, variant: usize, warehouse: usize) -> i64 {
        self.0[variant][warehouse]
    }

    /// How much is free in all warehouses.
    #[must_use]
    pub fn everywhere(&self, variant: usize) -> i64 {
        self.0[variant].iter().sum()
    }

    /// More comes, or less than none goes.
    pub fn change(&mut self, variant: usize, warehouse: usize, pieces: i64) {
        self.0[variant][warehouse] += pieces;
    }
}
