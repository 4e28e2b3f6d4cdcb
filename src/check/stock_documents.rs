//! The invariants of transfers, adjustments, counts, customers' returns and holds.

use entity::vocab::{
    CustomerReturnLineId, ProductVariantId, StockAdjustmentLineId, StockCountId, StockCountLineId,
    StockHoldLineId, StockTransferLineId,
};

use super::rules::{Name, Rule, of};

const TRANSFER_LINE: Name = |id| StockTransferLineId(id).to_string();
const RETURN_LINE: Name = |id| CustomerReturnLineId(id).to_string();
const ADJUSTMENT_LINE: Name = |id| StockAdjustmentLineId(id).to_string();
const COUNT_LINE: Name = |id| StockCountLineId(id).to_string();
const HOLD_LINE: Name = |id| StockHoldLineId(id).to_string();

/// What must hold of transfers and adjustments at every commit.
pub const RULES: &[Rule] = &[
    of(
        "transfer line: on its way = movements",
        TRANSFER_LINE,
        "SELECT id AS a, id AS b, dispatched - received - lost - returned AS stored, 0 AS expected
           FROM stock_transfer_line
         UNION ALL SELECT stock_transfer_line_id, stock_transfer_line_id, 0, quantity
           FROM stock_movement WHERE to_place = 'TRANSIT'
         UNION ALL SELECT stock_transfer_line_id, stock_transfer_line_id, 0, -quantity
           FROM stock_movement WHERE from_place = 'TRANSIT'",
    ),
    of(
        "transfer line: value on its way = movements",
        TRANSFER_LINE,
        "SELECT id AS a, id AS b, in_transit_value AS stored, 0 AS expected
           FROM stock_transfer_line
         UNION ALL SELECT stock_transfer_line_id, stock_transfer_line_id, 0, value
           FROM stock_movement WHERE to_place = 'TRANSIT'
         UNION ALL SELECT stock_transfer_line_id, stock_transfer_line_id, 0, -value
           FROM stock_movement WHERE from_place = 'TRANSIT'",
    ),
    of(
        "transfer line: incoming = on its way",
        TRANSFER_LINE,
        "SELECT id AS a, id AS b, dispatched - received - lost - returned AS stored, 0 AS expected
           FROM stock_transfer_line
         UNION ALL SELECT stock_transfer_line_id, stock_transfer_line_id, 0, incoming
           FROM commitment WHERE stock_transfer_line_id IS NOT NULL",
    ),
    of(
        "transfer line: open demand = reserved + backordered",
        TRANSFER_LINE,
        "SELECT stock_transfer_line_id AS a, stock_transfer_line_id AS b,
                reserved + backordered AS stored, 0 AS expected
           FROM reservation WHERE stock_transfer_line_id IS NOT NULL
         UNION ALL SELECT line.id, line.id, 0, line.quantity
           FROM stock_transfer_line AS line
           JOIN stock_transfer ON stock_transfer.id = line.stock_transfer_id
          WHERE stock_transfer.status = 'DRAFT'",
    ),
    of(
        "adjustment line: delta = movements",
        ADJUSTMENT_LINE,
        "SELECT id AS a, id AS b, delta AS stored, 0 AS expected FROM stock_adjustment_line
         UNION ALL SELECT stock_adjustment_line_id, stock_adjustment_line_id, 0,
                CASE WHEN from_place = 'OUTSIDE' THEN quantity ELSE -quantity END
           FROM stock_movement
          WHERE stock_adjustment_line_id IS NOT NULL AND reverses_id IS NULL",
    ),
    of(
        "adjustment line: value = movements",
        ADJUSTMENT_LINE,
        "SELECT id AS a, id AS b, value AS stored, 0 AS expected FROM stock_adjustment_line
         UNION ALL SELECT stock_adjustment_line_id, stock_adjustment_line_id, 0,
                CASE WHEN from_place = 'OUTSIDE' THEN value ELSE -value END
           FROM stock_movement
          WHERE stock_adjustment_line_id IS NOT NULL AND reverses_id IS NULL",
    ),
    of(
        "adjustment line: of a reversed adjustment everything is undone",
        ADJUSTMENT_LINE,
        "SELECT line.id AS a, line.id AS b,
                CASE adjustment.status WHEN 'REVERSED' THEN -line.delta ELSE 0 END AS stored,
                0 AS expected
           FROM stock_adjustment_line AS line
           JOIN stock_adjustment AS adjustment ON adjustment.id = line.stock_adjustment_id
         UNION ALL SELECT stock_adjustment_line_id, stock_adjustment_line_id, 0,
                CASE WHEN from_place = 'OUTSIDE' THEN quantity ELSE -quantity END
           FROM stock_movement
          WHERE stock_adjustment_line_id IS NOT NULL AND reverses_id IS NOT NULL",
    ),
    of(
        "adjustment line: reversed value = reversing movements",
        ADJUSTMENT_LINE,
        "SELECT id AS a, id AS b, reversed_value AS stored, 0 AS expected
           FROM stock_adjustment_line
         UNION ALL SELECT stock_adjustment_line_id, stock_adjustment_line_id, 0,
                CASE WHEN from_place = 'OUTSIDE' THEN value ELSE -value END
           FROM stock_movement
          WHERE stock_adjustment_line_id IS NOT NULL AND reverses_id IS NOT NULL",
    ),
];

