//! Units, tax classes, products and their variants, warehouses, payment terms, customers,
//! suppliers; and what all records have beside their columns: search terms and metadata.

crate::dialect::migration!(
    r#"
CREATE TABLE unit (
    code {key} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    decimals {small} NOT NULL,
    CONSTRAINT unit_decimals_range CHECK (decimals BETWEEN 0 AND 6)
) {strict};
INSERT INTO unit (code, name, decimals) VALUES
    ('EACH', 'Each', 0), ('KG', 'Kilogram', 3), ('G', 'Gram', 0),
    ('L', 'Litre', 3), ('M', 'Metre', 3), ('M2', 'Square metre', 3), ('H', 'Hour', 2);

CREATE TABLE search_term (
    record_kind TEXT NOT NULL,
    term {key} NOT NULL,
    record_id {uuid} NOT NULL,
    PRIMARY KEY (record_kind, term, record_id)
) {strict};
CREATE INDEX search_term_record ON search_term (record_id);

CREATE TABLE metadata_entry (
    record_id {uuid} NOT NULL,
    name {key} NOT NULL,
    value {key} NOT NULL,
    PRIMARY KEY (name, value, record_id)
) {strict};
CREATE INDEX metadata_entry_record ON metadata_entry (record_id);

CREATE TABLE tax_class (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT tax_class_code_unique UNIQUE (code_key),
    CONSTRAINT tax_class_external_id_unique UNIQUE (external_id),
    CONSTRAINT tax_class_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED'))
) {strict};
CREATE INDEX tax_class_status ON tax_class (status, id);
CREATE TRIGGER tax_class_kept BEFORE DELETE ON tax_class {refused};

CREATE TABLE tax_rate (
    tax_class_id {uuid} NOT NULL,
    valid_from {date} NOT NULL,
    rate {big} NOT NULL,
    PRIMARY KEY (tax_class_id, valid_from),
    CONSTRAINT tax_rate_range CHECK (rate BETWEEN 0 AND 1000000),
    CONSTRAINT tax_rate_class FOREIGN KEY (tax_class_id) REFERENCES tax_class (id)
) {strict};

CREATE TABLE payment_terms (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT payment_terms_code_unique UNIQUE (code_key),
    CONSTRAINT payment_terms_external_id_unique UNIQUE (external_id),
    CONSTRAINT payment_terms_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED'))
) {strict};

CREATE INDEX payment_terms_status ON payment_terms (status, id);

CREATE TABLE payment_terms_instalment (
    payment_terms_id {uuid} NOT NULL,
    position {int} NOT NULL,
    share {big} NOT NULL,
    days {int} NOT NULL,
    is_end_of_month {bool} NOT NULL,
    PRIMARY KEY (payment_terms_id, position),
    CONSTRAINT payment_terms_instalment_share_range CHECK (share > 0 AND share <= 1000000),
    CONSTRAINT payment_terms_instalment_days_range CHECK (days BETWEEN 0 AND 3650),
    CONSTRAINT payment_terms_instalment_terms FOREIGN KEY (payment_terms_id)
        REFERENCES payment_terms (id)
) {strict};

CREATE TABLE category (
    id {uuid} NOT NULL PRIMARY KEY,
    parent_id {uuid},
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    position {int} NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT category_code_unique UNIQUE (code_key),
    CONSTRAINT category_external_id_unique UNIQUE (external_id),
    CONSTRAINT category_not_its_own_parent CHECK (parent_id <> id),
    CONSTRAINT category_parent FOREIGN KEY (parent_id) REFERENCES category (id)
) {strict};
CREATE INDEX category_parent ON category (parent_id, position, id);

CREATE TABLE product (
    id {uuid} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key {key} NOT NULL,
    category_id {uuid},
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT product_external_id_unique UNIQUE (external_id),
    CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES category (id)
) {strict};
CREATE INDEX product_category ON product (category_id, id);
CREATE INDEX product_name ON product (name_key, id);
CREATE INDEX product_updated_at ON product (updated_at, id);

CREATE TABLE product_variant (
    id {uuid} NOT NULL PRIMARY KEY,
    product_id {uuid} NOT NULL,
    sku TEXT NOT NULL,
    sku_key {key} NOT NULL,
    name TEXT NOT NULL,
    unit_code {key} NOT NULL,
    price {big},
    is_stock_tracked {bool} NOT NULL,
    costing_method TEXT NOT NULL,
    tax_class_id {uuid},
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT product_variant_costing_known CHECK (
        costing_method IN ('MOVING_AVERAGE', 'FIFO')),
    CONSTRAINT product_variant_sku_unique UNIQUE (sku_key),
    CONSTRAINT product_variant_external_id_unique UNIQUE (external_id),
    CONSTRAINT product_variant_price_range CHECK (price >= 0),
    CONSTRAINT product_variant_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT product_variant_tax_class FOREIGN KEY (tax_class_id) REFERENCES tax_class (id),
    CONSTRAINT product_variant_product FOREIGN KEY (product_id) REFERENCES product (id),
    CONSTRAINT product_variant_unit FOREIGN KEY (unit_code) REFERENCES unit (code)
) {strict};
CREATE INDEX product_variant_product ON product_variant (product_id, id);
CREATE INDEX product_variant_status ON product_variant (status, id);
CREATE INDEX product_variant_updated_at ON product_variant (updated_at, id);
CREATE TRIGGER product_variant_kept BEFORE DELETE ON product_variant {refused};

CREATE TABLE warehouse (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    priority {int} NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT warehouse_code_unique UNIQUE (code_key),
    CONSTRAINT warehouse_external_id_unique UNIQUE (external_id),
    CONSTRAINT warehouse_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT warehouse_priority_range CHECK (priority BETWEEN 0 AND 9999)
) {strict};

CREATE INDEX warehouse_status ON warehouse (status, id);
CREATE TRIGGER warehouse_kept BEFORE DELETE ON warehouse {refused};

CREATE TABLE price_list (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT price_list_code_unique UNIQUE (code_key),
    CONSTRAINT price_list_external_id_unique UNIQUE (external_id),
    CONSTRAINT price_list_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED'))
) {strict};
CREATE INDEX price_list_status ON price_list (status, id);
CREATE TRIGGER price_list_kept BEFORE DELETE ON price_list {refused};

CREATE TABLE price_list_item (
    id {uuid} NOT NULL PRIMARY KEY,
    price_list_id {uuid} NOT NULL,
    variant_id {uuid} NOT NULL,
    minimum_quantity {big} NOT NULL,
    valid_from {date} NOT NULL,
    valid_until {date},
    unit_price {big} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT price_list_item_step_unique
        UNIQUE (price_list_id, variant_id, minimum_quantity, valid_from),
    CONSTRAINT price_list_item_minimum_range CHECK (minimum_quantity >= 0),
    CONSTRAINT price_list_item_price_range CHECK (unit_price >= 0),
    CONSTRAINT price_list_item_validity CHECK (valid_until >= valid_from),
    CONSTRAINT price_list_item_list FOREIGN KEY (price_list_id) REFERENCES price_list (id),
    CONSTRAINT price_list_item_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
CREATE INDEX price_list_item_variant ON price_list_item (variant_id, id);
CREATE INDEX price_list_item_list ON price_list_item (price_list_id, id);

CREATE TABLE customer_group (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    price_list_id {uuid},
    payment_terms_id {uuid},
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT customer_group_code_unique UNIQUE (code_key),
    CONSTRAINT customer_group_external_id_unique UNIQUE (external_id),
    CONSTRAINT customer_group_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT customer_group_price_list FOREIGN KEY (price_list_id) REFERENCES price_list (id),
    CONSTRAINT customer_group_terms FOREIGN KEY (payment_terms_id) REFERENCES payment_terms (id)
) {strict};
CREATE INDEX customer_group_price_list ON customer_group (price_list_id);

CREATE TABLE customer (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    name_key {key} NOT NULL,
    group_id {uuid},
    price_list_id {uuid},
    payment_terms_id {uuid},
    currency TEXT NOT NULL,
    credit_limit {big},
    tax_id TEXT,
    is_tax_exempt {bool} NOT NULL,
    shipping_address {json},
    billing_address {json},
    note TEXT,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT customer_code_unique UNIQUE (code_key),
    CONSTRAINT customer_external_id_unique UNIQUE (external_id),
    CONSTRAINT customer_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT customer_credit_limit_range CHECK (credit_limit >= 0),
    CONSTRAINT customer_group FOREIGN KEY (group_id) REFERENCES customer_group (id),
    CONSTRAINT customer_price_list FOREIGN KEY (price_list_id) REFERENCES price_list (id),
    CONSTRAINT customer_terms FOREIGN KEY (payment_terms_id) REFERENCES payment_terms (id)
) {strict};
CREATE INDEX customer_name ON customer (name_key, id);
CREATE INDEX customer_group_member ON customer (group_id, id);
CREATE INDEX customer_status ON customer (status, id);
CREATE INDEX customer_updated_at ON customer (updated_at, id);
CREATE TRIGGER customer_kept BEFORE DELETE ON customer {refused};

CREATE TABLE supplier (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    name_key {key} NOT NULL,
    payment_terms_id {uuid},
    currency TEXT NOT NULL,
    lead_time_days {int},
    tax_id TEXT,
    note TEXT,
    status TEXT NOT NULL,
    external_id TEXT,
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT supplier_code_unique UNIQUE (code_key),
    CONSTRAINT supplier_external_id_unique UNIQUE (external_id),
    CONSTRAINT supplier_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT supplier_lead_time_range CHECK (lead_time_days BETWEEN 0 AND 3650),
    CONSTRAINT supplier_terms FOREIGN KEY (payment_terms_id) REFERENCES payment_terms (id)
) {strict};
CREATE INDEX supplier_name ON supplier (name_key, id);
CREATE INDEX supplier_status ON supplier (status, id);
CREATE INDEX supplier_updated_at ON supplier (updated_at, id);

CREATE TABLE contact (
    id {uuid} NOT NULL PRIMARY KEY,
    customer_id {uuid},
    supplier_id {uuid},
    position {int} NOT NULL,
    name TEXT NOT NULL,
    role TEXT,
    email TEXT,
    phone TEXT,
    CONSTRAINT contact_one_party CHECK ((customer_id IS NULL) <> (supplier_id IS NULL)),
    CONSTRAINT contact_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT contact_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) {strict};
CREATE INDEX contact_customer ON contact (customer_id, position);
CREATE INDEX contact_supplier ON contact (supplier_id, position);

CREATE TABLE address (
    id {uuid} NOT NULL PRIMARY KEY,
    customer_id {uuid},
    supplier_id {uuid},
    position {int} NOT NULL,
    purpose TEXT NOT NULL,
    recipient TEXT,
    street TEXT NOT NULL,
    city TEXT NOT NULL,
    region TEXT,
    postal_code TEXT,
    country TEXT NOT NULL,
    phone TEXT,
    CONSTRAINT address_one_party CHECK ((customer_id IS NULL) <> (supplier_id IS NULL)),
    CONSTRAINT address_purpose_known CHECK (purpose IN ('BILLING', 'SHIPPING', 'OTHER')),
    CONSTRAINT address_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT address_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) {strict};
CREATE INDEX address_customer ON address (customer_id, position);
CREATE INDEX address_supplier ON address (supplier_id, position);
"#,
    "DROP TABLE address; DROP TABLE contact; DROP TABLE supplier; DROP TABLE customer;
     DROP TABLE customer_group; DROP TABLE price_list_item; DROP TABLE price_list;
     DROP TABLE warehouse; DROP TABLE product_variant; DROP TABLE product;
     DROP TABLE category;
     DROP TABLE payment_terms_instalment; DROP TABLE payment_terms; DROP TABLE tax_rate;
     DROP TABLE tax_class; DROP TABLE metadata_entry; DROP TABLE search_term; DROP TABLE unit;"
);
