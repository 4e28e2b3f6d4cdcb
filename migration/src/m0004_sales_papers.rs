//! Goods receipts, sales orders, fulfilments.

crate::dialect::migration!(
    r#"
CREATE TABLE goods_receipt (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    purchase_order_id {uuid},
    supplier_id {uuid},
    delivery_note TEXT,
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
    CONSTRAINT goods_receipt_number_unique UNIQUE (number),
    CONSTRAINT goods_receipt_external_id_unique UNIQUE (external_id),
    CONSTRAINT goods_receipt_status_known CHECK (status IN ('POSTED', 'REVERSED')),
    CONSTRAINT goods_receipt_reversed CHECK ((status = 'REVERSED') = (reversed_at IS NOT NULL)),
    CONSTRAINT goods_receipt_reverser FOREIGN KEY (reversed_by) REFERENCES principal (id),
    CONSTRAINT goods_receipt_order FOREIGN KEY (purchase_order_id) REFERENCES purchase_order (id),
    CONSTRAINT goods_receipt_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id),
    CONSTRAINT goods_receipt_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT goods_receipt_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX goods_receipt_date ON goods_receipt (date, id);
CREATE INDEX goods_receipt_status ON goods_receipt (status, id);
CREATE INDEX goods_receipt_warehouse ON goods_receipt (warehouse_id, id);
CREATE INDEX goods_receipt_order ON goods_receipt (purchase_order_id, id)
    WHERE purchase_order_id IS NOT NULL;
CREATE INDEX goods_receipt_supplier ON goods_receipt (supplier_id, id)
    WHERE supplier_id IS NOT NULL;

CREATE TABLE goods_receipt_line (
    id {uuid} NOT NULL PRIMARY KEY,
    goods_receipt_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    purchase_order_line_id {uuid},
    quantity {big} NOT NULL,
    accepted {big} NOT NULL,
    rejected {big} NOT NULL,
    rejection_reason TEXT,
    short {big} NOT NULL,
    unit_cost {big} NOT NULL,
    value {big} NOT NULL,
    reversed_value {big} NOT NULL,
    CONSTRAINT goods_receipt_line_position_unique UNIQUE (goods_receipt_id, position),
    CONSTRAINT goods_receipt_line_quantity_positive CHECK (
        quantity > 0 OR (quantity = 0 AND short > 0)),
    CONSTRAINT goods_receipt_line_parts CHECK (
        accepted >= 0 AND rejected >= 0 AND short >= 0 AND quantity = accepted + rejected),
    CONSTRAINT goods_receipt_line_reason CHECK (rejected = 0 OR rejection_reason IS NOT NULL),
    CONSTRAINT goods_receipt_line_cost_range CHECK (
        unit_cost >= 0 AND value >= 0 AND reversed_value >= 0),
    CONSTRAINT goods_receipt_line_order_line FOREIGN KEY (purchase_order_line_id)
        REFERENCES purchase_order_line (id),
    CONSTRAINT goods_receipt_line_document FOREIGN KEY (goods_receipt_id)
        REFERENCES goods_receipt (id),
    CONSTRAINT goods_receipt_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
CREATE INDEX goods_receipt_line_variant ON goods_receipt_line (variant_id, id);
CREATE INDEX goods_receipt_line_order_line ON goods_receipt_line (purchase_order_line_id)
    WHERE purchase_order_line_id IS NOT NULL;

CREATE TABLE sales_order (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    valid_until {date},
    customer_id {uuid} NOT NULL,
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    prices_include_tax {bool} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    fulfilment TEXT NOT NULL,
    billing TEXT NOT NULL,
    priority {int} NOT NULL,
    customer_reference TEXT,
    requested_delivery_on {date},
    shipping_address {json},
    billing_address {json},
    note TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT sales_order_number_unique UNIQUE (number),
    CONSTRAINT sales_order_status_known CHECK (
        status IN ('DRAFT', 'CONFIRMED', 'CLOSED', 'CANCELLED')),
    CONSTRAINT sales_order_fulfilment_known CHECK (fulfilment IN ('NONE', 'PARTIAL', 'FULL')),
    CONSTRAINT sales_order_billing_known CHECK (billing IN ('NONE', 'PARTIAL', 'FULL')),
    CONSTRAINT sales_order_priority_range CHECK (priority BETWEEN 0 AND 9),
    CONSTRAINT sales_order_rate_positive CHECK (exchange_rate > 0)
) {strict};
CREATE UNIQUE INDEX sales_order_external_id_unique ON sales_order (external_id)
    WHERE external_id IS NOT NULL;
CREATE INDEX sales_order_customer ON sales_order (customer_id, id);
CREATE INDEX sales_order_uninvoiced ON sales_order (customer_id)
    WHERE status = 'CONFIRMED' AND billing <> 'FULL';
CREATE INDEX sales_order_date ON sales_order (date, id);
CREATE INDEX sales_order_customer_reference ON sales_order (customer_reference)
    WHERE customer_reference IS NOT NULL;
CREATE INDEX sales_order_updated_at ON sales_order (updated_at, id);
CREATE INDEX sales_order_status ON sales_order (status, id);
CREATE INDEX sales_order_fulfilment ON sales_order (fulfilment, id);
CREATE INDEX sales_order_billing ON sales_order (billing, id);

CREATE TABLE sales_order_hold (
    id {uuid} NOT NULL PRIMARY KEY,
    sales_order_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    placed_by {uuid} NOT NULL,
    placed_at {big} NOT NULL,
    released_by {uuid},
    released_at {big},
    CONSTRAINT sales_order_hold_kind_known CHECK (kind IN ('CREDIT', 'REVIEW', 'STOCK', 'OTHER')),
    CONSTRAINT sales_order_hold_release CHECK ((released_by IS NULL) = (released_at IS NULL)),
    CONSTRAINT sales_order_hold_order FOREIGN KEY (sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT sales_order_hold_placer FOREIGN KEY (placed_by) REFERENCES principal (id),
    CONSTRAINT sales_order_hold_releaser FOREIGN KEY (released_by) REFERENCES principal (id)
) {strict};
CREATE INDEX sales_order_hold_order ON sales_order_hold (sales_order_id, id);

CREATE TABLE sales_order_line (
    id {uuid} NOT NULL PRIMARY KEY,
    sales_order_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    is_stock_tracked {bool} NOT NULL,
    warehouse_id {uuid},
    description TEXT,
    quantity {big} NOT NULL,
    unit_price {big} NOT NULL,
    price_source TEXT NOT NULL,
    price_list_id {uuid},
    discount_rate {big} NOT NULL,
    tax_class_id {uuid},
    tax_rate {big} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    allocated {big} NOT NULL,
    shipped {big} NOT NULL,
    closed {big} NOT NULL,
    invoiced {big} NOT NULL,
    CONSTRAINT sales_order_line_position_unique UNIQUE (sales_order_id, position),
    CONSTRAINT sales_order_line_price_range CHECK (unit_price >= 0 AND net >= 0),
    CONSTRAINT sales_order_line_discount_range CHECK (discount_rate BETWEEN 0 AND 1000000),
    CONSTRAINT sales_order_line_shipped_range CHECK (
        allocated >= 0 AND shipped >= 0 AND closed >= 0
        AND allocated + shipped + closed <= quantity),
    CONSTRAINT sales_order_line_invoiced_range CHECK (invoiced BETWEEN 0 AND quantity),
    CONSTRAINT sales_order_line_tax_rate_range CHECK (tax_rate BETWEEN 0 AND 1000000),
    CONSTRAINT sales_order_line_price_source_known CHECK (
        price_source IN ('GIVEN', 'CUSTOMER_LIST', 'GROUP_LIST', 'BASE')),
    CONSTRAINT sales_order_line_price_list_named CHECK (
        (price_source IN ('CUSTOMER_LIST', 'GROUP_LIST')) = (price_list_id IS NOT NULL)),
    CONSTRAINT sales_order_line_document FOREIGN KEY (sales_order_id) REFERENCES sales_order (id)
) {strict};
CREATE INDEX sales_order_line_variant ON sales_order_line (variant_id, id);

CREATE TABLE fulfilment (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    sales_order_id {uuid} NOT NULL,
    warehouse_id {uuid} NOT NULL,
    carrier TEXT,
    tracking_number TEXT,
    tracking_url TEXT,
    package_count {int},
    weight {big},
    shipped_on {date},
    delivered_on {date},
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT fulfilment_number_unique UNIQUE (number),
    CONSTRAINT fulfilment_external_id_unique UNIQUE (external_id),
    CONSTRAINT fulfilment_status_known CHECK (
        status IN ('PENDING', 'PICKED', 'PACKED', 'SHIPPED', 'DELIVERED', 'CANCELLED')),
    CONSTRAINT fulfilment_shipped_on_given CHECK (
        (status IN ('SHIPPED', 'DELIVERED')) = (shipped_on IS NOT NULL)),
    CONSTRAINT fulfilment_delivered_on_given CHECK (
        (status = 'DELIVERED') = (delivered_on IS NOT NULL)),
    CONSTRAINT fulfilment_packages_range CHECK (
        (package_count IS NULL OR package_count > 0) AND (weight IS NULL OR weight > 0)),
    CONSTRAINT fulfilment_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT fulfilment_order FOREIGN KEY (sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fulfilment_warehouse FOREIGN KEY (warehouse_id) REFERENCES warehouse (id)
) {strict};
CREATE INDEX fulfilment_operation ON fulfilment (operation_id);
CREATE INDEX fulfilment_order ON fulfilment (sales_order_id, id);
CREATE INDEX fulfilment_warehouse ON fulfilment (warehouse_id, id);
CREATE INDEX fulfilment_to_pick ON fulfilment (warehouse_id, status, id);
CREATE INDEX fulfilment_date ON fulfilment (date, id);
CREATE INDEX fulfilment_tracking_number ON fulfilment (tracking_number)
    WHERE tracking_number IS NOT NULL;
CREATE INDEX fulfilment_status ON fulfilment (status, id);

CREATE TABLE fulfilment_line (
    id {uuid} NOT NULL PRIMARY KEY,
    fulfilment_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid} NOT NULL,
    sales_order_line_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    cost {big} NOT NULL,
    CONSTRAINT fulfilment_line_position_unique UNIQUE (fulfilment_id, position),
    CONSTRAINT fulfilment_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fulfilment_line_cost_range CHECK (cost >= 0),
    CONSTRAINT fulfilment_line_document FOREIGN KEY (fulfilment_id) REFERENCES fulfilment (id),
    CONSTRAINT fulfilment_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT fulfilment_line_order_line FOREIGN KEY (sales_order_line_id)
        REFERENCES sales_order_line (id)
) {strict};
CREATE INDEX fulfilment_line_variant ON fulfilment_line (variant_id, id);
CREATE INDEX fulfilment_line_order_line ON fulfilment_line (sales_order_line_id, id);
"#,
    "DROP TABLE fulfilment_line; DROP TABLE fulfilment; DROP TABLE sales_order_line;
    DROP TABLE sales_order_hold; DROP TABLE sales_order; DROP TABLE goods_receipt_line;
    DROP TABLE goods_receipt;"
);
