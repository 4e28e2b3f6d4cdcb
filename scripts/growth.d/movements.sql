-- Receipts and adjustments, in the order in which they came: heaps and indexes grow as they would.
--
-- A document of 50 lines is of one warehouse, and takes its variants by turns, so that every level
-- has ten movements: it is opened by a receipt of 1,000, then come 5 or leave 3. Every third
-- document has one line, of the hot level: the first variant in the first warehouse.
-- Given: variants, warehouses, documents.

CREATE UNLOGGED TABLE growth.document AS
WITH numbered AS (
    SELECT number, number % 3 = 2 AS is_hot, number - number / 3 AS ordinary,
           start + number * (length - 86400000) / :documents AS millis
      FROM growth.clock, generate_series(0::bigint, :documents - 1) AS number
), placed AS (
    SELECT *, CASE WHEN is_hot THEN 0 ELSE ordinary % :warehouses END AS place,
           CASE WHEN is_hot THEN 1 ELSE 50 END AS lines,
           ordinary / :warehouses AS turn,
           ordinary / :warehouses / (:variants / 50) AS pass
      FROM numbered
), kinds AS (
    -- 0 a receipt, 1 an adjustment that finds, 2 one that takes away.
    SELECT *, CASE WHEN is_hot THEN (ARRAY[0, 2, 2, 1, 2])[1 + (number / 3) % 5]
                   WHEN pass = 0 THEN 0
                   ELSE (ARRAY[0, 2, 2, 1, 2])[1 + (turn + pass) % 5] END AS kind,
           (to_timestamp(millis / 1000) AT TIME ZONE 'UTC')::date AS day
      FROM placed
)
SELECT *, CASE WHEN number = 2 THEN 1000 * :documents::bigint
               WHEN pass = 0 AND NOT is_hot THEN 1000
               WHEN kind = 2 THEN 3 ELSE 5 END * 1000000 AS quantity,
       CASE WHEN kind = 0 THEN 'RECEIPT' ELSE 'ADJUSTMENT' END AS cause,
       row_number() OVER (PARTITION BY kind = 0, extract(year FROM day) ORDER BY number) AS serial,
       growth.key(millis, number * 256) AS id,
       growth.key(millis, number * 256 + 200) AS operation_id,
       millis * 1000 AS recorded_at,
       growth.key((SELECT start FROM growth.clock) - 3000, place) AS warehouse_id
  FROM kinds ORDER BY number;
CREATE INDEX ON growth.document (day);
ANALYZE growth.document;

CREATE VIEW growth.line AS
SELECT document.*, position,
       growth.key(millis, number * 256 + position) AS line_id,
       -- The step has no divisor in common with the number of variants.
       growth.key((SELECT start FROM growth.clock) - 1500, CASE WHEN is_hot THEN 0
           ELSE ((turn * 50 + position - 1) * 7919) % :variants END) AS variant_id
  FROM growth.document, generate_series(1, lines) AS position;

-- The server forgets idempotency keys after a week.
INSERT INTO operation (id, caller_id, idempotency_key, command, input_hash, record_id, record_kind,
       request_id, remote_address, input, created_at)
SELECT operation_id, author, CASE WHEN day > current_date - 7 THEN id::text END,
       CASE WHEN kind = 0 THEN 'goodsReceiptPost' ELSE 'stockAdjust' END,
       sha256(id::text::bytea), id,
       CASE WHEN kind = 0 THEN 'goodsreceipt' ELSE 'stockadjustment' END, id, '127.0.0.1',
       '{"generated":' || lines || '}', recorded_at
  FROM growth.document, growth.clock ORDER BY number;

INSERT INTO goods_receipt (id, number, status, date, warehouse_id, operation_id, created_by,
       created_at, updated_at, version)
SELECT id, to_char(day, '"GR-"YYYY-') || lpad(serial::text, greatest(6, length(serial::text)), '0'),
       'POSTED', day, warehouse_id, operation_id, author, recorded_at, recorded_at, 1
  FROM growth.document, growth.clock WHERE kind = 0 ORDER BY number;

INSERT INTO stock_adjustment (id, number, status, date, warehouse_id, reason, operation_id,
       created_by, created_at, updated_at, version)
SELECT id, to_char(day, '"AD-"YYYY-') || lpad(serial::text, greatest(6, length(serial::text)), '0'),
       'POSTED', day, warehouse_id, CASE kind WHEN 1 THEN 'FOUND' ELSE 'INTERNAL_USE' END,
       operation_id, author, recorded_at, recorded_at, 1
  FROM growth.document, growth.clock WHERE kind <> 0 ORDER BY number;