/// What must hold of customers' returns.
pub const RETURNS: &[Rule] = &[
    of(
        "customer return line: received and cost = movements in",
        RETURN_LINE,
        "SELECT id AS a, id AS b, received + cost AS stored, 0 AS expected
           FROM customer_return_line
         UNION ALL SELECT customer_return_line_id, customer_return_line_id, 0, quantity + value
           FROM stock_movement
          WHERE customer_return_line_id IS NOT NULL AND from_place = 'OUTSIDE'",
    ),
    of(
        "customer return line: what became of it = movements",
        RETURN_LINE,
        "SELECT id AS a, id AS b, 2 * restocked + scrapped + sent_back AS stored, 0 AS expected
           FROM customer_return_line
         UNION ALL SELECT customer_return_line_id, customer_return_line_id, 0,
                CASE WHEN to_place = 'SELLABLE' THEN 2 * quantity ELSE quantity END
           FROM stock_movement
          WHERE customer_return_line_id IS NOT NULL AND from_place = 'QUARANTINE'",
    ),
];

/// What must hold of holds.
pub const HOLDS: &[Rule] = &[of(
    "hold line: an ended hold keeps nothing",
    HOLD_LINE,
    "SELECT line.id AS a, line.id AS b, reservation.reserved + reservation.backordered
                AS stored, 0 AS expected
           FROM reservation
           JOIN stock_hold_line AS line ON line.id = reservation.stock_hold_line_id
           JOIN stock_hold ON stock_hold.id = line.stock_hold_id
          WHERE stock_hold.status <> 'ACTIVE'",
)];

/// What must hold of stock counts at every commit.
pub const COUNTS: &[Rule] = &[
    Rule {
        name: "count: differences of a posted one = lines of its adjustment",
        name_a: |id| StockCountId(id).to_string(),
        name_b: Some(|id| ProductVariantId(id).to_string()),
        is_about_levels: false,
        sides: "SELECT line.stock_count_id AS a, line.variant_id AS b,
                line.counted - line.expected AS stored, 0 AS expected
           FROM stock_count_line AS line
           JOIN stock_count ON stock_count.id = line.stock_count_id
          WHERE stock_count.status = 'POSTED'
         UNION ALL SELECT stock_count.id, line.variant_id, 0, line.delta
           FROM stock_count
           JOIN stock_adjustment_line AS line
             ON line.stock_adjustment_id = stock_count.stock_adjustment_id",
    },
    of(
        "count line: its variant is taken while its count is not ended, and no longer",
        COUNT_LINE,
        "SELECT line.id AS a, line.id AS b,
                CASE WHEN line.open_warehouse_id = stock_count.warehouse_id THEN 1000000
                     WHEN line.open_warehouse_id IS NULL THEN 0 ELSE 2000000 END AS stored,
                CASE WHEN stock_count.status IN ('OPEN', 'COUNTED') THEN 1000000 ELSE 0 END
                    AS expected
           FROM stock_count_line AS line
           JOIN stock_count ON stock_count.id = line.stock_count_id",
    ),
    of(
        "count line: of a finished count everything is counted",
        COUNT_LINE,
        "SELECT line.id AS a, line.id AS b, 1000000 AS stored,
                CASE WHEN line.times_counted > 0 THEN 1000000 ELSE 0 END AS expected
           FROM stock_count_line AS line
           JOIN stock_count ON stock_count.id = line.stock_count_id
          WHERE stock_count.status IN ('COUNTED', 'POSTED')",
    ),
];
