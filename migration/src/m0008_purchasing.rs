//! Supplier items, purchase orders and who must approve them. Runs before receipts and ledgers,
//! which refer to orders.

crate::dialect::migration!(
    r#"
CREATE TABLE purchasing_settings (
    id {small} NOT NULL PRIMARY KEY,
    over_receipt_tolerance {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT purchasing_settings_single CHECK (id = 1),
    CONSTRAINT purchasing_settings_tolerance_range CHECK (
        over_receipt_tolerance BETWEEN 0 AND 1000000)
) {strict};
INSERT INTO purchasing_settings (id, over_receipt_tolerance, updated_at, version)
    VALUES (1, 0, 0, 1);

CREATE TABLE approval_tier (
    document_kind TEXT NOT NULL,
    position {int} NOT NULL,
    from_amount {big} NOT NULL,
    scope TEXT NOT NULL,
    PRIMARY KEY (document_kind, position),
    CONSTRAINT approval_tier_amount_unique UNIQUE (document_kind, from_amount),
    CONSTRAINT approval_tier_kind_known CHECK (document_kind IN ('PURCHASE_ORDER')),
    CONSTRAINT approval_tier_amount_range CHECK (from_amount >= 0)
) {strict};

CREATE TABLE supplier_item (
    id {uuid} NOT NULL PRIMARY KEY,
    supplier_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    supplier_sku TEXT,
    minimum_quantity {big} NOT NULL,
    order_multiple {big},
    lead_time_days {int},
    is_preferred {bool} NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT supplier_item_variant_unique UNIQUE (supplier_id, variant_id),
    CONSTRAINT supplier_item_external_id_unique UNIQUE (external_id),
    CONSTRAINT supplier_item_minimum_range CHECK (minimum_quantity >= 0),
    CONSTRAINT supplier_item_multiple_positive CHECK (order_multiple > 0),
    CONSTRAINT supplier_item_lead_time_range CHECK (lead_time_days BETWEEN 0 AND 3650),
    CONSTRAINT supplier_item_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT supplier_item_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id),
    CONSTRAINT supplier_item_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
CREATE INDEX supplier_item_supplier ON supplier_item (supplier_id, id);
CREATE INDEX supplier_item_variant ON supplier_item (variant_id, id);
CREATE INDEX supplier_item_status ON supplier_item (status, id);
CREATE INDEX supplier_item_updated_at ON supplier_item (updated_at, id);
CREATE UNIQUE INDEX supplier_item_preferred ON supplier_item (variant_id) WHERE is_preferred;

CREATE TABLE supplier_item_price (
    supplier_item_id {uuid} NOT NULL,
    position {int} NOT NULL,
    minimum_quantity {big} NOT NULL,
    unit_price {big} NOT NULL,
    PRIMARY KEY (supplier_item_id, position),
    CONSTRAINT supplier_item_price_step_unique UNIQUE (supplier_item_id, minimum_quantity),
    CONSTRAINT supplier_item_price_minimum_range CHECK (minimum_quantity >= 0),
    CONSTRAINT supplier_item_price_range CHECK (unit_price >= 0),
    CONSTRAINT supplier_item_price_item FOREIGN KEY (supplier_item_id)
        REFERENCES supplier_item (id)
) {strict};

CREATE TABLE purchase_order (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    receiving TEXT NOT NULL,
    billing TEXT NOT NULL,
    supplier_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    date {date} NOT NULL,
    expected_on {date} NOT NULL,
    due_on {date},
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    payment_terms_id {uuid},
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    supplier_reference TEXT,
    note TEXT,
    edited_by {uuid} NOT NULL,
    submitted_by {uuid},
    submitted_at {big},
    approved_by {uuid},
    approved_at {big},
    rejected_reason TEXT,
    sent_at {big},
    closed_reason TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT purchase_order_number_unique UNIQUE (number),
    CONSTRAINT purchase_order_external_id_unique UNIQUE (external_id),
    CONSTRAINT purchase_order_status_known CHECK (status IN (
        'DRAFT', 'PENDING_APPROVAL', 'APPROVED', 'SENT', 'CLOSED', 'CANCELLED')),
    CONSTRAINT purchase_order_receiving_known CHECK (
        receiving IN ('NONE', 'PARTIAL', 'FULL', 'OVER')),
    CONSTRAINT purchase_order_billing_known CHECK (
        billing IN ('NONE', 'PARTIAL', 'FULL', 'OVER')),
    CONSTRAINT purchase_order_rate_positive CHECK (exchange_rate > 0),
    CONSTRAINT purchase_order_due CHECK (due_on IS NULL OR status = 'SENT'),
    CONSTRAINT purchase_order_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT purchase_order_editor FOREIGN KEY (edited_by) REFERENCES principal (id),
    CONSTRAINT purchase_order_submitter FOREIGN KEY (submitted_by) REFERENCES principal (id),
    CONSTRAINT purchase_order_approver FOREIGN KEY (approved_by) REFERENCES principal (id),
    CONSTRAINT purchase_order_terms FOREIGN KEY (payment_terms_id) REFERENCES payment_terms (id),
    CONSTRAINT purchase_order_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id),
    CONSTRAINT purchase_order_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX purchase_order_supplier ON purchase_order (supplier_id, id);
CREATE INDEX purchase_order_warehouse ON purchase_order (warehouse_id, id);
CREATE INDEX purchase_order_date ON purchase_order (date, id);
CREATE INDEX purchase_order_updated_at ON purchase_order (updated_at, id);
CREATE INDEX purchase_order_status ON purchase_order (status, id);
CREATE INDEX purchase_order_receiving ON purchase_order (receiving, id);
CREATE INDEX purchase_order_due ON purchase_order (due_on, id) WHERE due_on IS NOT NULL;

CREATE TABLE purchase_order_line (
    id {uuid} NOT NULL PRIMARY KEY,
    purchase_order_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    supplier_item_id {uuid},
    supplier_sku TEXT,
    quantity {big} NOT NULL,
    unit_price {big} NOT NULL,
    discount_rate {big} NOT NULL,
    tax_class_id {uuid},
    tax_rate {big} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    expected_on {date} NOT NULL,
    confirmed_quantity {big},
    promised_on {date},
    accepted {big} NOT NULL,
    rejected {big} NOT NULL,
    short {big} NOT NULL,
    closed {big} NOT NULL,
    CONSTRAINT purchase_order_line_position_unique UNIQUE (purchase_order_id, position),
    CONSTRAINT purchase_order_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT purchase_order_line_price_range CHECK (unit_price >= 0 AND net >= 0),
    CONSTRAINT purchase_order_line_discount_range CHECK (discount_rate BETWEEN 0 AND 1000000),
    CONSTRAINT purchase_order_line_tax_rate_range CHECK (tax_rate BETWEEN 0 AND 1000000),
    CONSTRAINT purchase_order_line_confirmed_range CHECK (confirmed_quantity >= 0),
    CONSTRAINT purchase_order_line_received_range CHECK (
        accepted >= 0 AND rejected >= 0 AND short >= 0),
    CONSTRAINT purchase_order_line_closed_range CHECK (closed BETWEEN 0 AND quantity),
    CONSTRAINT purchase_order_line_document FOREIGN KEY (purchase_order_id)
        REFERENCES purchase_order (id),
    CONSTRAINT purchase_order_line_tax_class FOREIGN KEY (tax_class_id) REFERENCES tax_class (id),
    CONSTRAINT purchase_order_line_item FOREIGN KEY (supplier_item_id)
        REFERENCES supplier_item (id),
    CONSTRAINT purchase_order_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
CREATE INDEX purchase_order_line_variant ON purchase_order_line (variant_id, id);
"#,
    "DROP TABLE purchase_order_line; DROP TABLE purchase_order; DROP TABLE supplier_item_price;
    DROP TABLE supplier_item; DROP TABLE approval_tier; DROP TABLE purchasing_settings;"
);
