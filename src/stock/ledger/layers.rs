//! What goods cost that leave first in, first out: the layers in which they came.
//!
//! Whatever comes to such a level makes a layer, behind those that are there; what leaves uses up
//! the first layers, and the last piece of a layer takes what is left of its value. So the layers
//! of a level always come to what is on hand, and to its value.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use entity::stock::cost_layer;
use entity::vocab::{Amount, CostLayerId, CostingMethod, Quantity};

use super::book::{Book, LevelKey};
use super::promise::on_hand;

/// The layers of one level, as they were when they were loaded and as they are now.
#[derive(Clone, Debug, Default)]
pub(super) struct Layers {
    loaded: BTreeMap<CostLayerId, cost_layer::Model>,
    /// Those that leave first are in front.
    now: VecDeque<cost_layer::Model>,
    /// The place of the last one that there ever was here.
    last: i64,
}

impl Layers {
    /// The layers of a level, in their order.
    fn of(rows: Vec<cost_layer::Model>) -> Self {
        Self {
            last: rows.last().map_or(0, |row| row.position),
            loaded: rows.iter().map(|row| (row.id, row.clone())).collect(),
            now: rows.into(),
        }
    }

    /// Goods that came, behind all others.
    fn add(
        &mut self,
        (variant_id, warehouse_id): LevelKey,
        goods: (Quantity, Amount),
    ) -> CostLayerId {
        self.last += 1;
        let layer = cost_layer::Model {
            id: CostLayerId::generate(),
            variant_id,
            warehouse_id,
            position: self.last,
            quantity: goods.0,
            value: goods.1,
        };
        let id = layer.id;
        self.now.push_back(layer);
        id
    }

    /// Takes goods out, those first that came first; what they cost.
    fn take(&mut self, quantity: Quantity) -> Amount {
        let (mut open, mut cost) = (quantity, Amount::ZERO);
        while open.is_positive() {
            let first = self.now.front_mut();
            let first = first.expect("the layers come to what is on hand");
            let part = first.quantity.at_most(open);
            let value = first.value.share(part, first.quantity);
            first.quantity.0 -= part.0;
            first.value.0 -= value.0;
            if first.quantity.is_zero() {
                self.now.pop_front();
            }
            open.0 -= part.0;
            cost.0 += value.0;
        }
        cost
    }

    fn find(&self, id: CostLayerId) -> Option<&cost_layer::Model> {
        self.now.iter().find(|row| row.id == id)
    }

    fn remove(&mut self, id: CostLayerId) {
        self.now.retain(|row| row.id != id);
    }

    /// Those that were there and are used up.
    pub fn used_up(&self) -> impl Iterator<Item = CostLayerId> {
        let left: BTreeSet<CostLayerId> = self.now.iter().map(|row| row.id).collect();
        let loaded = self.loaded.keys().copied();
        loaded.filter(move |id| !left.contains(id))
    }

    /// Those that are new, or of which some has left.
    pub fn changed(&self) -> impl Iterator<Item = &cost_layer::Model> {
        self.now
            .iter()
            .filter(|row| self.loaded.get(&row.id) != Some(*row))
    }

    /// How much leaves before a layer.
    #[cfg(test)]
    pub fn before(&self, id: CostLayerId) -> Quantity {
        let before = self.now.iter().take_while(|row| row.id != id);
        Quantity(before.map(|row| row.quantity.0).sum())
    }

    /// What they come to.
    #[cfg(test)]
    pub fn sum(&self) -> (Quantity, Amount) {
        let quantity = self.now.iter().map(|row| row.quantity.0).sum();
        let value = self.now.iter().map(|row| row.value.0).sum();
        (Quantity(quantity), Amount(value))
    }
}

impl Book {
    /// Gives the levels that are costed first in, first out their layers, in their order. Without
    /// them nothing comes to these levels and nothing leaves.
    pub fn give_layers(&mut self, rows: Vec<cost_layer::Model>) {
        let mut of_levels: BTreeMap<LevelKey, Vec<cost_layer::Model>> = BTreeMap::new();
        for row in rows {
            let key = (row.variant_id, row.warehouse_id);
            of_levels.entry(key).or_default().push(row);
        }
        let levels = self.levels.iter();
        let fifo = levels.filter(|(_, entry)| entry.now.costing_method == CostingMethod::Fifo);
        self.layers = fifo
            .map(|(key, _)| {
                let rows = of_levels.remove(key).unwrap_or_default();
                (*key, Layers::of(rows))
            })
            .collect();
    }

    fn layers_mut(&mut self, key: LevelKey) -> Option<&mut Layers> {
        if self.level(key).costing_method == CostingMethod::MovingAverage {
            return None;
        }
        let layers = self.layers.get_mut(&key);
        Some(layers.expect("whoever moves goods has loaded the layers of their levels"))
    }

    /// What is left of goods that came to a level together; none when they are used up.
    #[must_use]
    pub fn layer(&self, key: LevelKey, id: CostLayerId) -> Option<&cost_layer::Model> {
        self.layers.get(&key)?.find(id)
    }

    /// Notes goods that come, where they make a layer.
    pub(super) fn add_layer(
        &mut self,
        key: LevelKey,
        goods: (Quantity, Amount),
    ) -> Option<CostLayerId> {
        let layers = self.layers_mut(key)?;
        Some(layers.add(key, goods))
    }

    /// What goods cost that leave now: their share of all that is there, or what those came at
    /// that came first.
    pub(super) fn cost_of(&mut self, key: LevelKey, quantity: Quantity) -> Amount {
        match self.layers_mut(key) {
            Some(layers) => layers.take(quantity),
            None => {
                let level = self.level(key);
                level.value.share(quantity, on_hand(level))
            }
        }
    }

    /// Notes that what a movement brought leaves again, all of it.
    pub(super) fn remove_layer(&mut self, key: LevelKey, id: Option<CostLayerId>) {
        if let Some((layers, id)) = self.layers_mut(key).zip(id) {
            layers.remove(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use entity::vocab::{ProductVariantId, WarehouseId};

    use super::*;

    fn of(goods: &[(i64, i64)]) -> Layers {
        let key = (ProductVariantId::generate(), WarehouseId::generate());
        let mut layers = Layers::default();
        for (quantity, value) in goods {
            layers.add(key, (Quantity(*quantity), Amount(*value)));
        }
        layers
    }

    #[test]
    fn those_that_came_first_leave_first_and_the_last_piece_takes_the_rest() {
        let mut layers = of(&[(3, 100), (2, 90)]);
        let costs = [1, 1, 1, 1, 1].map(|quantity| layers.take(Quantity(quantity)).0);
        assert_eq!(costs, [33, 34, 33, 45, 45]);
        assert_eq!(layers.sum(), (Quantity::ZERO, Amount::ZERO));
    }

    #[test]
    fn what_leaves_may_be_of_many_layers() {
        let mut layers = of(&[(3, 30), (2, 40), (5, 500)]);
        assert_eq!(layers.take(Quantity(7)), Amount(30 + 40 + 200));
        assert_eq!(layers.sum(), (Quantity(3), Amount(300)));
    }

    #[test]
    fn only_what_is_different_is_written() {
        let layers = of(&[(3, 30), (2, 40), (5, 500)]);
        let mut layers = Layers::of(layers.now.into());
        assert_eq!(layers.changed().count(), 0);
        let first = layers.now[0].id;
        layers.take(Quantity(4));
        assert_eq!(layers.used_up().collect::<Vec<_>>(), [first]);
        let left: Vec<_> = layers.changed().map(|row| row.quantity.0).collect();
        assert_eq!(left, [1]);
    }
}
