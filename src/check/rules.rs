//! The invariants of the books, each as two sides that must add up to the same per record.
//!
//! A side is a SELECT of two ids, what is stored, and what the books say; the same SQL runs on
//! both databases. Rules about one id give it twice.

use entity::vocab::{
    FulfilmentLineId, GoodsReceiptLineId, OperationId, PrincipalId, ProductVariantId,
    PurchaseOrderId, PurchaseOrderLineId, ReservationId, SalesOrderId, SalesOrderLineId,
    WarehouseId,
};
use uuid::Uuid;

/// How an id is written.
pub type Name = fn(Uuid) -> String;

/// An invariant.
pub struct Rule {
    /// What must hold.
    pub name: &'static str,
    /// Writes the first id.
    pub name_a: Name,
    /// Writes the second id, where there are two.
    pub name_b: Option<Name>,
    /// Whether the ids are those of a level: its variant and its warehouse.
    pub is_about_levels: bool,
    /// The two sides, joined by UNION ALL.
    pub sides: &'static str,
}

const VARIANT: Name = |id| ProductVariantId(id).to_string();
const WAREHOUSE: Option<Name> = Some(|id| WarehouseId(id).to_string());
const RESERVATION: Name = |id| ReservationId(id).to_string();
pub(super) const ORDER: Name = |id| SalesOrderId(id).to_string();
pub(super) const ORDER_LINE: Name = |id| SalesOrderLineId(id).to_string();
const FULFILMENT_LINE: Name = |id| FulfilmentLineId(id).to_string();
const PURCHASE: Name = |id| PurchaseOrderId(id).to_string();
const PURCHASE_LINE: Name = |id| PurchaseOrderLineId(id).to_string();
const RECEIPT_LINE: Name = |id| GoodsReceiptLineId(id).to_string();

pub(super) const fn level(name: &'static str, sides: &'static str) -> Rule {
    Rule {
        name,
        name_a: VARIANT,
        name_b: WAREHOUSE,
        is_about_levels: true,
        sides,
    }
}

pub(super) const fn of(name: &'static str, name_a: Name, sides: &'static str) -> Rule {
    Rule {
        name,
        name_a,
        name_b: None,
        is_about_levels: false,
        sides,
    }
}

/// What must hold of levels and movements at every commit.
pub const LEVELS: &[Rule] = &[
    level(
        "sellable = sum of movements",
        "SELECT variant_id AS a, warehouse_id AS b, sellable AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, to_warehouse_id, 0, quantity
           FROM stock_movement WHERE to_place = 'SELLABLE'
         UNION ALL SELECT variant_id, from_warehouse_id, 0, -quantity
           FROM stock_movement WHERE from_place = 'SELLABLE'",
    ),
    level(
        "quarantined = sum of movements",
        "SELECT variant_id AS a, warehouse_id AS b, quarantined AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, to_warehouse_id, 0, quantity
           FROM stock_movement WHERE to_place = 'QUARANTINE'
         UNION ALL SELECT variant_id, from_warehouse_id, 0, -quantity
           FROM stock_movement WHERE from_place = 'QUARANTINE'",
    ),
    level(
        "value = sum of movements",
        "SELECT variant_id AS a, warehouse_id AS b, value AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, to_warehouse_id, 0, value
           FROM stock_movement WHERE to_warehouse_id IS NOT NULL
         UNION ALL SELECT variant_id, from_warehouse_id, 0, -value
           FROM stock_movement WHERE from_warehouse_id IS NOT NULL",
    ),
    level(
        "days = sums of movements",
        "WITH across AS (
             SELECT *, CASE WHEN goods_receipt_line_id IS NOT NULL THEN 'RECEIPT'
                            WHEN fulfilment_line_id IS NOT NULL THEN 'FULFILMENT'
                            WHEN stock_transfer_line_id IS NOT NULL THEN 'TRANSFER'
                            WHEN stock_adjustment_line_id IS NOT NULL THEN 'ADJUSTMENT'
                            ELSE 'RETURN' END AS kind
               FROM stock_movement
              WHERE from_warehouse_id IS NULL OR to_warehouse_id IS NULL
                 OR from_warehouse_id <> to_warehouse_id)
         SELECT variant_id AS a, warehouse_id AS b,
                ABS(SUM(quantity_in)) + ABS(SUM(value_in))
                + ABS(SUM(quantity_out)) + ABS(SUM(value_out)) AS stored, 0 AS expected
           FROM (SELECT variant_id, warehouse_id, happened_on, kind,
                        quantity_in, value_in, quantity_out, value_out
                   FROM stock_day
                 UNION ALL SELECT variant_id, to_warehouse_id, happened_on, kind,
                        -quantity, -value, 0, 0
                   FROM across WHERE to_warehouse_id IS NOT NULL
                 UNION ALL SELECT variant_id, from_warehouse_id, happened_on, kind,
                        0, 0, -quantity, -value
                   FROM across WHERE from_warehouse_id IS NOT NULL) AS days
          GROUP BY variant_id, warehouse_id, happened_on, kind",
    ),
    level(
        "on hand after each movement = the one before + the movement",
        "WITH sides AS (
             SELECT variant_id, to_warehouse_id AS warehouse_id, id, to_on_hand AS on_hand,
                    CASE WHEN from_warehouse_id = to_warehouse_id THEN 0 ELSE quantity END AS change
               FROM stock_movement WHERE to_warehouse_id IS NOT NULL
             UNION ALL SELECT variant_id, from_warehouse_id, id, from_on_hand,
                    CASE WHEN from_warehouse_id = to_warehouse_id THEN 0 ELSE -quantity END
               FROM stock_movement WHERE from_warehouse_id IS NOT NULL
             UNION ALL SELECT variant_id, warehouse_id, 9223372036854775807,
                    sellable + quarantined, 0 FROM stock_level),
         steps AS (
             SELECT variant_id, warehouse_id, on_hand - change - COALESCE(LAG(on_hand)
                    OVER (PARTITION BY variant_id, warehouse_id ORDER BY id), 0) AS gap
               FROM sides)
         SELECT variant_id AS a, warehouse_id AS b, ABS(gap) AS stored, 0 AS expected
           FROM steps WHERE gap <> 0",
    ),
];

