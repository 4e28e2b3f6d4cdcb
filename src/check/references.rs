//! What orders, their lines and those of the ledgers refer to exists.
//!
//! Orders are placed too often to ask by foreign keys: what they name was read in the transaction
//! that wrote them, and is never deleted, as triggers see to.

use entity::vocab::OperationId;

use super::rules::{Name, ORDER, ORDER_LINE, Rule, of};

const OPERATION: Name = |id| OperationId(id).to_string();

/// What must hold of them at every commit.
pub const RULES: &[Rule] = &[
    of(
        "order: its customer and author exist",
        ORDER,
        "SELECT id AS a, id AS b, 2000000 AS stored, 0 AS expected FROM sales_order
         UNION ALL SELECT document.id, document.id, 0, 1000000
           FROM sales_order AS document JOIN customer ON customer.id = document.customer_id
         UNION ALL SELECT document.id, document.id, 0, 1000000
           FROM sales_order AS document JOIN principal ON principal.id = document.created_by",
    ),
    of(
        "order line: its variant, warehouse, price list and tax class exist",
        ORDER_LINE,
        "SELECT id AS a, id AS b,
                1000000 * (1 + CASE WHEN warehouse_id IS NULL THEN 0 ELSE 1 END
                    + CASE WHEN price_list_id IS NULL THEN 0 ELSE 1 END
                    + CASE WHEN tax_class_id IS NULL THEN 0 ELSE 1 END) AS stored,
                0 AS expected
           FROM sales_order_line
         UNION ALL SELECT line.id, line.id, 0, 1000000
           FROM sales_order_line AS line
           JOIN product_variant ON product_variant.id = line.variant_id
         UNION ALL SELECT line.id, line.id, 0, 1000000
           FROM sales_order_line AS line JOIN warehouse ON warehouse.id = line.warehouse_id
         UNION ALL SELECT line.id, line.id, 0, 1000000
           FROM sales_order_line AS line JOIN price_list ON price_list.id = line.price_list_id
         UNION ALL SELECT line.id, line.id, 0, 1000000
           FROM sales_order_line AS line JOIN tax_class ON tax_class.id = line.tax_class_id",
    ),
    of(
        "ledger line: its operation is kept",
        OPERATION,
        "SELECT operation_id AS a, operation_id AS b, 1000000 AS stored, 0 AS expected
           FROM commitment
         UNION ALL SELECT operation_id, operation_id, 1000000, 0 FROM stock_movement
         UNION ALL SELECT operation.id, operation.id, 0, 1000000
           FROM commitment JOIN operation ON operation.id = commitment.operation_id
         UNION ALL SELECT operation.id, operation.id, 0, 1000000
           FROM stock_movement JOIN operation ON operation.id = stock_movement.operation_id",
    ),
];
