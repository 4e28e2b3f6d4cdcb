//! Holds, transfers, adjustments.

crate::dialect::migration!(
    r#"
CREATE TABLE stock_hold (
    id {uuid} NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    status TEXT NOT NULL,
    expires_at {big} NOT NULL,
    external_id TEXT,
    metadata {json},
    sales_order_id {uuid},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT stock_hold_external_id_unique UNIQUE (external_id),
    CONSTRAINT stock_hold_status_known CHECK (
        status IN ('ACTIVE', 'CONVERTED', 'RELEASED', 'EXPIRED')),
    CONSTRAINT stock_hold_converted CHECK ((status = 'CONVERTED') = (sales_order_id IS NOT NULL)),
    CONSTRAINT stock_hold_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT stock_hold_order FOREIGN KEY (sales_order_id) REFERENCES sales_order (id)
) {strict};
CREATE INDEX stock_hold_due ON stock_hold (expires_at, id) WHERE status = 'ACTIVE';
CREATE INDEX stock_hold_owner ON stock_hold (owner, id);
CREATE INDEX stock_hold_status ON stock_hold (status, id);
CREATE INDEX stock_hold_expiry ON stock_hold (expires_at, id);

CREATE TABLE stock_hold_line (
    id {uuid} NOT NULL PRIMARY KEY,
    stock_hold_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    CONSTRAINT stock_hold_line_position_unique UNIQUE (stock_hold_id, position),
    CONSTRAINT stock_hold_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT stock_hold_line_document FOREIGN KEY (stock_hold_id) REFERENCES stock_hold (id),
    CONSTRAINT stock_hold_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT stock_hold_line_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX stock_hold_line_variant ON stock_hold_line (variant_id, id);

CREATE TABLE stock_transfer (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    from_warehouse_id {uuid} NOT NULL,
    to_warehouse_id {uuid} NOT NULL,
    note TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT stock_transfer_number_unique UNIQUE (number),
    CONSTRAINT stock_transfer_external_id_unique UNIQUE (external_id),
    CONSTRAINT stock_transfer_status_known CHECK (
        status IN ('DRAFT', 'IN_TRANSIT', 'CLOSED', 'CANCELLED')),
    CONSTRAINT stock_transfer_two_warehouses CHECK (from_warehouse_id <> to_warehouse_id),
    CONSTRAINT stock_transfer_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT stock_transfer_from_warehouse FOREIGN KEY (from_warehouse_id)
        REFERENCES warehouse (id),
    CONSTRAINT stock_transfer_to_warehouse FOREIGN KEY (to_warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX stock_transfer_from_warehouse ON stock_transfer (from_warehouse_id, id);
CREATE INDEX stock_transfer_status ON stock_transfer (status, id);
CREATE INDEX stock_transfer_date ON stock_transfer (date, id);
CREATE INDEX stock_transfer_to_warehouse ON stock_transfer (to_warehouse_id, id);

CREATE TABLE stock_transfer_line (
    id {uuid} NOT NULL PRIMARY KEY,
    stock_transfer_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    dispatched {big} NOT NULL,
    received {big} NOT NULL,
    lost {big} NOT NULL,
    returned {big} NOT NULL,
    in_transit_value {big} NOT NULL,
    CONSTRAINT stock_transfer_line_position_unique UNIQUE (stock_transfer_id, position),
    CONSTRAINT stock_transfer_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT stock_transfer_line_dispatched_range CHECK (dispatched BETWEEN 0 AND quantity),
    CONSTRAINT stock_transfer_line_arrivals_range CHECK (
        received >= 0 AND lost >= 0 AND returned >= 0 AND received + lost + returned <= dispatched),
    CONSTRAINT stock_transfer_line_value_range CHECK (
        in_transit_value >= 0 AND (in_transit_value = 0
        OR received + lost + returned < dispatched)),
    CONSTRAINT stock_transfer_line_document FOREIGN KEY (stock_transfer_id)
        REFERENCES stock_transfer (id),
    CONSTRAINT stock_transfer_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
CREATE INDEX stock_transfer_line_variant ON stock_transfer_line (variant_id, id);

CREATE TABLE stock_adjustment (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    reversed_by {uuid},
    reversed_at {big},
    reversed_on {date},
    reversed_reason TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT stock_adjustment_number_unique UNIQUE (number),
    CONSTRAINT stock_adjustment_external_id_unique UNIQUE (external_id),
    CONSTRAINT stock_adjustment_status_known CHECK (status IN ('POSTED', 'REVERSED')),
    CONSTRAINT stock_adjustment_reversed CHECK (
        (status = 'REVERSED') = (reversed_at IS NOT NULL)),
    CONSTRAINT stock_adjustment_reverser FOREIGN KEY (reversed_by) REFERENCES principal (id),
    CONSTRAINT stock_adjustment_reason_known CHECK (
        reason IN ('OPENING', 'COUNT', 'DAMAGE', 'LOSS', 'FOUND', 'INTERNAL_USE', 'OTHER')),
    CONSTRAINT stock_adjustment_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT stock_adjustment_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX stock_adjustment_status ON stock_adjustment (status, id);
CREATE INDEX stock_adjustment_reason ON stock_adjustment (reason, id);
CREATE INDEX stock_adjustment_date ON stock_adjustment (date, id);
CREATE INDEX stock_adjustment_warehouse ON stock_adjustment (warehouse_id, id);

CREATE TABLE stock_adjustment_line (
    id {uuid} NOT NULL PRIMARY KEY,
    stock_adjustment_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    place TEXT NOT NULL,
    delta {big} NOT NULL,
    value {big} NOT NULL,
    reversed_value {big} NOT NULL,
    CONSTRAINT stock_adjustment_line_position_unique UNIQUE (stock_adjustment_id, position),
    CONSTRAINT stock_adjustment_line_place_known CHECK (place IN ('SELLABLE', 'QUARANTINE')),
    CONSTRAINT stock_adjustment_line_delta_not_zero CHECK (delta <> 0),
    CONSTRAINT stock_adjustment_line_value_sign CHECK (
        (delta > 0 AND value >= 0 AND reversed_value <= 0)
        OR (delta < 0 AND value <= 0 AND reversed_value >= 0)),
    CONSTRAINT stock_adjustment_line_document FOREIGN KEY (stock_adjustment_id)
        REFERENCES stock_adjustment (id),
    CONSTRAINT stock_adjustment_line_variant FOREIGN KEY (variant_id)
        REFERENCES product_variant (id)
) {strict};
CREATE INDEX stock_adjustment_line_variant ON stock_adjustment_line (variant_id, id);

CREATE TABLE stock_count (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    is_blind {bool} NOT NULL,
    recount_over {big},
    note TEXT,
    stock_adjustment_id {uuid},
    posted_by {uuid},
    posted_at {big},
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT stock_count_number_unique UNIQUE (number),
    CONSTRAINT stock_count_external_id_unique UNIQUE (external_id),
    -- An adjustment corrects one count at most, and is found by it.
    CONSTRAINT stock_count_adjustment_unique UNIQUE (stock_adjustment_id),
    CONSTRAINT stock_count_status_known CHECK (
        status IN ('OPEN', 'COUNTED', 'POSTED', 'CANCELLED')),
    CONSTRAINT stock_count_recount_range CHECK (recount_over >= 0),
    CONSTRAINT stock_count_posted CHECK (
        (status = 'POSTED') = (posted_at IS NOT NULL)
        AND (status = 'POSTED') = (posted_by IS NOT NULL)
        AND (status = 'POSTED' OR stock_adjustment_id IS NULL)),
    CONSTRAINT stock_count_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT stock_count_poster FOREIGN KEY (posted_by) REFERENCES principal (id),
    CONSTRAINT stock_count_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id),
    CONSTRAINT stock_count_adjustment FOREIGN KEY (stock_adjustment_id)
        REFERENCES stock_adjustment (id)
) {strict};
CREATE INDEX stock_count_status ON stock_count (status, id);
CREATE INDEX stock_count_date ON stock_count (date, id);
CREATE INDEX stock_count_warehouse ON stock_count (warehouse_id, id);

CREATE TABLE stock_count_line (
    id {uuid} NOT NULL PRIMARY KEY,
    stock_count_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    open_warehouse_id {uuid},
    counted {big},
    expected {big},
    times_counted {int} NOT NULL,
    counted_by {uuid},
    counted_at {big},
    CONSTRAINT stock_count_line_position_unique UNIQUE (stock_count_id, position),
    CONSTRAINT stock_count_line_variant_unique UNIQUE (stock_count_id, variant_id),
    -- A variant is in one count of a warehouse at a time, whoever begins them at once.
    CONSTRAINT stock_count_line_open_unique UNIQUE (variant_id, open_warehouse_id),
    CONSTRAINT stock_count_line_counted CHECK (
        (times_counted = 0 AND counted IS NULL AND expected IS NULL AND counted_by IS NULL
            AND counted_at IS NULL)
        OR (times_counted > 0 AND counted IS NOT NULL AND expected IS NOT NULL
            AND counted_by IS NOT NULL AND counted_at IS NOT NULL)),
    CONSTRAINT stock_count_line_quantities_range CHECK (counted >= 0 AND expected >= 0),
    CONSTRAINT stock_count_line_document FOREIGN KEY (stock_count_id) REFERENCES stock_count (id),
    CONSTRAINT stock_count_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT stock_count_line_warehouse FOREIGN KEY (open_warehouse_id)
        REFERENCES warehouse (id),
    CONSTRAINT stock_count_line_counter FOREIGN KEY (counted_by) REFERENCES principal (id)
) {strict};
CREATE INDEX stock_count_line_variant ON stock_count_line (variant_id, id);

CREATE TABLE stock_settings (
    id {small} NOT NULL PRIMARY KEY,
    adjustment_approval_over {big},
    sourcing_strategy TEXT NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT stock_settings_single CHECK (id = 1),
    CONSTRAINT stock_settings_approval_range CHECK (adjustment_approval_over >= 0),
    CONSTRAINT stock_settings_sourcing_known CHECK (
        sourcing_strategy IN ('GIVEN_WAREHOUSE', 'PRIORITY', 'FEWEST_SHIPMENTS'))
) {strict};
INSERT INTO stock_settings (id, adjustment_approval_over, sourcing_strategy, updated_at, version)
    VALUES (1, NULL, 'GIVEN_WAREHOUSE', 0, 1);
"#,
    "DROP TABLE stock_settings; DROP TABLE stock_count_line; DROP TABLE stock_count;
    DROP TABLE stock_adjustment_line; DROP TABLE stock_adjustment; DROP TABLE stock_transfer_line;
    DROP TABLE stock_transfer; DROP TABLE stock_hold_line; DROP TABLE stock_hold;"
);
