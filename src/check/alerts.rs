//! The invariants of alerts: what stands is so, and what is so stands.

use entity::vocab::OperationId;

use super::rules::{Name, Rule, level, of};

const OPERATION: Name = |id| OperationId(id).to_string();

/// What must hold of them at every commit. Expired holds count as they are stored: the command that
/// gives them back is the one that clears.
pub const RULES: &[Rule] = &[
    level(
        "alert: LOW is open while a level is low, and no longer",
        "SELECT variant_id AS a, warehouse_id AS b, 1000000 AS stored, 0 AS expected
           FROM stock_alert WHERE kind = 'LOW' AND cleared_at IS NULL
         UNION ALL SELECT variant_id, warehouse_id, 0, 1000000 FROM stock_level
          WHERE sellable - reserved - backordered <= COALESCE(reorder_point, minimum)",
    ),
    level(
        "alert: OVERSTOCK is open while too much is on hand, and no longer",
        "SELECT variant_id AS a, warehouse_id AS b, 1000000 AS stored, 0 AS expected
           FROM stock_alert WHERE kind = 'OVERSTOCK' AND cleared_at IS NULL
         UNION ALL SELECT variant_id, warehouse_id, 0, 1000000 FROM stock_level
          WHERE sellable + quarantined > maximum",
    ),
    level(
        "alert: OUT is open while what once ran out is out, and no longer",
        "SELECT variant_id AS a, warehouse_id AS b, 1000000 AS stored, 0 AS expected
           FROM stock_alert WHERE kind = 'OUT' AND cleared_at IS NULL
         UNION ALL SELECT level.variant_id, level.warehouse_id, 0, 1000000
           FROM stock_level AS level
          WHERE level.sellable - level.reserved - level.backordered <= 0
            AND EXISTS (SELECT 1 FROM stock_alert AS alert
                 WHERE alert.variant_id = level.variant_id
                   AND alert.warehouse_id = level.warehouse_id AND alert.kind = 'OUT')",
    ),
    level(
        "alert: BACK_IN_STOCK is told with every OUT that is cleared",
        "SELECT variant_id AS a, warehouse_id AS b, 1000000 AS stored, 0 AS expected
           FROM stock_alert WHERE kind = 'BACK_IN_STOCK'
         UNION ALL SELECT variant_id, warehouse_id, 0, 1000000
           FROM stock_alert WHERE kind = 'OUT' AND cleared_at IS NOT NULL",
    ),
    of(
        "alert: its operations are kept",
        OPERATION,
        "SELECT operation_id AS a, operation_id AS b, 1000000 AS stored, 0 AS expected
           FROM stock_alert
         UNION ALL SELECT cleared_by, cleared_by, 1000000, 0
           FROM stock_alert WHERE cleared_by IS NOT NULL
         UNION ALL SELECT operation.id, operation.id, 0, 1000000
           FROM stock_alert JOIN operation ON operation.id = stock_alert.operation_id
         UNION ALL SELECT operation.id, operation.id, 0, 1000000
           FROM stock_alert JOIN operation ON operation.id = stock_alert.cleared_by",
    ),
];
