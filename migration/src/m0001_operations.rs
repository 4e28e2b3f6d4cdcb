//! What every command leaves behind: its operation, its events, its number.

crate::dialect::migration!(
    r#"
{refuse_deletion}

CREATE TABLE operation (
    id {uuid} NOT NULL PRIMARY KEY,
    caller_id {uuid} NOT NULL,
    idempotency_key TEXT,
    command TEXT NOT NULL,
    input_hash {bytes} NOT NULL,
    record_id {uuid} NOT NULL,
    record_kind TEXT,
    request_id TEXT,
    remote_address TEXT,
    -- JSON, which nobody but readers of single entries looks into.
    input TEXT,
    changes TEXT,
    created_at {big} NOT NULL
) {strict};
CREATE UNIQUE INDEX operation_key_unique ON operation (caller_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
CREATE INDEX operation_created_at ON operation (created_at);
CREATE INDEX operation_caller ON operation (caller_id, id);
CREATE INDEX operation_command ON operation (command, id);
CREATE INDEX operation_record ON operation (record_id, id);

CREATE TABLE event (
    sequence {serial},
    operation_id {uuid} NOT NULL,
    kind TEXT NOT NULL,
    schema_version {small} NOT NULL,
    subject_id {uuid} NOT NULL,
    facts TEXT NOT NULL,
    recorded_at {big} NOT NULL
) {strict};

CREATE TABLE number_series (
    kind TEXT NOT NULL,
    year {small} NOT NULL,
    last {big} NOT NULL,
    PRIMARY KEY (kind, year),
    CONSTRAINT number_series_last_positive CHECK (last > 0)
) {strict};
"#,
    "DROP TABLE number_series; DROP TABLE event; DROP TABLE operation; {no_refuse_deletion}"
);
