//! Barcodes of variants.

crate::dialect::migration!(
    r#"
CREATE TABLE barcode (
    code_key {key} NOT NULL PRIMARY KEY,
    code TEXT NOT NULL,
    variant_id {uuid} NOT NULL,
    position {int} NOT NULL,
    CONSTRAINT barcode_code_given CHECK (code <> '' AND code_key <> ''),
    CONSTRAINT barcode_position_unique UNIQUE (variant_id, position),
    CONSTRAINT barcode_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id)
) {strict};
"#,
    "DROP TABLE barcode;"
);
