//! The journal and its locked periods; what parties owe and what paid it; payments, invoices,
//! credit notes.

crate::dialect::migration!(
    r#"
CREATE TABLE accounting_period (
    id {small} NOT NULL PRIMARY KEY,
    locked_through {date},
    reason TEXT,
    changed_by {uuid},
    changed_at {big},
    version {big} NOT NULL,
    CONSTRAINT accounting_period_single CHECK (id = 1),
    CONSTRAINT accounting_period_author FOREIGN KEY (changed_by) REFERENCES principal (id)
) {strict};
INSERT INTO accounting_period (id, version) VALUES (1, 1);

CREATE TABLE exchange_rate (
    id {uuid} NOT NULL PRIMARY KEY,
    currency TEXT NOT NULL,
    valid_from {date} NOT NULL,
    rate {big} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT exchange_rate_day_unique UNIQUE (currency, valid_from),
    CONSTRAINT exchange_rate_positive CHECK (rate > 0),
    CONSTRAINT exchange_rate_author FOREIGN KEY (created_by) REFERENCES principal (id)
) {strict};

CREATE INDEX exchange_rate_currency ON exchange_rate (currency, id);

CREATE TABLE journal_entry (
    id {uuid} NOT NULL PRIMARY KEY,
    operation_id {uuid} NOT NULL,
    date {date} NOT NULL,
    document_kind TEXT NOT NULL,
    document_id {uuid} NOT NULL,
    reverses_id {uuid},
    recorded_at {big} NOT NULL,
    recorded_by {uuid} NOT NULL,
    CONSTRAINT journal_entry_reverses FOREIGN KEY (reverses_id) REFERENCES journal_entry (id),
    CONSTRAINT journal_entry_author FOREIGN KEY (recorded_by) REFERENCES principal (id)
) {strict};
CREATE INDEX journal_entry_date ON journal_entry (date, id);
CREATE INDEX journal_entry_document ON journal_entry (document_id, id);

CREATE TABLE journal_line (
    entry_id {uuid} NOT NULL,
    position {int} NOT NULL,
    account TEXT NOT NULL,
    amount {big} NOT NULL,
    customer_id {uuid},
    supplier_id {uuid},
    PRIMARY KEY (entry_id, position),
    CONSTRAINT journal_line_amount_not_zero CHECK (amount <> 0),
    CONSTRAINT journal_line_account_known CHECK (account IN (
        'INVENTORY', 'INVENTORY_IN_TRANSIT', 'GOODS_RECEIVED_NOT_BILLED', 'ACCOUNTS_RECEIVABLE',
        'ACCOUNTS_PAYABLE', 'CASH', 'REVENUE', 'DISCOUNTS', 'TAX_PAYABLE', 'TAX_RECEIVABLE',
        'COST_OF_GOODS_SOLD', 'INVENTORY_ADJUSTMENT', 'PRICE_VARIANCE', 'EXCHANGE_DIFFERENCE',
        'WRITE_OFF')),
    CONSTRAINT journal_line_entry FOREIGN KEY (entry_id) REFERENCES journal_entry (id),
    CONSTRAINT journal_line_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT journal_line_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) {strict};

CREATE TABLE account_day (
    account TEXT NOT NULL,
    date {date} NOT NULL,
    debit {big} NOT NULL,
    credit {big} NOT NULL,
    PRIMARY KEY (account, date),
    CONSTRAINT account_day_range CHECK (debit >= 0 AND credit >= 0)
) {strict};

CREATE TABLE party_balance (
    party_id {uuid} NOT NULL,
    currency TEXT NOT NULL,
    customer_id {uuid},
    supplier_id {uuid},
    open_amount {big} NOT NULL,
    open_base {big} NOT NULL,
    version {big} NOT NULL,
    PRIMARY KEY (party_id, currency),
    CONSTRAINT party_balance_one_party CHECK ((customer_id IS NULL) <> (supplier_id IS NULL)),
    CONSTRAINT party_balance_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT party_balance_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) {strict};

CREATE TABLE open_item (
    id {uuid} NOT NULL PRIMARY KEY,
    customer_id {uuid},
    supplier_id {uuid},
    document_kind TEXT NOT NULL,
    document_id {uuid} NOT NULL,
    number {key} NOT NULL,
    external_id TEXT,
    instalment {int} NOT NULL,
    date {date} NOT NULL,
    due_on {date} NOT NULL,
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    amount {big} NOT NULL,
    open_amount {big} NOT NULL,
    base_amount {big} NOT NULL,
    open_base {big} NOT NULL,
    changed_on {date} NOT NULL,
    settled_on {date},
    note TEXT,
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    CONSTRAINT open_item_instalment_unique UNIQUE (document_id, document_kind, instalment),
    CONSTRAINT open_item_one_party CHECK ((customer_id IS NULL) <> (supplier_id IS NULL)),
    CONSTRAINT open_item_amount_not_zero CHECK (amount <> 0),
    CONSTRAINT open_item_open_range CHECK (
        (amount > 0 AND open_amount BETWEEN 0 AND amount)
        OR (amount < 0 AND open_amount BETWEEN amount AND 0)),
    CONSTRAINT open_item_base_with_amount CHECK (open_amount <> 0 OR open_base = 0),
    CONSTRAINT open_item_settled CHECK ((open_amount = 0) = (settled_on IS NOT NULL)),
    CONSTRAINT open_item_days CHECK (changed_on >= date AND settled_on >= date),
    CONSTRAINT open_item_rate_positive CHECK (exchange_rate > 0),
    CONSTRAINT open_item_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT open_item_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT open_item_supplier FOREIGN KEY (supplier_id) REFERENCES supplier (id)
) {strict};
CREATE INDEX open_item_open_customer ON open_item (customer_id, due_on, id)
    WHERE settled_on IS NULL;
CREATE INDEX open_item_open_supplier ON open_item (supplier_id, due_on, id)
    WHERE settled_on IS NULL;
CREATE INDEX open_item_open ON open_item (id) WHERE settled_on IS NULL;
CREATE INDEX open_item_due ON open_item (due_on, id);
CREATE INDEX open_item_open_due ON open_item (due_on, id) WHERE settled_on IS NULL;
CREATE INDEX open_item_customer_settled ON open_item (customer_id, settled_on);
CREATE INDEX open_item_settled ON open_item (settled_on);
CREATE INDEX open_item_customer_date ON open_item (customer_id, date, id);
CREATE INDEX open_item_number ON open_item (number);
CREATE INDEX open_item_external_id ON open_item (external_id);

CREATE TABLE allocation (
    id {uuid} NOT NULL PRIMARY KEY,
    debit_item_id {uuid} NOT NULL,
    credit_item_id {uuid} NOT NULL,
    amount {big} NOT NULL,
    debit_base {big} NOT NULL,
    credit_base {big} NOT NULL,
    date {date} NOT NULL,
    reverses_id {uuid},
    operation_id {uuid} NOT NULL,
    recorded_at {big} NOT NULL,
    recorded_by {uuid} NOT NULL,
    CONSTRAINT allocation_reverses_unique UNIQUE (reverses_id),
    CONSTRAINT allocation_sign CHECK ((amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0),
    CONSTRAINT allocation_debit FOREIGN KEY (debit_item_id) REFERENCES open_item (id),
    CONSTRAINT allocation_credit FOREIGN KEY (credit_item_id) REFERENCES open_item (id),
    CONSTRAINT allocation_reverses FOREIGN KEY (reverses_id) REFERENCES allocation (id),
    CONSTRAINT allocation_author FOREIGN KEY (recorded_by) REFERENCES principal (id)
) {strict};
CREATE INDEX allocation_debit ON allocation (debit_item_id, date);
CREATE INDEX allocation_credit ON allocation (credit_item_id, date);

CREATE TABLE payment (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    direction TEXT NOT NULL,
    date {date} NOT NULL,
    customer_id {uuid} NOT NULL,
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    amount {big} NOT NULL,
    base_amount {big} NOT NULL,
    method TEXT,
    reference TEXT,
    reversed_on {date},
    reversal_reason TEXT,
    note TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT payment_number_unique UNIQUE (number),
    CONSTRAINT payment_external_id_unique UNIQUE (external_id),
    CONSTRAINT payment_status_known CHECK (status IN ('POSTED', 'REVERSED')),
    CONSTRAINT payment_direction_known CHECK (direction IN ('IN', 'OUT')),
    CONSTRAINT payment_amount_positive CHECK (amount > 0 AND base_amount >= 0),
    CONSTRAINT payment_rate_positive CHECK (exchange_rate > 0),
    CONSTRAINT payment_reversed CHECK ((status = 'REVERSED') = (reversed_on IS NOT NULL)),
    CONSTRAINT payment_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT payment_customer FOREIGN KEY (customer_id) REFERENCES customer (id)
) {strict};
CREATE INDEX payment_customer ON payment (customer_id, id);
CREATE INDEX payment_status ON payment (status, id);
CREATE INDEX payment_reference ON payment (reference) WHERE reference IS NOT NULL;
CREATE INDEX payment_date ON payment (date, id);

CREATE TABLE invoice (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    due_on {date} NOT NULL,
    customer_id {uuid} NOT NULL,
    sales_order_id {uuid} NOT NULL,
    payment_terms_id {uuid},
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    prices_include_tax {bool} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    base_net {big} NOT NULL,
    base_tax {big} NOT NULL,
    base_gross {big} NOT NULL,
    note TEXT,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT invoice_number_unique UNIQUE (number),
    CONSTRAINT invoice_external_id_unique UNIQUE (external_id),
    CONSTRAINT invoice_status_known CHECK (status IN ('POSTED', 'VOID')),
    CONSTRAINT invoice_totals CHECK (net >= 0 AND tax >= 0 AND gross = net + tax
        AND base_gross = base_net + base_tax),
    CONSTRAINT invoice_rate_positive CHECK (exchange_rate > 0),
    CONSTRAINT invoice_due CHECK (due_on >= date),
    CONSTRAINT invoice_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT invoice_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT invoice_order FOREIGN KEY (sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT invoice_terms FOREIGN KEY (payment_terms_id) REFERENCES payment_terms (id)
) {strict};
CREATE INDEX invoice_customer ON invoice (customer_id, id);
CREATE INDEX invoice_order ON invoice (sales_order_id, id);
CREATE INDEX invoice_status ON invoice (status, id);
CREATE INDEX invoice_due ON invoice (due_on, id);
CREATE INDEX invoice_date ON invoice (date, id);

CREATE TABLE invoice_line (
    id {uuid} NOT NULL PRIMARY KEY,
    invoice_id {uuid} NOT NULL,
    position {int} NOT NULL,
    variant_id {uuid},
    description TEXT NOT NULL,
    quantity {big} NOT NULL,
    unit_price {big} NOT NULL,
    discount_rate {big} NOT NULL,
    tax_class_id {uuid},
    tax_rate {big} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    credited_quantity {big} NOT NULL,
    credited_net {big} NOT NULL,
    credited_tax {big} NOT NULL,
    sales_order_line_id {uuid} NOT NULL,
    fulfilment_line_id {uuid},
    CONSTRAINT invoice_line_position_unique UNIQUE (invoice_id, position),
    CONSTRAINT invoice_line_fulfilment_unique UNIQUE (fulfilment_line_id),
    CONSTRAINT invoice_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT invoice_line_amounts CHECK (net >= 0 AND tax >= 0 AND gross = net + tax),
    CONSTRAINT invoice_line_rates CHECK (
        discount_rate BETWEEN 0 AND 1000000 AND tax_rate BETWEEN 0 AND 1000000),
    CONSTRAINT invoice_line_credited CHECK (credited_quantity BETWEEN 0 AND quantity
        AND credited_net BETWEEN 0 AND net AND credited_tax BETWEEN 0 AND tax),
    CONSTRAINT invoice_line_document FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    CONSTRAINT invoice_line_variant FOREIGN KEY (variant_id) REFERENCES product_variant (id),
    CONSTRAINT invoice_line_tax_class FOREIGN KEY (tax_class_id) REFERENCES tax_class (id),
    CONSTRAINT invoice_line_order_line FOREIGN KEY (sales_order_line_id)
        REFERENCES sales_order_line (id),
    CONSTRAINT invoice_line_fulfilment_line FOREIGN KEY (fulfilment_line_id)
        REFERENCES fulfilment_line (id)
) {strict};
CREATE INDEX invoice_line_order_line ON invoice_line (sales_order_line_id);
CREATE INDEX invoice_line_variant ON invoice_line (variant_id, id);

CREATE TABLE credit_note (
    id {uuid} NOT NULL PRIMARY KEY,
    number {key} NOT NULL,
    status TEXT NOT NULL,
    date {date} NOT NULL,
    customer_id {uuid} NOT NULL,
    invoice_id {uuid} NOT NULL,
    customer_return_id {uuid},
    reason TEXT NOT NULL,
    currency TEXT NOT NULL,
    exchange_rate {big} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    base_net {big} NOT NULL,
    base_tax {big} NOT NULL,
    base_gross {big} NOT NULL,
    external_id TEXT,
    metadata {json},
    operation_id {uuid} NOT NULL,
    created_by {uuid} NOT NULL,
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT credit_note_number_unique UNIQUE (number),
    CONSTRAINT credit_note_external_id_unique UNIQUE (external_id),
    CONSTRAINT credit_note_status_known CHECK (status IN ('POSTED')),
    CONSTRAINT credit_note_totals CHECK (net >= 0 AND tax >= 0 AND gross = net + tax
        AND base_gross = base_net + base_tax),
    CONSTRAINT credit_note_rate_positive CHECK (exchange_rate > 0),
    CONSTRAINT credit_note_author FOREIGN KEY (created_by) REFERENCES principal (id),
    CONSTRAINT credit_note_customer FOREIGN KEY (customer_id) REFERENCES customer (id),
    CONSTRAINT credit_note_invoice FOREIGN KEY (invoice_id) REFERENCES invoice (id),
    CONSTRAINT credit_note_customer_return FOREIGN KEY (customer_return_id)
        REFERENCES customer_return (id)
) {strict};
CREATE INDEX credit_note_customer ON credit_note (customer_id, id);
CREATE INDEX credit_note_invoice ON credit_note (invoice_id, id);
CREATE INDEX credit_note_return ON credit_note (customer_return_id, id)
    WHERE customer_return_id IS NOT NULL;
CREATE INDEX credit_note_date ON credit_note (date, id);

CREATE TABLE credit_note_line (
    id {uuid} NOT NULL PRIMARY KEY,
    credit_note_id {uuid} NOT NULL,
    position {int} NOT NULL,
    invoice_line_id {uuid} NOT NULL,
    quantity {big} NOT NULL,
    net {big} NOT NULL,
    tax {big} NOT NULL,
    gross {big} NOT NULL,
    CONSTRAINT credit_note_line_position_unique UNIQUE (credit_note_id, position),
    CONSTRAINT credit_note_line_amounts CHECK (
        quantity >= 0 AND net >= 0 AND tax >= 0 AND gross = net + tax),
    CONSTRAINT credit_note_line_document FOREIGN KEY (credit_note_id) REFERENCES credit_note (id),
    CONSTRAINT credit_note_line_invoice_line FOREIGN KEY (invoice_line_id)
        REFERENCES invoice_line (id)
) {strict};
CREATE INDEX credit_note_line_invoice_line ON credit_note_line (invoice_line_id);
"#,
    "DROP TABLE credit_note_line; DROP TABLE credit_note; DROP TABLE invoice_line;
     DROP TABLE invoice; DROP TABLE payment; DROP TABLE allocation; DROP TABLE open_item;
     DROP TABLE party_balance; DROP TABLE account_day; DROP TABLE journal_line;
     DROP TABLE journal_entry; DROP TABLE exchange_rate;
     DROP TABLE accounting_period;"
);