/// What must hold of what is promised and expected.
pub const PROMISES: &[Rule] = &[
    level(
        "supply = sum of commitments",
        "SELECT variant_id AS a, warehouse_id AS b, ABS(SUM(incoming)) AS stored, 0 AS expected
           FROM (SELECT line_id, variant_id, warehouse_id, incoming FROM supply
                 UNION ALL SELECT purchase_order_line_id, variant_id, warehouse_id, -incoming
                   FROM commitment WHERE purchase_order_line_id IS NOT NULL
                 UNION ALL SELECT stock_transfer_line_id, variant_id, warehouse_id, -incoming
                   FROM commitment WHERE stock_transfer_line_id IS NOT NULL) AS lines
          GROUP BY line_id, variant_id, warehouse_id",
    ),
    level(
        "reserved = sum of commitments",
        "SELECT variant_id AS a, warehouse_id AS b, reserved AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, reserved FROM commitment",
    ),
    level(
        "backordered = sum of commitments",
        "SELECT variant_id AS a, warehouse_id AS b, backordered AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, backordered FROM commitment",
    ),
    level(
        "incoming = sum of commitments",
        "SELECT variant_id AS a, warehouse_id AS b, incoming AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, incoming FROM commitment",
    ),
    level(
        "reserved = sum of reservations",
        "SELECT variant_id AS a, warehouse_id AS b, reserved AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, reserved FROM reservation",
    ),
    level(
        "backordered = sum of reservations",
        "SELECT variant_id AS a, warehouse_id AS b, backordered AS stored, 0 AS expected
           FROM stock_level
         UNION ALL SELECT variant_id, warehouse_id, 0, backordered FROM reservation",
    ),
    level(
        "nothing waits while stock is free",
        "SELECT variant_id AS a, warehouse_id AS b,
                CASE WHEN backordered > 0 THEN sellable - reserved ELSE 0 END AS stored,
                0 AS expected
           FROM stock_level",
    ),
];

