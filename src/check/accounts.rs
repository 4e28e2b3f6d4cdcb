//! The invariants of the journal, of what is open, and of invoices, credit notes and payments.

use entity::vocab::{
    CreditNoteId, CustomerId, InvoiceId, InvoiceLineId, JournalEntryId, OpenItemId, PaymentId,
    SalesOrderId, SalesOrderLineId,
};

use super::rules::{Name, Rule, of};

const ENTRY: Name = |id| JournalEntryId(id).to_string();
const ITEM: Name = |id| OpenItemId(id).to_string();
const CUSTOMER: Name = |id| CustomerId(id).to_string();
const INVOICE: Name = |id| InvoiceId(id).to_string();
const INVOICE_LINE: Name = |id| InvoiceLineId(id).to_string();
const CREDIT_NOTE: Name = |id| CreditNoteId(id).to_string();
const PAYMENT: Name = |id| PaymentId(id).to_string();
const ORDER: Name = |id| SalesOrderId(id).to_string();
const ORDER_LINE: Name = |id| SalesOrderLineId(id).to_string();

/// A rule about all of the books: its sides have no ids.
const fn all(name: &'static str, sides: &'static str) -> Rule {
    of(name, |_| String::new(), sides)
}

/// Everything that must hold of the accounts at every commit.
pub const RULES: &[Rule] = &[
    of(
        "journal entry: debits = credits",
        ENTRY,
        "SELECT entry_id AS a, entry_id AS b, amount AS stored, 0 AS expected FROM journal_line",
    ),
    all(
        "account days = sums of the journal's lines",
        "SELECT NULL AS a, NULL AS b, ABS(SUM(debit)) + ABS(SUM(credit)) AS stored, 0 AS expected
           FROM (SELECT account, date, debit, credit FROM account_day
                 UNION ALL SELECT line.account, entry.date,
                        CASE WHEN line.amount > 0 THEN -line.amount ELSE 0 END,
                        CASE WHEN line.amount < 0 THEN line.amount ELSE 0 END
                   FROM journal_line AS line
                   JOIN journal_entry AS entry ON entry.id = line.entry_id) AS days
          GROUP BY account, date",
    ),
    all(
        "journal: inventory = value of the stock",
        "SELECT NULL AS a, NULL AS b, amount AS stored, 0 AS expected
           FROM journal_line WHERE account = 'INVENTORY'
         UNION ALL SELECT NULL, NULL, 0, value FROM stock_level",
    ),
    all(
        "journal: inventory in transit = value on its way",
        "SELECT NULL AS a, NULL AS b, amount AS stored, 0 AS expected
           FROM journal_line WHERE account = 'INVENTORY_IN_TRANSIT'
         UNION ALL SELECT NULL, NULL, 0, in_transit_value FROM stock_transfer_line",
    ),
    all(
        "journal: receivables = open items",
        "SELECT NULL AS a, NULL AS b, amount AS stored, 0 AS expected
           FROM journal_line WHERE account = 'ACCOUNTS_RECEIVABLE'
         UNION ALL SELECT NULL, NULL, 0, open_base FROM open_item WHERE customer_id IS NOT NULL",
    ),
    all(
        "journal: revenue = invoices - credit notes",
        "SELECT NULL AS a, NULL AS b, amount AS stored, 0 AS expected
           FROM journal_line WHERE account = 'REVENUE'
         UNION ALL SELECT NULL, NULL, 0, -base_net FROM invoice
         UNION ALL SELECT NULL, NULL, 0, base_net FROM credit_note",
    ),
    all(
        "journal: cash = payments",
        "SELECT NULL AS a, NULL AS b, amount AS stored, 0 AS expected
           FROM journal_line WHERE account = 'CASH'
         UNION ALL SELECT NULL, NULL, 0,
                CASE direction WHEN 'IN' THEN base_amount ELSE -base_amount END
           FROM payment WHERE status = 'POSTED'",
    ),
    of(
        "open item: open = amount - allocations",
        ITEM,
        "SELECT id AS a, id AS b, open_amount AS stored, amount AS expected FROM open_item
         UNION ALL SELECT debit_item_id, debit_item_id, 0, -amount FROM allocation
         UNION ALL SELECT credit_item_id, credit_item_id, 0, amount FROM allocation",
    ),
    of(
        "open item: open in base currency = amount - allocations",
        ITEM,
        "SELECT id AS a, id AS b, open_base AS stored, base_amount AS expected FROM open_item
         UNION ALL SELECT debit_item_id, debit_item_id, 0, -debit_base FROM allocation
         UNION ALL SELECT credit_item_id, credit_item_id, 0, credit_base FROM allocation",
    ),
    of(
        "balance = sum of open items, in each currency",
        CUSTOMER,
        "SELECT party_id AS a, party_id AS b, ABS(SUM(amount)) AS stored, 0 AS expected
           FROM (SELECT party_id, currency, open_amount AS amount FROM party_balance
                 UNION ALL SELECT COALESCE(customer_id, supplier_id), currency, -open_amount
                   FROM open_item) AS balances
          GROUP BY party_id, currency",
    ),
    of(
        "balance in base currency = sum of open items",
        CUSTOMER,
        "SELECT party_id AS a, party_id AS b, ABS(SUM(amount)) AS stored, 0 AS expected
           FROM (SELECT party_id, currency, open_base AS amount FROM party_balance
                 UNION ALL SELECT COALESCE(customer_id, supplier_id), currency, -open_base
                   FROM open_item) AS balances
          GROUP BY party_id, currency",
    ),
    of(
        "invoice: net = sum of lines",
        INVOICE,
        "SELECT id AS a, id AS b, net AS stored, 0 AS expected FROM invoice
         UNION ALL SELECT invoice_id, invoice_id, 0, net FROM invoice_line",
    ),
    of(
        "invoice: tax = sum of lines",
        INVOICE,
        "SELECT id AS a, id AS b, tax AS stored, 0 AS expected FROM invoice
         UNION ALL SELECT invoice_id, invoice_id, 0, tax FROM invoice_line",
    ),
    of(
        "invoice: gross = its open items' amounts",
        INVOICE,
        "SELECT id AS a, id AS b, gross AS stored, 0 AS expected FROM invoice
         UNION ALL SELECT document_id, document_id, 0, amount
           FROM open_item WHERE document_kind = 'INVOICE'",
    ),
    of(
        "invoice line: credited quantity = credit notes",
        INVOICE_LINE,
        "SELECT id AS a, id AS b, credited_quantity AS stored, 0 AS expected FROM invoice_line
         UNION ALL SELECT invoice_line_id, invoice_line_id, 0, quantity FROM credit_note_line",
    ),
    of(
        "invoice line: credited net (twice) and tax = credit notes",
        INVOICE_LINE,
        "SELECT id AS a, id AS b, 2 * credited_net + credited_tax AS stored, 0 AS expected
           FROM invoice_line
         UNION ALL SELECT invoice_line_id, invoice_line_id, 0, 2 * net + tax
           FROM credit_note_line",
    ),
    of(
        "credit note: net = sum of lines",
        CREDIT_NOTE,
        "SELECT id AS a, id AS b, net AS stored, 0 AS expected FROM credit_note
         UNION ALL SELECT credit_note_id, credit_note_id, 0, net FROM credit_note_line",
    ),
    of(
        "credit note: tax = sum of lines",
        CREDIT_NOTE,
        "SELECT id AS a, id AS b, tax AS stored, 0 AS expected FROM credit_note
         UNION ALL SELECT credit_note_id, credit_note_id, 0, tax FROM credit_note_line",
    ),
    of(
        "credit note: gross = its open item's amount",
        CREDIT_NOTE,
        "SELECT id AS a, id AS b, gross AS stored, 0 AS expected FROM credit_note
         UNION ALL SELECT document_id, document_id, 0, -amount
           FROM open_item WHERE document_kind = 'CREDIT_NOTE'",
    ),
    of(
        "payment: amount = its open item's amount",
        PAYMENT,
        "SELECT id AS a, id AS b, CASE direction WHEN 'IN' THEN amount ELSE -amount END AS stored,
                0 AS expected
           FROM payment
         UNION ALL SELECT document_id, document_id, 0, -amount
           FROM open_item WHERE document_kind = 'PAYMENT'",
    ),
    of(
        "order line: invoiced = sum of invoices",
        ORDER_LINE,
        "SELECT id AS a, id AS b, invoiced AS stored, 0 AS expected FROM sales_order_line
         UNION ALL SELECT sales_order_line_id, sales_order_line_id, 0, quantity
           FROM invoice_line",
    ),
    of(
        "order: billing says what was invoiced (0 none, 1 partial, 2 full, in millionths)",
        ORDER,
        "SELECT id AS a, id AS b,
                CASE billing WHEN 'NONE' THEN 0 WHEN 'PARTIAL' THEN 1 ELSE 2 END AS stored,
                0 AS expected
           FROM sales_order
         UNION ALL SELECT sales_order_id, sales_order_id, 0,
                CASE WHEN SUM(invoiced) = 0 THEN 0
                     WHEN SUM(CASE WHEN invoiced < quantity THEN 1 ELSE 0 END) > 0 THEN 1
                     ELSE 2 END
           FROM sales_order_line GROUP BY sales_order_id",
    ),
    all(
        "numbers of invoices and credit notes have no holes",
        "SELECT NULL AS a, NULL AS b, ABS(SUM(numbers)) AS stored, 0 AS expected
           FROM (SELECT kind, CAST(year AS TEXT) AS of_year, last AS numbers
                   FROM number_series WHERE kind IN ('IN', 'CN')
                 UNION ALL SELECT 'IN', SUBSTR(number, 4, 4), -1 FROM invoice
                 UNION ALL SELECT 'CN', SUBSTR(number, 4, 4), -1 FROM credit_note) AS series
          GROUP BY kind, of_year",
    ),
];
