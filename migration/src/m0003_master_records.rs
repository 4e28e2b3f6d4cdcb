//! Units, products and their variants, warehouses, customers.

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

CREATE TABLE product (
    id {uuid} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    external_id TEXT,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT product_external_id_unique UNIQUE (external_id)
) {strict};

CREATE TABLE product_variant (
    id {uuid} NOT NULL PRIMARY KEY,
    product_id {uuid} NOT NULL,
    sku TEXT NOT NULL,
    sku_key {key} NOT NULL,
    name TEXT NOT NULL,
    unit_code {key} NOT NULL,
    price {big},
    status TEXT NOT NULL,
    external_id TEXT,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT product_variant_sku_unique UNIQUE (sku_key),
    CONSTRAINT product_variant_external_id_unique UNIQUE (external_id),
    CONSTRAINT product_variant_price_range CHECK (price >= 0),
    CONSTRAINT product_variant_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED')),
    CONSTRAINT product_variant_product FOREIGN KEY (product_id) REFERENCES product (id),
    CONSTRAINT product_variant_unit FOREIGN KEY (unit_code) REFERENCES unit (code)
) {strict};
CREATE INDEX product_variant_product ON product_variant (product_id, id);

CREATE TABLE warehouse (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT warehouse_code_unique UNIQUE (code_key),
    CONSTRAINT warehouse_external_id_unique UNIQUE (external_id),
    CONSTRAINT warehouse_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED'))
) {strict};

CREATE TABLE customer (
    id {uuid} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    code_key {key} NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    external_id TEXT,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT customer_code_unique UNIQUE (code_key),
    CONSTRAINT customer_external_id_unique UNIQUE (external_id),
    CONSTRAINT customer_status_known CHECK (status IN ('ACTIVE', 'ARCHIVED'))
) {strict};
"#,
    "DROP TABLE customer; DROP TABLE warehouse; DROP TABLE product_variant; DROP TABLE product;
     DROP TABLE unit;"
);
