//! Signing in, refreshing, signing out. Wrong passwords change something: they are counted, and
//! have tests of their own.

use serde_json::json;

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};
use crate::support::people::PASSWORD;

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![create(), refresh(world), end()]
}

/// A password that is to be checked.
pub fn given_password(field: &str) -> Vec<Row> {
    let pointer = format!("/{field}");
    let mut rows = vec![
        row(format!("{field} is empty"))
            .set(&pointer, "")
            .invalid(field),
        row(format!("{field} is too long"))
            .set(&pointer, "x".repeat(129))
            .invalid(field),
        row(format!("{field} is endless"))
            .set(&pointer, "x".repeat(100_000))
            .invalid(field),
    ];
    rows.extend(unfit(&pointer, &[json!(7), json!(true), json!([["x"]])]));
    rows
}

fn create() -> Mutation {
    let rows = [
        parts::shape(&["email", "password"]),
        parts::text("/email", 254),
        given_password("password"),
        vec![
            row("several errors at once")
                .set("/email", "a\0b")
                .set("/password", "")
                .invalid("email")
                .invalid("password"),
        ],
    ];
    Mutation {
        name: "sessionCreate",
        baseline: json!({ "email": "Signing-In@example.com", "password": PASSWORD }),
        rows: rows.concat(),
    }
}

fn refresh(world: &World) -> Mutation {
    let token = world.people.refresh_token.as_str();
    let refused = |how: &str, token: String| {
        row(format!("the refresh token is {how}"))
            .set("/refreshToken", token)
            .invalid("refreshToken")
    };
    let rows = [
        parts::shape(&["refreshToken"]),
        parts::text("/refreshToken", 200),
        vec![
            refused("unknown", "stockroom_refresh_unknown".to_owned()),
            refused("cut short", token[..token.len() - 1].to_owned()),
            refused("in upper case", token.to_uppercase()),
            refused(
                "an access token",
                world.callers["sessionEnd"][..150].to_owned(),
            ),
            refused("of a session that has ended", world.people.ended.clone()),
        ],
    ];
    Mutation {
        name: "sessionRefresh",
        baseline: json!({ "refreshToken": token }),
        rows: rows.concat(),
    }
}

fn end() -> Mutation {
    Mutation {
        name: "sessionEnd",
        baseline: json!({ "idempotencyKey": "sessionEnd" }),
        rows: [
            parts::shape(&[]),
            parts::text("/idempotencyKey", 200),
            vec![
                row("the key is of another kind")
                    .set("/idempotencyKey", json!({ "key": USED_KEY }))
                    .unfit(),
            ],
        ]
        .concat(),
    }
}
