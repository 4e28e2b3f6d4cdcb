//! Alerts of levels: what ran low, out or over, since when and until when.
//!
//! Their level is held locked by whoever writes them, as that of reservations is.

crate::dialect::migration!(
    r#"
CREATE TABLE stock_alert (
    id {uuid} NOT NULL PRIMARY KEY,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    quantity {big} NOT NULL,
    threshold {big} NOT NULL,
    operation_id {uuid} NOT NULL,
    raised_at {big} NOT NULL,
    cleared_quantity {big},
    cleared_by {uuid},
    cleared_at {big},
    CONSTRAINT stock_alert_kind_known CHECK (
        kind IN ('LOW', 'OUT', 'BACK_IN_STOCK', 'OVERSTOCK')),
    CONSTRAINT stock_alert_cleared_whole CHECK (
        (cleared_at IS NULL) = (cleared_by IS NULL)
        AND (cleared_at IS NULL) = (cleared_quantity IS NULL)),
    CONSTRAINT stock_alert_order CHECK (cleared_at >= raised_at),
    CONSTRAINT stock_alert_crossed CHECK (CASE kind
        WHEN 'LOW' THEN quantity <= threshold
        WHEN 'OUT' THEN quantity <= 0 AND threshold = 0
        WHEN 'OVERSTOCK' THEN quantity > threshold
        ELSE quantity > 0 AND threshold = 0 AND cleared_at IS NOT NULL END),
    CONSTRAINT stock_alert_level FOREIGN KEY (variant_id, warehouse_id)
        REFERENCES stock_level (variant_id, warehouse_id)
) {strict};
CREATE UNIQUE INDEX stock_alert_open ON stock_alert (variant_id, warehouse_id, kind)
    WHERE cleared_at IS NULL;
CREATE INDEX stock_alert_standing ON stock_alert (id) WHERE cleared_at IS NULL;
CREATE INDEX stock_alert_kind ON stock_alert (kind, id);
CREATE INDEX stock_alert_variant ON stock_alert (variant_id, id);
CREATE INDEX stock_alert_warehouse ON stock_alert (warehouse_id, id);
"#,
    "DROP TABLE stock_alert;"
);
