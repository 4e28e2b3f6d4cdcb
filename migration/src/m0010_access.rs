//! Users, their sessions, the keys that sign access tokens, and when API tokens were last used.

crate::dialect::migration!(
    r#"
CREATE TABLE user_account (
    id {uuid} NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key {key} NOT NULL,
    name TEXT NOT NULL,
    name_key {key} NOT NULL,
    password_hash TEXT NOT NULL,
    password_changed_at {big} NOT NULL,
    must_change_password {bool} NOT NULL,
    roles TEXT NOT NULL,
    status TEXT NOT NULL,
    failed_count {int} NOT NULL,
    locked_until {big},
    last_sign_in_at {big},
    external_id {key},
    metadata {json},
    created_at {big} NOT NULL,
    updated_at {big} NOT NULL,
    version {big} NOT NULL,
    CONSTRAINT user_account_email_unique UNIQUE (email_key),
    CONSTRAINT user_account_external_id_unique UNIQUE (external_id),
    CONSTRAINT user_account_status_known CHECK (status IN ('ACTIVE', 'DISABLED')),
    CONSTRAINT user_account_failed_count_positive CHECK (failed_count >= 0),
    CONSTRAINT user_account_version_positive CHECK (version > 0),
    CONSTRAINT user_account_principal FOREIGN KEY (id) REFERENCES principal (id)
) {strict};

CREATE INDEX user_account_name ON user_account (name_key, id);
CREATE INDEX user_account_status ON user_account (status, id);

CREATE TABLE user_session (
    id {uuid} NOT NULL PRIMARY KEY,
    user_id {uuid} NOT NULL,
    created_at {big} NOT NULL,
    refreshed_at {big} NOT NULL,
    expires_at {big} NOT NULL,
    ended_at {big},
    CONSTRAINT user_session_user FOREIGN KEY (user_id) REFERENCES user_account (id)
) {strict};
CREATE INDEX user_session_user_id ON user_session (user_id, ended_at);
CREATE INDEX user_session_expires_at ON user_session (expires_at);

CREATE TABLE refresh_token (
    token_hash {bytes} NOT NULL PRIMARY KEY,
    session_id {uuid} NOT NULL,
    created_at {big} NOT NULL,
    expires_at {big} NOT NULL,
    used_at {big},
    CONSTRAINT refresh_token_session FOREIGN KEY (session_id) REFERENCES user_session (id)
        ON DELETE CASCADE
) {strict};
CREATE INDEX refresh_token_session_id ON refresh_token (session_id);

CREATE TABLE signing_key (
    id TEXT NOT NULL PRIMARY KEY,
    secret {bytes} NOT NULL,
    created_at {big} NOT NULL
) {strict};

CREATE TABLE api_token_use (
    token_id {uuid} NOT NULL PRIMARY KEY,
    last_used_at {big} NOT NULL,
    CONSTRAINT api_token_use_token FOREIGN KEY (token_id) REFERENCES api_token (id)
) {strict};
"#,
    "DROP TABLE api_token_use; DROP TABLE signing_key; DROP TABLE refresh_token; \
     DROP TABLE user_session; DROP TABLE user_account;"
);
