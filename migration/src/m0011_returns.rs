//! What customers send back.

crate::dialect::migration!(
    r#"
CREATE TABLE customer_return (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    sales_order_id {uuid} NOT NULL,
    customer_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    note TEXT,
    refusal TEXT,
    settlement TEXT,
    replacement_id {uuid},
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT customer_return_number_unique UNIQUE (number),
    CONSTRAINT customer_return_external_id_unique UNIQUE (external_id),
    CONSTRAINT customer_return_status_known CHECK (status IN ('REQUESTED', 'APPROVED', 'REJECTED',
        'RECEIVED', 'INSPECTED', 'CLOSED', 'CANCELLED')),
    CONSTRAINT customer_return_settlement_known CHECK (
        settlement IS NULL OR settlement IN ('CREDIT', 'REPLACEMENT', 'NONE')),
    CONSTRAINT customer_return_settled_when_closed CHECK (
        (status = 'CLOSED') = (settlement IS NOT NULL)),
    CONSTRAINT customer_return_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT customer_return_order FOREIGN KEY (sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT customer_return_replacement FOREIGN KEY (replacement_id)
        REFERENCES sales_order (id),
    CONSTRAINT customer_return_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT customer_return_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX customer_return_order ON customer_return (sales_order_id, id);
CREATE INDEX customer_return_customer ON customer_return (customer_id, id);
CREATE INDEX customer_return_status ON customer_return (status, id);
CREATE INDEX customer_return_date ON customer_return (date, id);
CREATE INDEX customer_return_warehouse ON customer_return (warehouse_id, id);

CREATE TABLE customer_return_line (
    id {uuid} NOT NULL PRIMARY KEY,
    customer_return_id {uuid} NOT NULL,
    position {int} NOT NULL,
    fulfilment_line_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    received {big} NOT NULL,
    cost {big} NOT NULL,
    restocked {big} NOT NULL,
    scrapped {big} NOT NULL,
    sent_back {big} NOT NULL,
    finding TEXT,
    CONSTRAINT customer_return_line_position_unique UNIQUE (customer_return_id, position),
    CONSTRAINT customer_return_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT customer_return_line_reason_known CHECK (
        reason IN ('DAMAGED', 'DEFECTIVE', 'WRONG_ITEM', 'NOT_WANTED', 'OTHER')),
    CONSTRAINT customer_return_line_received_range CHECK (received BETWEEN 0 AND quantity),
    CONSTRAINT customer_return_line_cost_range CHECK (cost >= 0 AND (received > 0 OR cost = 0)),
    CONSTRAINT customer_return_line_inspected_range CHECK (restocked >= 0 AND scrapped >= 0
        AND sent_back >= 0 AND restocked + scrapped + sent_back IN (0, received)),
    CONSTRAINT customer_return_line_document FOREIGN KEY (customer_return_id)
        REFERENCES customer_return (id),
    CONSTRAINT customer_return_line_fulfilment_line FOREIGN KEY (fulfilment_line_id)
        REFERENCES fulfilment_line (id),
    CONSTRAINT customer_return_line_variant FOREIGN KEY (variant_id)
        REFERENCES product_variant (id)
) {strict};
CREATE INDEX customer_return_line_fulfilment_line ON customer_return_line (fulfilment_line_id);
CREATE INDEX customer_return_line_variant ON customer_return_line (variant_id, id);
"#,
    "DROP TABLE customer_return_line; DROP TABLE customer_return;"
);
