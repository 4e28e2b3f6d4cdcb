//! Users and their passwords.

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::parts::{self, unfit};
use super::row::{Mutation, Row, row};
use super::sessions::given_password;
use super::world::{USED_KEY, World};
use crate::support::people::{self, ADMIN, PASSWORD};
use crate::support::{Client, TestServer};

/// The users that rows refer to.
pub struct People {
    /// Of a session that goes on.
    pub refresh_token: String,
    /// Of a session that has ended.
    pub ended: String,
}

impl People {
    /// Makes them through the API.
    pub async fn make(server: &TestServer) -> Self {
        let client = server.client();
        for name in [
            "taken",
            "signing-in",
            "updating",
            "disabling",
            "resetting",
            "ending",
            "disabled",
            "enabling",
        ] {
            make(&client, name).await;
        }
        for name in ["disabled", "enabling"] {
            let input = json!({ "user": { "externalId": name } });
            client.accept("userDisable", input, "user { id }").await;
        }
        let email = "signing-in@example.com";
        let open = people::sign_in(server.url(), email, PASSWORD).await;
        let ended = people::sign_in(server.url(), email, PASSWORD).await;
        let end = ended.client();
        end.accept("sessionEnd", json!({}), "session { id }").await;
        Self {
            refresh_token: open.refresh,
            ended: ended.refresh,
        }
    }
}

async fn make(client: &Client, name: &str) {
    let input = json!({
        "email": format!("{name}@example.com"), "name": name, "roles": ["SALES"],
        "password": PASSWORD, "externalId": name,
    });
    client.accept("userCreate", input, "user { id }").await;
}

/// The mutations of this module.
pub fn mutations(world: &World) -> Vec<Mutation> {
    vec![
        create(),
        update(world),
        of_one(world, "userDisable", "disabling"),
        of_one(world, "userEnable", "enabling"),
        of_one(world, "userSessionsEnd", "ending"),
        set_password(world),
        change_password(),
    ]
}

/// What an email must withstand.
fn email(pointer: &str) -> Vec<Row> {
    let mut rows = parts::text(pointer, 254);
    for bad in [
        "anna",
        "@example.com",
        "anna@",
        "a@b@c",
        "anna smith@example.com",
    ] {
        rows.push(
            row(format!("{pointer} is {bad}"))
                .set(pointer, bad)
                .invalid("email"),
        );
    }
    for taken in [
        "taken@example.com",
        "TAKEN@Example.com",
        " ｔaken@example.com",
    ] {
        rows.push(
            row(format!("{pointer} is taken: {taken}"))
                .set(pointer, taken)
                .gives("DUPLICATE", "email"),
        );
    }
    rows
}

/// A password that is to be had from now on.
fn new_password(field: &str) -> Vec<Row> {
    let pointer = format!("/{field}");
    let bad = [
        ("empty", String::new()),
        ("blank", " ".repeat(12)),
        ("short", "123456789".to_owned()),
        ("too long", "x".repeat(129)),
        ("endless", "x".repeat(100_000)),
    ];
    let refused = bad.into_iter().map(|(how, value)| {
        row(format!("{field} is {how}"))
            .set(&pointer, value)
            .invalid(field)
    });
    refused
        .chain(unfit(&pointer, &[json!(7), json!([["x"]])]))
        .collect()
}

/// The one reference to a user; and what else is wrong when it is the last administrator.
fn user(world: &World, last: Option<&str>) -> Vec<Row> {
    let ids = (world.unknown.user.as_str(), world.unknown.variant.as_str());
    let mut rows: Vec<Row> = parts::id("/user/id", ids, "user")
        .into_iter()
        .map(|row| row.within("/user"))
        .collect();
    let by = |field: &str, value: &str| json!({ field: value });
    for field in ["email", "externalId"] {
        rows.push(
            row(format!("user.{field} is unknown"))
                .set("/user", by(field, "nobody"))
                .gives("NOT_FOUND", "user"),
        );
        rows.push(
            row(format!("user.{field} is endless"))
                .set("/user", by(field, &"x".repeat(10_000)))
                .invalid(&format!("user.{field}")),
        );
        rows.push(
            row(format!("user.{field} has a NUL"))
                .set("/user", by(field, "a\0b"))
                .invalid(&format!("user.{field}")),
        );
    }
    rows.extend(unfit(
        "/user",
        &[json!({}), json!("x"), json!({ "id": null })],
    ));
    let mightier = row("the user may do more than the caller")
        .without(Scope::CostsRead)
        .set("/user", by("email", ADMIN))
        .invalid("user");
    rows.push(match last {
        Some(path) => mightier.invalid(path),
        None => mightier,
    });
    rows
}

fn roles() -> Vec<Row> {
    let mut rows = unfit(
        "/roles",
        &[json!("NOBODY"), json!(["sales"]), json!([7]), json!([null])],
    );
    rows.push(
        row("a role that may do more than the caller")
            .without(Scope::CostsRead)
            .set("/roles", json!(["SALES", "ANALYST"]))
            .invalid("roles"),
    );
    rows
}

