-- Orders of three lines, placed all along; most were cancelled, the last tenth is open. Then the
-- levels, which are the sums of what was written.
-- Given: variants, warehouses, customers, orders.

CREATE UNLOGGED TABLE growth.sale AS
WITH numbered AS (
    SELECT number, start + number * (length - 86400000) / :orders AS millis
      FROM growth.clock, generate_series(0::bigint, :orders - 1) AS number
)
SELECT number, millis, number >= :orders - greatest(:orders / 10, 5) AS is_open,
       (to_timestamp(millis / 1000) AT TIME ZONE 'UTC')::date AS day,
       growth.key(millis, number * 8 + 4294967296) AS id,
       growth.key(millis, number * 8 + 4294967300) AS operation_id,
       growth.key(millis, number * 8 + 4294967301) AS cancelling_id,
       millis * 1000 AS recorded_at,
       growth.key((SELECT start FROM growth.clock) - 1000, number % :customers) AS customer_id,
       growth.key((SELECT start FROM growth.clock) - 3000, number % :warehouses) AS warehouse_id
  FROM numbered ORDER BY number;

CREATE VIEW growth.sale_line AS
SELECT sale.*, position,
       growth.key(millis, number * 8 + 4294967296 + position) AS line_id,
       growth.key((SELECT start FROM growth.clock) - 1500,
                  ((number * 3 + position) * 7919) % :variants) AS variant_id
  FROM growth.sale, generate_series(1, 3) AS position;

INSERT INTO operation (id, caller_id, idempotency_key, command, input_hash, record_id, record_kind,
       request_id, remote_address, input, created_at)
SELECT CASE step WHEN 1 THEN operation_id ELSE cancelling_id END, author, NULL,
       CASE step WHEN 1 THEN 'salesOrderPlace' ELSE 'salesOrderCancel' END,
       sha256(id::text::bytea), id, 'salesorder', id, '127.0.0.1', '{"generated":3}',
       recorded_at
  FROM growth.sale, growth.clock, generate_series(1, CASE WHEN is_open THEN 1 ELSE 2 END) AS step;

INSERT INTO sales_order (id, number, status, date, customer_id, currency, exchange_rate,
       prices_include_tax, net, tax, gross, fulfilment, billing, priority, operation_id, created_by,
       created_at, updated_at, version)
SELECT id, to_char(day, '"SO-"YYYY-') || lpad(serial::text, greatest(6, length(serial::text)), '0'),
       CASE WHEN is_open THEN 'CONFIRMED' ELSE 'CANCELLED' END, day, customer_id, 'EUR',
       1000000000000, false, 30000000, 0, 30000000, 'NONE', 'NONE', 5, operation_id, author,
       recorded_at, recorded_at, CASE WHEN is_open THEN 1 ELSE 2 END
  FROM (SELECT *, row_number() OVER (PARTITION BY extract(year FROM day) ORDER BY number) AS serial
          FROM growth.sale) AS sale, growth.clock ORDER BY number;

INSERT INTO number_series (kind, year, last)
SELECT 'SO', extract(year FROM day), count(*) FROM growth.sale GROUP BY 2;

INSERT INTO sales_order_line (id, sales_order_id, position, variant_id, is_stock_tracked,
       warehouse_id, quantity, unit_price, price_source, discount_rate, tax_rate, net, tax, gross,
       allocated, shipped, closed, invoiced)
SELECT line_id, id, position, variant_id, true, warehouse_id, 1000000, 10000000, 'BASE', 0, 0,
       10000000, 0, 10000000, 0, 0, 0, 0
  FROM growth.sale_line;

INSERT INTO reservation (id, variant_id, warehouse_id, sales_order_line_id, reserved, backordered,
       state, priority, due_on, created_at, updated_at)
SELECT line_id, variant_id, warehouse_id, line_id, CASE WHEN is_open THEN 1000000 ELSE 0 END, 0,
       CASE WHEN is_open THEN 'ACTIVE' ELSE 'RELEASED' END, 5, day, recorded_at, recorded_at
  FROM growth.sale_line;

INSERT INTO commitment (operation_id, variant_id, warehouse_id, sales_order_line_id, reserved,
       backordered, incoming, due_on, recorded_at)
SELECT CASE step WHEN 1 THEN operation_id ELSE cancelling_id END, variant_id, warehouse_id,
       line_id, CASE step WHEN 1 THEN 1000000 ELSE -1000000 END, 0, 0, day, recorded_at
  FROM growth.sale_line, generate_series(1, CASE WHEN is_open THEN 1 ELSE 2 END) AS step;

INSERT INTO stock_level (variant_id, warehouse_id, sellable, quarantined, reserved, backordered,
       incoming, value, costing_method, updated_at, version)
SELECT moved.variant_id, moved.warehouse_id, sellable, 0, coalesce(promised.reserved, 0), 0, 0,
       value, 'MOVING_AVERAGE', recorded_at, changes
  FROM (SELECT variant_id, warehouse_id, sum(quantity_in - quantity_out) AS sellable,
               sum(value_in - value_out) AS value, count(*) AS changes,
               min(happened_on) AS opened_on,
               extract(epoch FROM max(happened_on))::bigint * 1000000 AS recorded_at
          FROM stock_day GROUP BY variant_id, warehouse_id) AS moved
  LEFT JOIN (SELECT variant_id, warehouse_id, sum(reserved) AS reserved
               FROM reservation WHERE state = 'ACTIVE' GROUP BY variant_id, warehouse_id)
       AS promised USING (variant_id, warehouse_id)
 ORDER BY opened_on, warehouse_id, variant_id;

DROP SCHEMA growth CASCADE;
