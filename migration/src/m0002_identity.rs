//! The company and the tokens that may act in it.

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

CREATE TABLE api_token (
    id {uuid} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash {bytes} NOT NULL,
    scopes TEXT NOT NULL,
    created_at {big} NOT NULL,
    expires_at {big},
    revoked_at {big},
    CONSTRAINT api_token_hash_unique UNIQUE (token_hash)
) {strict};
"#,
    "DROP TABLE api_token; DROP TABLE company;"
);