/// What must hold of sales orders and what is shipped for them.
pub const ORDERS: &[Rule] = &[
    of(
        "order line: reserved = sum of commitments",
        ORDER_LINE,
        "SELECT sales_order_line_id AS a, sales_order_line_id AS b, reserved AS stored,
                0 AS expected
           FROM reservation WHERE sales_order_line_id IS NOT NULL
         UNION ALL SELECT sales_order_line_id, sales_order_line_id, 0, reserved
           FROM commitment WHERE sales_order_line_id IS NOT NULL",
    ),
    of(
        "order line: open quantity = reserved + backordered",
        ORDER_LINE,
        "SELECT sales_order_line_id AS a, sales_order_line_id AS b,
                reserved + backordered AS stored, 0 AS expected
           FROM reservation WHERE sales_order_line_id IS NOT NULL
         UNION ALL SELECT line.id, line.id, 0, line.quantity - line.shipped - line.closed
           FROM sales_order_line AS line
           JOIN sales_order ON sales_order.id = line.sales_order_id
          WHERE sales_order.status = 'CONFIRMED' AND line.is_stock_tracked",
    ),
    of(
        "order line: shipped = sum of fulfilments",
        ORDER_LINE,
        "SELECT id AS a, id AS b, shipped AS stored, 0 AS expected FROM sales_order_line
         UNION ALL SELECT line.sales_order_line_id, line.sales_order_line_id, 0, line.quantity
           FROM fulfilment_line AS line
           JOIN fulfilment ON fulfilment.id = line.fulfilment_id
          WHERE fulfilment.status IN ('SHIPPED', 'DELIVERED')",
    ),
    of(
        "order line: allocated = sum of open fulfilments",
        ORDER_LINE,
        "SELECT id AS a, id AS b, allocated AS stored, 0 AS expected FROM sales_order_line
         UNION ALL SELECT line.sales_order_line_id, line.sales_order_line_id, 0, line.quantity
           FROM fulfilment_line AS line
           JOIN fulfilment ON fulfilment.id = line.fulfilment_id
          WHERE fulfilment.status IN ('PENDING', 'PICKED', 'PACKED')",
    ),
    of(
        "order line: nothing of a closed order is open",
        ORDER_LINE,
        "SELECT line.id AS a, line.id AS b, line.shipped + line.closed AS stored,
                line.quantity AS expected
           FROM sales_order_line AS line
           JOIN sales_order ON sales_order.id = line.sales_order_id
          WHERE sales_order.status = 'CLOSED' AND line.is_stock_tracked",
    ),
    of(
        "order line: gross = net + tax",
        ORDER_LINE,
        "SELECT id AS a, id AS b, gross AS stored, net + tax AS expected FROM sales_order_line",
    ),
    of(
        "order: net = sum of lines",
        ORDER,
        "SELECT id AS a, id AS b, net AS stored, 0 AS expected FROM sales_order
         UNION ALL SELECT sales_order_id, sales_order_id, 0, net FROM sales_order_line",
    ),
    of(
        "order: tax = sum of lines",
        ORDER,
        "SELECT id AS a, id AS b, tax AS stored, 0 AS expected FROM sales_order
         UNION ALL SELECT sales_order_id, sales_order_id, 0, tax FROM sales_order_line",
    ),
    of(
        "order: gross = sum of lines",
        ORDER,
        "SELECT id AS a, id AS b, gross AS stored, 0 AS expected FROM sales_order
         UNION ALL SELECT sales_order_id, sales_order_id, 0, gross FROM sales_order_line",
    ),
    of(
        "order: fulfilment says what was shipped (0 none, 1 partial, 2 full, in millionths)",
        ORDER,
        "SELECT id AS a, id AS b,
                CASE fulfilment WHEN 'NONE' THEN 0 WHEN 'PARTIAL' THEN 1 ELSE 2 END AS stored,
                0 AS expected
           FROM sales_order
         UNION ALL SELECT sales_order_id, sales_order_id, 0,
                CASE WHEN SUM(CASE WHEN is_stock_tracked THEN quantity - shipped ELSE 0 END) = 0
                          THEN 2
                     WHEN SUM(shipped) = 0 THEN 0
                     ELSE 1 END
           FROM sales_order_line GROUP BY sales_order_id",
    ),
    of(
        "fulfilment line: quantity = movements",
        FULFILMENT_LINE,
        "SELECT line.id AS a, line.id AS b, line.quantity AS stored, 0 AS expected
           FROM fulfilment_line AS line
           JOIN fulfilment ON fulfilment.id = line.fulfilment_id
          WHERE fulfilment.status IN ('SHIPPED', 'DELIVERED')
         UNION ALL SELECT fulfilment_line_id, fulfilment_line_id, 0, quantity
           FROM stock_movement WHERE fulfilment_line_id IS NOT NULL",
    ),
    of(
        "fulfilment line: cost = movements",
        FULFILMENT_LINE,
        "SELECT id AS a, id AS b, cost AS stored, 0 AS expected FROM fulfilment_line
         UNION ALL SELECT fulfilment_line_id, fulfilment_line_id, 0, value
           FROM stock_movement WHERE fulfilment_line_id IS NOT NULL",
    ),
];

