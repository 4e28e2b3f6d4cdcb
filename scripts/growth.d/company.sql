-- What everything is about: warehouses, variants, customers; and scratch, which is dropped later.
-- Given: variants, warehouses, customers, days.

SET session_replication_role = replica;

CREATE SCHEMA growth;

-- A key as the server makes them: a moment in milliseconds, then a number instead of chance.
CREATE FUNCTION growth.key(millis bigint, tail bigint) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(millis), 12, '0') || '70008000' || lpad(to_hex(tail), 12, '0'))::uuid
$$;

CREATE TABLE growth.clock AS
SELECT (extract(epoch FROM current_date - :days) * 1000)::bigint AS start,
       :days * 86400000::bigint AS length,
       (SELECT id FROM principal WHERE kind = 'TOKEN') AS author;

-- What is empty and gets new files needs no write-ahead log.
TRUNCATE product, warehouse, customer, journal_entry, account_day, number_series CASCADE;

INSERT INTO warehouse (id, code, code_key, name, status, priority, created_at, updated_at,
       version)
SELECT growth.key(start - 3000, number), to_char(number, '"W"FM000'), to_char(number, '"w"FM000'),
       'Warehouse ' || number, 'ACTIVE', 100, (start - 3000) * 1000, (start - 3000) * 1000, 1
  FROM growth.clock, generate_series(0, :warehouses - 1) AS number;

INSERT INTO product (id, name, name_key, created_at, updated_at, version)
SELECT growth.key(start - 2000, number), 'Product ' || number, 'product ' || number,
       (start - 2000) * 1000, (start - 2000) * 1000, 1
  FROM growth.clock, generate_series(0, (:variants - 1) / 4) AS number;

INSERT INTO product_variant (id, product_id, sku, sku_key, name, unit_code, price,
       is_stock_tracked, costing_method, status, created_at, updated_at, version)
SELECT growth.key(start - 1500, number), growth.key(start - 2000, number / 4),
       to_char(number, '"SKU-"FM000000'), to_char(number, '"sku-"FM000000'),
       'Variant ' || number, 'EACH', 10000000, true, 'MOVING_AVERAGE', 'ACTIVE',
       (start - 1500) * 1000 + number, (start - 1500) * 1000 + number, 1
  FROM growth.clock, generate_series(0, :variants - 1) AS number;

INSERT INTO customer (id, code, code_key, name, name_key, currency, is_tax_exempt, status,
       created_at, updated_at, version)
SELECT growth.key(start - 1000, number), to_char(number, '"C"FM000000'),
       to_char(number, '"c"FM000000'), 'Customer ' || number, 'customer ' || number, 'EUR', false,
       'ACTIVE', (start - 1000) * 1000 + number, (start - 1000) * 1000 + number, 1
  FROM growth.clock, generate_series(0, :customers - 1) AS number;

-- What a search finds them by.
INSERT INTO search_term (record_kind, term, record_id)
SELECT DISTINCT 'PRODUCT', unnest(ARRAY['product', (number / 4)::text, 'sku',
       to_char(number, 'FM000000'), 'variant', number::text]),
       growth.key(start - 2000, number / 4)
  FROM growth.clock, generate_series(0, :variants - 1) AS number;
INSERT INTO search_term (record_kind, term, record_id)
SELECT DISTINCT 'PRODUCT_VARIANT', unnest(ARRAY['product', (number / 4)::text, 'sku',
       to_char(number, 'FM000000'), 'variant', number::text]),
       growth.key(start - 1500, number)
  FROM growth.clock, generate_series(0, :variants - 1) AS number;
INSERT INTO search_term (record_kind, term, record_id)
SELECT DISTINCT 'CUSTOMER', unnest(ARRAY['customer', number::text, to_char(number, '"c"FM000000')]),
       growth.key(start - 1000, number)
  FROM growth.clock, generate_series(0, :customers - 1) AS number;
