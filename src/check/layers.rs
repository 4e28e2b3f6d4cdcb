//! The invariants of the layers of costs.

use super::rules::{Rule, level};

/// What must hold of them at every commit.
pub const RULES: &[Rule] = &[
    level(
        "costing method = that of the variant (0 average, 1 first in, first out, in millionths)",
        "SELECT level.variant_id AS a, level.warehouse_id AS b,
                CASE level.costing_method WHEN 'FIFO' THEN 1 ELSE 0 END AS stored,
                CASE variant.costing_method WHEN 'FIFO' THEN 1 ELSE 0 END AS expected
           FROM stock_level AS level
           JOIN product_variant AS variant ON variant.id = level.variant_id",
    ),
    level(
        "on hand = sum of layers, where first in is first out; else there are none",
        "SELECT variant_id AS a, warehouse_id AS b,
                CASE costing_method WHEN 'FIFO' THEN sellable + quarantined ELSE 0 END AS stored,
                0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, quantity FROM cost_layer",
    ),
    level(
        "value = sum of layers, where first in is first out; else there is none",
        "SELECT variant_id AS a, warehouse_id AS b,
                CASE costing_method WHEN 'FIFO' THEN value ELSE 0 END AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, value FROM cost_layer",
    ),
    level(
        "layer: one movement brought it, and no less than is left",
        "SELECT variant_id AS a, warehouse_id AS b, 1000000 AS stored, 0 AS expected
           FROM cost_layer
         UNION ALL SELECT layer.variant_id, layer.warehouse_id, 0, 1000000
           FROM cost_layer AS layer
           JOIN stock_movement AS movement ON movement.cost_layer_id = layer.id
            AND movement.variant_id = layer.variant_id
            AND movement.to_warehouse_id = layer.warehouse_id
            AND movement.quantity >= layer.quantity",
    ),
];
