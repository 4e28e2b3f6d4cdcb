//! API tokens.

use serde_json::json;
use stockroom::platform::actor::Scope;

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![create(), revoke(world)]
}

fn create() -> Mutation {
    let rows = [
        parts::shape(&["name", "scopes"]),
        parts::text("/name", 200),
        parts::key(USED_KEY),
        unfit("/scopes", &[json!(7), json!([null]), json!([{}])]),
        unfit(
            "/expiresAt",
            &[json!("tomorrow"), json!(1), json!("2100-01-01"), json!("")],
        ),
        create_rules(),
    ];
    Mutation {
        name: "apiTokenCreate",
        baseline: json!({
            "name": "Web shop",
            "scopes": ["stock:read", "holds:write"],
            "expiresAt": "2100-01-01T00:00:00Z",
            "idempotencyKey": "apiTokenCreate",
        }),
        rows: rows.concat(),
    }
}

fn create_rules() -> Vec<Row> {
    vec![
        row("a scope that does not exist")
            .set("/scopes/1", "everything:write")
            .invalid("scopes.1"),
        row("a blank scope")
            .set("/scopes/0", "")
            .invalid("scopes.0"),
        row("a scope with a NUL")
            .set("/scopes/0", "stock:read\0")
            .invalid("scopes.0"),
        row("a scope that the caller lacks")
            .without(Scope::HoldsWrite)
            .invalid("scopes"),
        row("expired before it begins")
            .set("/expiresAt", "2020-01-01T00:00:00Z")
            .invalid("expiresAt"),
        row("expired long before it begins")
            .set("/expiresAt", "0001-01-01T00:00:00Z")
            .invalid("expiresAt"),
        row("several errors at once")
            .without(Scope::HoldsWrite)
            .set("/name", "a\nb")
            .set("/scopes/0", "stock")
            .set("/expiresAt", "2020-01-01T00:00:00Z")
            .set("/idempotencyKey", " ")
            .invalid("name")
            .invalid("scopes.0")
            .invalid("scopes")
            .invalid("expiresAt")
            .invalid("idempotencyKey"),
    ]
}

fn revoke(world: &World) -> Mutation {
    let ids = (world.unknown.token.as_str(), world.unknown.variant.as_str());
    let rows = [
        parts::shape(&["id"]),
        parts::id("/id", ids, "id"),
        parts::key(USED_KEY),
        vec![
            row("revoked already")
                .set("/id", world.revoked.as_str())
                .gives("INVALID_STATE", "id"),
            row("several errors at once")
                .set("/id", world.revoked.as_str())
                .set("/idempotencyKey", "\0")
                .gives("INVALID_STATE", "id")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "apiTokenRevoke",
        baseline: json!({ "id": world.token, "idempotencyKey": "apiTokenRevoke" }),
        rows: rows.concat(),
    }
}