fn create() -> Mutation {
    let rows = [
        parts::shape(&["email", "name", "roles"]),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::key(USED_KEY),
        email("/email"),
        new_password("password"),
        roles(),
        vec![
            row("the password is the email")
                .set("/password", "NEW@example.com")
                .invalid("password"),
            row("the external id is taken")
                .set("/externalId", "taken")
                .gives("DUPLICATE", "externalId"),
            row("several errors at once")
                .without(Scope::CostsRead)
                .set("/email", "taken@example.com")
                .set("/name", "")
                .set("/roles", json!(["ADMINISTRATOR"]))
                .set("/password", "short")
                .set("/idempotencyKey", " ")
                .gives("DUPLICATE", "email")
                .invalid("name")
                .invalid("roles")
                .invalid("password")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "userCreate",
        baseline: json!({
            "email": "new@example.com",
            "name": "Somebody new",
            "roles": ["SALES", "WAREHOUSE"],
            "password": PASSWORD,
            "externalId": "new-user",
            "idempotencyKey": "userCreate",
        }),
        rows: rows.concat(),
    }
}

fn update(world: &World) -> Mutation {
    let rows = [
        parts::shape(&["user"]),
        user(world, Some("roles")),
        parts::text("/name", 200),
        parts::key(USED_KEY),
        email("/email"),
        roles(),
        vec![
            row("an older version was seen")
                .set("/expectedVersion", 7)
                .gives("STALE", "expectedVersion"),
            row("the last administrator")
                .set("/user", json!({ "email": ADMIN }))
                .invalid("roles"),
            row("several errors at once")
                .set("/name", "a\nb")
                .set("/email", "taken@example.com")
                .set("/expectedVersion", 7)
                .set("/idempotencyKey", "\0")
                .invalid("name")
                .gives("DUPLICATE", "email")
                .gives("STALE", "expectedVersion")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "userUpdate",
        baseline: json!({
            "user": { "email": "updating@example.com" },
            "name": "Another name",
            "email": "updated@example.com",
            "roles": ["WAREHOUSE"],
            "expectedVersion": 1,
            "idempotencyKey": "userUpdate",
        }),
        rows: rows.concat(),
    }
}

/// A mutation that takes a user and nothing else.
fn of_one(world: &World, name: &'static str, who: &str) -> Mutation {
    let last = (name == "userDisable").then_some("user");
    let references = user(world, last);
    let mut rows = [parts::shape(&["user"]), references, parts::key(USED_KEY)].concat();
    if name == "userEnable" {
        // The administrator is let in already.
        rows.retain(|row| !row.name.contains("may do more"));
    }
    rows.push(
        row("several errors at once")
            .set("/user", json!({ "id": world.unknown.user }))
            .set("/idempotencyKey", "")
            .gives("NOT_FOUND", "user")
            .invalid("idempotencyKey"),
    );
    let done = match name {
        "userDisable" => Some("disabled"),
        "userEnable" => Some("taken"),
        _ => None,
    };
    if let Some(done) = done {
        rows.push(
            row("done already")
                .set("/user", json!({ "externalId": done }))
                .gives("INVALID_STATE", "user"),
        );
    }
    if name == "userDisable" {
        rows.push(
            row("the last administrator")
                .set("/user", json!({ "email": ADMIN }))
                .invalid("user"),
        );
    }
    let email = format!("{who}@example.com");
    Mutation {
        name,
        baseline: json!({ "user": { "email": email }, "idempotencyKey": name }),
        rows,
    }
}

fn set_password(world: &World) -> Mutation {
    let rows = [
        parts::shape(&["user", "password"]),
        user(world, None),
        parts::key(USED_KEY),
        new_password("password"),
        unfit("/mustChangePassword", &[json!("yes"), json!(1)]),
        vec![
            row("the password is the email")
                .set("/password", "Resetting@example.com")
                .invalid("password"),
            row("several errors at once")
                .set("/user", json!({ "email": "nobody" }))
                .set("/password", "short")
                .set("/idempotencyKey", " ")
                .gives("NOT_FOUND", "user")
                .invalid("password")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "userSetPassword",
        baseline: json!({
            "user": { "email": "resetting@example.com" },
            "password": "another horse battery",
            "mustChangePassword": false,
            "idempotencyKey": "userSetPassword",
        }),
        rows: rows.concat(),
    }
}

fn change_password() -> Mutation {
    let same: Value = json!(PASSWORD);
    let rows = [
        parts::shape(&["currentPassword", "newPassword"]),
        parts::text("/idempotencyKey", 200),
        given_password("currentPassword"),
        new_password("newPassword"),
        vec![
            row("the password that it is already")
                .set("/newPassword", same)
                .invalid("newPassword"),
            row("the new password is the email")
                .set("/newPassword", "Changing@example.com")
                .invalid("newPassword"),
            row("several errors at once")
                .set("/currentPassword", "")
                .set("/newPassword", "short")
                .set("/idempotencyKey", " ")
                .invalid("currentPassword")
                .invalid("newPassword")
                .invalid("idempotencyKey"),
        ],
    ];
    Mutation {
        name: "passwordChange",
        baseline: json!({
            "currentPassword": PASSWORD,
            "newPassword": "a horse of my own",
            "idempotencyKey": "passwordChange",
        }),
        rows: rows.concat(),
    }
}