/// What must hold of goods receipts and purchase orders.
pub const PURCHASING: &[Rule] = &[
    of(
        "receipt line: quantity = movements",
        RECEIPT_LINE,
        "SELECT id AS a, id AS b, quantity AS stored, 0 AS expected FROM goods_receipt_line
         UNION ALL SELECT goods_receipt_line_id, goods_receipt_line_id, 0, quantity
           FROM stock_movement
          WHERE goods_receipt_line_id IS NOT NULL AND reverses_id IS NULL",
    ),
    of(
        "receipt line: rejected = movements to quarantine",
        RECEIPT_LINE,
        "SELECT id AS a, id AS b, rejected AS stored, 0 AS expected FROM goods_receipt_line
         UNION ALL SELECT goods_receipt_line_id, goods_receipt_line_id, 0, quantity
           FROM stock_movement
          WHERE goods_receipt_line_id IS NOT NULL AND reverses_id IS NULL
            AND to_place = 'QUARANTINE'",
    ),
    of(
        "receipt line: of a reversed receipt everything has left again",
        RECEIPT_LINE,
        "SELECT line.id AS a, line.id AS b,
                CASE receipt.status WHEN 'REVERSED' THEN line.quantity ELSE 0 END AS stored,
                0 AS expected
           FROM goods_receipt_line AS line
           JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
         UNION ALL SELECT goods_receipt_line_id, goods_receipt_line_id, 0, quantity
           FROM stock_movement
          WHERE goods_receipt_line_id IS NOT NULL AND reverses_id IS NOT NULL",
    ),
    of(
        "receipt line: value that left = reversing movements",
        RECEIPT_LINE,
        "SELECT id AS a, id AS b, reversed_value AS stored, 0 AS expected
           FROM goods_receipt_line
         UNION ALL SELECT goods_receipt_line_id, goods_receipt_line_id, 0, value
           FROM stock_movement
          WHERE goods_receipt_line_id IS NOT NULL AND reverses_id IS NOT NULL",
    ),
    of(
        "receipt line: value = movements",
        RECEIPT_LINE,
        "SELECT id AS a, id AS b, value AS stored, 0 AS expected FROM goods_receipt_line
         UNION ALL SELECT goods_receipt_line_id, goods_receipt_line_id, 0, value
           FROM stock_movement
          WHERE goods_receipt_line_id IS NOT NULL AND reverses_id IS NULL",
    ),
    of(
        "purchase order: net = sum of lines",
        PURCHASE,
        "SELECT id AS a, id AS b, net AS stored, 0 AS expected FROM purchase_order
         UNION ALL SELECT purchase_order_id, purchase_order_id, 0, net FROM purchase_order_line",
    ),
    of(
        "purchase order: tax = sum of lines",
        PURCHASE,
        "SELECT id AS a, id AS b, tax AS stored, 0 AS expected FROM purchase_order
         UNION ALL SELECT purchase_order_id, purchase_order_id, 0, tax FROM purchase_order_line",
    ),
    of(
        "purchase order: gross = net + tax of the lines",
        PURCHASE,
        "SELECT id AS a, id AS b, gross AS stored, 0 AS expected FROM purchase_order
         UNION ALL SELECT purchase_order_id, purchase_order_id, 0, net + tax
           FROM purchase_order_line",
    ),
    of(
        "purchase order: receiving says what came (0 none, 1 partial, 2 full, 3 over)",
        PURCHASE,
        "SELECT id AS a, id AS b,
                CASE receiving WHEN 'NONE' THEN 0 WHEN 'PARTIAL' THEN 1 WHEN 'FULL' THEN 2
                     ELSE 3 END AS stored,
                0 AS expected
           FROM purchase_order
         UNION ALL SELECT purchase_order_id, purchase_order_id, 0,
                CASE WHEN SUM(accepted + rejected) = 0 THEN 0
                     WHEN MAX(quantity - accepted - rejected) > 0 THEN 1
                     WHEN MIN(quantity - accepted - rejected) = 0
                          AND MAX(quantity - accepted - rejected) = 0 THEN 2
                     ELSE 3 END
           FROM purchase_order_line GROUP BY purchase_order_id",
    ),
    of(
        "purchase order: is due while something is open (in millionths)",
        PURCHASE,
        "SELECT id AS a, id AS b, CASE WHEN due_on IS NULL THEN 0 ELSE 1 END AS stored,
                0 AS expected
           FROM purchase_order
         UNION ALL SELECT line.purchase_order_id, line.purchase_order_id, 0,
                MAX(CASE WHEN purchase_order.status = 'SENT'
                          AND line.quantity > line.accepted + line.rejected + line.closed
                         THEN 1 ELSE 0 END)
           FROM purchase_order_line AS line
           JOIN purchase_order ON purchase_order.id = line.purchase_order_id
          GROUP BY line.purchase_order_id",
    ),
    of(
        "purchase order line: accepted = receipts that stand",
        PURCHASE_LINE,
        "SELECT id AS a, id AS b, accepted AS stored, 0 AS expected FROM purchase_order_line
         UNION ALL SELECT line.purchase_order_line_id, line.purchase_order_line_id, 0, line.accepted
           FROM goods_receipt_line AS line
           JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
          WHERE line.purchase_order_line_id IS NOT NULL AND receipt.status = 'POSTED'",
    ),
    of(
        "purchase order line: rejected = receipts that stand",
        PURCHASE_LINE,
        "SELECT id AS a, id AS b, rejected AS stored, 0 AS expected FROM purchase_order_line
         UNION ALL SELECT line.purchase_order_line_id, line.purchase_order_line_id, 0, line.rejected
           FROM goods_receipt_line AS line
           JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
          WHERE line.purchase_order_line_id IS NOT NULL AND receipt.status = 'POSTED'",
    ),
    of(
        "purchase order line: short = receipts that stand",
        PURCHASE_LINE,
        "SELECT id AS a, id AS b, short AS stored, 0 AS expected FROM purchase_order_line
         UNION ALL SELECT line.purchase_order_line_id, line.purchase_order_line_id, 0, line.short
           FROM goods_receipt_line AS line
           JOIN goods_receipt AS receipt ON receipt.id = line.goods_receipt_id
          WHERE line.purchase_order_line_id IS NOT NULL AND receipt.status = 'POSTED'",
    ),
    of(
        "purchase order line: incoming = open remainder",
        PURCHASE_LINE,
        "SELECT line.id AS a, line.id AS b,
                CASE WHEN purchase_order.status IN ('SENT', 'CLOSED')
                      AND line.quantity > line.accepted + line.rejected + line.closed
                     THEN line.quantity - line.accepted - line.rejected - line.closed
                     ELSE 0 END AS stored,
                0 AS expected
           FROM purchase_order_line AS line
           JOIN purchase_order ON purchase_order.id = line.purchase_order_id
         UNION ALL SELECT purchase_order_line_id, purchase_order_line_id, 0, incoming
           FROM commitment WHERE purchase_order_line_id IS NOT NULL",
    ),
];

