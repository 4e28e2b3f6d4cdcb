//! The company and the principals that may act in it: whoever can be written down as an author.

crate::dialect::migration!(
    r#"
CREATE TABLE company (
    id {small} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    base_currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    created_at {big} NOT NULL,
    CONSTRAINT company_single CHECK (id = 1)
) {strict};

CREATE TABLE principal (
    id {uuid} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at {big} NOT NULL,
    CONSTRAINT principal_kind_known CHECK (kind IN ('TOKEN', 'USER'))
) {strict};
CREATE TRIGGER principal_kept BEFORE DELETE ON principal {refused};

CREATE TABLE api_token (
    id {uuid} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT,
    prefix TEXT NOT NULL,
    token_hash {bytes} NOT NULL,
    scopes TEXT NOT NULL,
    created_by {uuid},
    created_at {big} NOT NULL,
    expires_at {big},
    revoked_at {big},
    CONSTRAINT api_token_hash_unique UNIQUE (token_hash),
    CONSTRAINT api_token_principal FOREIGN KEY (id) REFERENCES principal (id)
) {strict};
CREATE INDEX api_token_author ON api_token (created_by, id);
"#,
    "DROP TABLE api_token; DROP TABLE principal; DROP TABLE company;"
);