INSERT INTO number_series (kind, year, last)
SELECT CASE WHEN kind = 0 THEN 'GR' ELSE 'AD' END, extract(year FROM day), count(*)
  FROM growth.document GROUP BY 1, 2;

INSERT INTO goods_receipt_line (id, goods_receipt_id, position, variant_id, quantity, accepted,
       rejected, short, unit_cost, value, reversed_value)
SELECT line_id, id, position, variant_id, quantity, quantity, 0, 0, 4000000, 4 * quantity, 0
  FROM growth.line WHERE kind = 0;

INSERT INTO stock_adjustment_line (id, stock_adjustment_id, position, variant_id, place, delta,
       value, reversed_value)
SELECT line_id, id, position, variant_id, 'SELLABLE',
       CASE kind WHEN 1 THEN quantity ELSE -quantity END,
       CASE kind WHEN 1 THEN quantity ELSE -quantity END * 4, 0
  FROM growth.line WHERE kind <> 0;

INSERT INTO stock_movement (operation_id, variant_id, quantity, value, from_place,
       from_warehouse_id, to_place, to_warehouse_id, goods_receipt_line_id,
       stock_adjustment_line_id, from_on_hand, to_on_hand, happened_on, recorded_at, recorded_by)
SELECT operation_id, variant_id, quantity, 4 * quantity,
       CASE kind WHEN 2 THEN 'SELLABLE' ELSE 'OUTSIDE' END,
       CASE kind WHEN 2 THEN warehouse_id END,
       CASE kind WHEN 2 THEN 'OUTSIDE' ELSE 'SELLABLE' END,
       CASE WHEN kind <> 2 THEN warehouse_id END,
       CASE WHEN kind = 0 THEN line_id END, CASE WHEN kind <> 0 THEN line_id END,
       CASE kind WHEN 2 THEN on_hand END, CASE WHEN kind <> 2 THEN on_hand END,
       day, recorded_at, author
  FROM (SELECT line.*, sum(CASE kind WHEN 2 THEN -quantity ELSE quantity END) OVER (
               PARTITION BY variant_id, warehouse_id ORDER BY number, position
               ROWS UNBOUNDED PRECEDING) AS on_hand
          FROM growth.line AS line) AS line, growth.clock
 ORDER BY number, position;

-- Day after day, as they came.
DO $$
DECLARE one date;
BEGIN
    FOR one IN SELECT DISTINCT day FROM growth.document ORDER BY day LOOP
        INSERT INTO stock_day (variant_id, warehouse_id, happened_on, kind,
               quantity_in, value_in, quantity_out, value_out)
        SELECT variant_id, warehouse_id, one, cause,
               sum(CASE WHEN kind <> 2 THEN quantity ELSE 0 END),
               sum(CASE WHEN kind <> 2 THEN 4 * quantity ELSE 0 END),
               sum(CASE WHEN kind = 2 THEN quantity ELSE 0 END),
               sum(CASE WHEN kind = 2 THEN 4 * quantity ELSE 0 END)
          FROM growth.line WHERE day = one
         GROUP BY variant_id, warehouse_id, cause ORDER BY min(number);
    END LOOP;
END $$;

-- What it means in the journal.
INSERT INTO journal_entry (id, operation_id, date, document_kind, document_id, recorded_at,
       recorded_by)
SELECT growth.key(millis, number * 256 + 201), operation_id, day,
       CASE WHEN kind = 0 THEN 'GOODS_RECEIPT' ELSE 'STOCK_ADJUSTMENT' END, id, recorded_at, author
  FROM growth.document, growth.clock ORDER BY number;

INSERT INTO journal_line (entry_id, position, account, amount)
SELECT growth.key(millis, number * 256 + 201), position,
       CASE WHEN position = 1 THEN 'INVENTORY' WHEN kind = 0 THEN 'GOODS_RECEIVED_NOT_BILLED'
            ELSE 'INVENTORY_ADJUSTMENT' END,
       CASE WHEN (position = 1) = (kind <> 2) THEN 4 * quantity * lines
            ELSE -4 * quantity * lines END
  FROM growth.document, generate_series(1, 2) AS position;

INSERT INTO account_day (account, date, debit, credit)
SELECT line.account, entry.date, sum(greatest(line.amount, 0)), sum(greatest(-line.amount, 0))
  FROM journal_line AS line JOIN journal_entry AS entry ON entry.id = line.entry_id
 GROUP BY line.account, entry.date;