/// What must hold of reservations.
pub const RESERVATIONS: &[Rule] = &[of(
    "reservation: an ended one holds nothing",
    RESERVATION,
    "SELECT id AS a, id AS b, reserved + backordered AS stored, 0 AS expected
           FROM reservation WHERE state <> 'ACTIVE'",
)];

/// What must hold of every document that posts.
pub const DOCUMENTS: &[Rule] = &[Rule {
    name: "document: its operation is kept, by its author",
    name_a: |id| OperationId(id).to_string(),
    name_b: Some(|id| PrincipalId(id).to_string()),
    is_about_levels: false,
    sides: "SELECT operation_id AS a, created_by AS b, 1000000 AS stored, 0 AS expected
           FROM goods_receipt
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM sales_order
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM fulfilment
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM stock_transfer
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM stock_adjustment
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM stock_count
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM stock_hold
         UNION ALL SELECT operation_id, created_by, 1000000, 0 FROM customer_return
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN goods_receipt ON goods_receipt.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN sales_order ON sales_order.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN fulfilment ON fulfilment.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN stock_transfer ON stock_transfer.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN stock_adjustment ON stock_adjustment.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN stock_count ON stock_count.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN stock_hold ON stock_hold.operation_id = operation.id
         UNION ALL SELECT operation.id, operation.caller_id, 0, 1000000
           FROM operation JOIN customer_return ON customer_return.operation_id = operation.id",
}];
