//! Balances, and the physical and the commitment ledger beside them.
//!
//! Reservations and commitments name a level that their writer holds locked and that is never
//! deleted, and the level's sums must be theirs: a foreign key would say nothing more.

crate::dialect::migration!(
    r#"
CREATE TABLE stock_level (
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    sellable {big} NOT NULL,
    quarantined {big} NOT NULL,
    reserved {big} NOT NULL,
    backordered {big} NOT NULL,
    incoming {big} NOT NULL,
    value {big} NOT NULL,
    costing_method TEXT NOT NULL,
    minimum {big},
    maximum {big},
    reorder_point {big},
    safety_stock {big},
    policy_version {big} NOT NULL DEFAULT 0,
    hold_expires_at {big},
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    PRIMARY KEY (variant_id, warehouse_id),
    CONSTRAINT stock_level_sellable_range CHECK (sellable >= 0),
    CONSTRAINT stock_level_quarantined_range CHECK (quarantined >= 0),
    CONSTRAINT stock_level_reserved_range CHECK (reserved >= 0 AND reserved <= sellable),
    CONSTRAINT stock_level_backordered_range CHECK (backordered >= 0),
    CONSTRAINT stock_level_incoming_range CHECK (incoming >= 0),
    CONSTRAINT stock_level_value_range CHECK (
        value >= 0 AND (value = 0 OR sellable + quarantined > 0)),
    CONSTRAINT stock_level_costing_known CHECK (costing_method IN ('MOVING_AVERAGE', 'FIFO')),
    CONSTRAINT stock_level_policy_range CHECK (minimum >= 0 AND maximum >= 0
        AND reorder_point >= 0 AND safety_stock >= 0 AND policy_version >= 0),
    CONSTRAINT stock_level_policy_order CHECK (minimum <= maximum AND reorder_point <= maximum
        AND safety_stock <= reorder_point),
    CONSTRAINT stock_level_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT stock_level_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX stock_level_warehouse ON stock_level (warehouse_id, variant_id);
CREATE TRIGGER stock_level_kept BEFORE DELETE ON stock_level {refused};

CREATE TABLE cost_layer (
    id {uuid} NOT NULL PRIMARY KEY,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    position {big} NOT NULL,
    quantity {big} NOT NULL,
    value {big} NOT NULL,
    CONSTRAINT cost_layer_place_unique UNIQUE (variant_id, warehouse_id, position),
    CONSTRAINT cost_layer_quantity_positive CHECK (quantity > 0),
    CONSTRAINT cost_layer_value_range CHECK (value >= 0),
    CONSTRAINT cost_layer_level FOREIGN KEY (variant_id, warehouse_id)
        REFERENCES stock_level (variant_id, warehouse_id)
) {strict};

CREATE TABLE stock_movement (
    id {serial},
    operation_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    value {big} NOT NULL,
    from_place TEXT NOT NULL,
    from_warehouse_id {uuid},
    to_place TEXT NOT NULL,
    to_warehouse_id {uuid},
    goods_receipt_line_id {uuid},
    fulfilment_line_id {uuid},
    stock_transfer_line_id {uuid},
    stock_adjustment_line_id {uuid},
    customer_return_line_id {uuid},
    reason TEXT,
    reverses_id {big},
    cost_layer_id {uuid},
    from_on_hand {big},
    to_on_hand {big},
    happened_on {date} NOT NULL,
    recorded_at {big} NOT NULL,
    recorded_by {uuid} NOT NULL,
    CONSTRAINT stock_movement_quantity_positive CHECK (quantity > 0),
    CONSTRAINT stock_movement_value_range CHECK (value >= 0),
    CONSTRAINT stock_movement_places_known CHECK (
        from_place IN ('SELLABLE', 'QUARANTINE', 'TRANSIT', 'OUTSIDE')
        AND to_place IN ('SELLABLE', 'QUARANTINE', 'TRANSIT', 'OUTSIDE')),
    CONSTRAINT stock_movement_from_warehouse_given CHECK (
        (from_place IN ('SELLABLE', 'QUARANTINE')) = (from_warehouse_id IS NOT NULL)),
    CONSTRAINT stock_movement_to_warehouse_given CHECK (
        (to_place IN ('SELLABLE', 'QUARANTINE')) = (to_warehouse_id IS NOT NULL)),
    CONSTRAINT stock_movement_on_hand_given CHECK (
        (from_warehouse_id IS NOT NULL) = (from_on_hand IS NOT NULL)
        AND (to_warehouse_id IS NOT NULL) = (to_on_hand IS NOT NULL)),
    CONSTRAINT stock_movement_one_cause CHECK (
        (CASE WHEN goods_receipt_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN fulfilment_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_transfer_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_adjustment_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN customer_return_line_id IS NULL THEN 0 ELSE 1 END) = 1),
    CONSTRAINT stock_movement_reverses FOREIGN KEY (reverses_id) REFERENCES stock_movement (id),
    CONSTRAINT stock_movement_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT stock_movement_author FOREIGN KEY (recorded_by) REFERENCES principal (id),
    CONSTRAINT stock_movement_from_warehouse FOREIGN KEY (from_warehouse_id)
        REFERENCES warehouse (id),
    CONSTRAINT stock_movement_to_warehouse FOREIGN KEY (to_warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT stock_movement_goods_receipt_line FOREIGN KEY (goods_receipt_line_id)
        REFERENCES goods_receipt_line (id),
    CONSTRAINT stock_movement_fulfilment_line FOREIGN KEY (fulfilment_line_id)
        REFERENCES fulfilment_line (id),
    CONSTRAINT stock_movement_stock_transfer_line FOREIGN KEY (stock_transfer_line_id)
        REFERENCES stock_transfer_line (id),
    CONSTRAINT stock_movement_stock_adjustment_line FOREIGN KEY (stock_adjustment_line_id)
        REFERENCES stock_adjustment_line (id),
    CONSTRAINT stock_movement_customer_return_line FOREIGN KEY (customer_return_line_id)
        REFERENCES customer_return_line (id)
) {strict};
CREATE INDEX stock_movement_variant ON stock_movement (variant_id, id);
CREATE INDEX stock_movement_came ON stock_movement (variant_id, to_warehouse_id, id)
    WHERE to_warehouse_id IS NOT NULL AND from_warehouse_id IS NULL;
CREATE INDEX stock_movement_day ON stock_movement (happened_on, id);
CREATE INDEX stock_movement_receipt ON stock_movement (goods_receipt_line_id)
    WHERE goods_receipt_line_id IS NOT NULL;
CREATE UNIQUE INDEX stock_movement_reverses ON stock_movement (reverses_id)
    WHERE reverses_id IS NOT NULL;
CREATE INDEX stock_movement_cost_layer ON stock_movement (cost_layer_id)
    WHERE cost_layer_id IS NOT NULL;
CREATE INDEX stock_movement_adjustment ON stock_movement (stock_adjustment_line_id)
    WHERE stock_adjustment_line_id IS NOT NULL;
CREATE INDEX stock_movement_transfer ON stock_movement (stock_transfer_line_id)
    WHERE stock_transfer_line_id IS NOT NULL;

CREATE TABLE stock_day (
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    happened_on {date} NOT NULL,
    kind TEXT NOT NULL,
    quantity_in {big} NOT NULL,
    value_in {big} NOT NULL,
    quantity_out {big} NOT NULL,
    value_out {big} NOT NULL,
    PRIMARY KEY (variant_id, warehouse_id, happened_on, kind) {with_sums},
    CONSTRAINT stock_day_kind_known CHECK (
        kind IN ('RECEIPT', 'FULFILMENT', 'TRANSFER', 'ADJUSTMENT', 'RETURN')),
    CONSTRAINT stock_day_sums_range CHECK (
        quantity_in >= 0 AND value_in >= 0 AND quantity_out >= 0 AND value_out >= 0),
    CONSTRAINT stock_day_level FOREIGN KEY (variant_id, warehouse_id)
        REFERENCES stock_level (variant_id, warehouse_id)
) {clustered};

CREATE TABLE reservation (
    id {uuid} NOT NULL PRIMARY KEY,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    sales_order_line_id {uuid},
    stock_transfer_line_id {uuid},
    stock_hold_line_id {uuid},
    reserved {big} NOT NULL,
    backordered {big} NOT NULL,
    state TEXT NOT NULL,
    priority {int} NOT NULL,
    due_on {date} NOT NULL,
    expires_at {big},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    CONSTRAINT reservation_state_known CHECK (
        state IN ('ACTIVE', 'CONSUMED', 'RELEASED', 'EXPIRED')),
    CONSTRAINT reservation_quantities_range CHECK (reserved >= 0 AND backordered >= 0),
    CONSTRAINT reservation_priority_range CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT reservation_priority_of_orders CHECK (
        priority = 5 OR sales_order_line_id IS NOT NULL),
    CONSTRAINT reservation_ended_holds_nothing CHECK (
        (state = 'ACTIVE') = (reserved + backordered > 0)),
    CONSTRAINT reservation_one_cause CHECK (
        (CASE WHEN sales_order_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_transfer_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_hold_line_id IS NULL THEN 0 ELSE 1 END) = 1),
    CONSTRAINT reservation_sales_order_line FOREIGN KEY (sales_order_line_id)
        REFERENCES sales_order_line (id),
    CONSTRAINT reservation_stock_transfer_line FOREIGN KEY (stock_transfer_line_id)
        REFERENCES stock_transfer_line (id),
    CONSTRAINT reservation_stock_hold_line FOREIGN KEY (stock_hold_line_id)
        REFERENCES stock_hold_line (id)
) {strict};
CREATE INDEX reservation_active ON reservation (variant_id, warehouse_id, priority DESC, id)
    WHERE state = 'ACTIVE';
CREATE INDEX reservation_backordered ON reservation (variant_id, warehouse_id, id)
    WHERE backordered > 0;
CREATE INDEX reservation_variant ON reservation (variant_id, id);
CREATE INDEX reservation_warehouse ON reservation (warehouse_id, id);
CREATE INDEX reservation_state ON reservation (state, id);
CREATE INDEX reservation_due ON reservation (due_on, id);
CREATE INDEX reservation_order_line ON reservation (sales_order_line_id)
    WHERE sales_order_line_id IS NOT NULL;
CREATE INDEX reservation_transfer_line ON reservation (stock_transfer_line_id)
    WHERE stock_transfer_line_id IS NOT NULL;
CREATE INDEX reservation_hold_line ON reservation (stock_hold_line_id)
    WHERE stock_hold_line_id IS NOT NULL;

CREATE TABLE commitment (
    id {serial},
    operation_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    sales_order_line_id {uuid},
    stock_transfer_line_id {uuid},
    stock_hold_line_id {uuid},
    purchase_order_line_id {uuid},
    reserved {big} NOT NULL,
    backordered {big} NOT NULL,
    incoming {big} NOT NULL,
    due_on {date} NOT NULL,
    recorded_at {big} NOT NULL,
    CONSTRAINT commitment_says_something CHECK (
        reserved <> 0 OR backordered <> 0 OR incoming <> 0),
    CONSTRAINT commitment_one_cause CHECK (
        (CASE WHEN sales_order_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_transfer_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN stock_hold_line_id IS NULL THEN 0 ELSE 1 END)
        + (CASE WHEN purchase_order_line_id IS NULL THEN 0 ELSE 1 END) = 1),
    CONSTRAINT commitment_sales_order_line FOREIGN KEY (sales_order_line_id)
        REFERENCES sales_order_line (id),
    CONSTRAINT commitment_stock_transfer_line FOREIGN KEY (stock_transfer_line_id)
        REFERENCES stock_transfer_line (id),
    CONSTRAINT commitment_stock_hold_line FOREIGN KEY (stock_hold_line_id)
        REFERENCES stock_hold_line (id),
    CONSTRAINT commitment_purchase_order_line FOREIGN KEY (purchase_order_line_id)
        REFERENCES purchase_order_line (id)
) {strict};
CREATE INDEX commitment_purchase_order_line ON commitment (purchase_order_line_id)
    WHERE purchase_order_line_id IS NOT NULL;
CREATE INDEX commitment_level ON commitment (variant_id, warehouse_id, id);

CREATE TABLE supply (
    line_id {uuid} NOT NULL PRIMARY KEY,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    purchase_order_line_id {uuid},
    stock_transfer_line_id {uuid},
    due_on {date} NOT NULL,
    incoming {big} NOT NULL,
    CONSTRAINT supply_one_line CHECK (
        (purchase_order_line_id IS NOT NULL) <> (stock_transfer_line_id IS NOT NULL)
        AND line_id = COALESCE(purchase_order_line_id, stock_transfer_line_id)),
    CONSTRAINT supply_purchase_order_line FOREIGN KEY (purchase_order_line_id)
        REFERENCES purchase_order_line (id),
    CONSTRAINT supply_stock_transfer_line FOREIGN KEY (stock_transfer_line_id)
        REFERENCES stock_transfer_line (id)
) {strict};
CREATE INDEX supply_open ON supply (variant_id, warehouse_id, due_on) WHERE incoming > 0;
"#,
    "DROP TABLE supply; DROP TABLE commitment; DROP TABLE reservation; DROP TABLE stock_day;
    DROP TABLE stock_movement; DROP TABLE cost_layer; DROP TABLE stock_level;"
);
