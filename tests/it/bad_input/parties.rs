//! Customers, suppliers, customer groups and payment terms.

use serde_json::{Value, json};

use super::coded::archive;
use super::parts;
use super::row::{Mutation, Row, row};
use super::world::{USED_KEY, World};

/// A kind of record with a code: its mutations begin with this, and so does its field.
struct Kind {
    create: &'static str,
    update: &'static str,
    field: &'static str,
    /// The code of an active and of an archived one.
    codes: (&'static str, &'static str),
    /// Ids that nothing has: of its kind, of another.
    ids: (String, String),
}

/// The mutations of these modules.
pub fn mutations(world: &World) -> Vec<Mutation> {
    let unknown = &world.unknown;
    let ids = |id: &String| (id.clone(), unknown.warehouse.clone());
    let kinds = [
        Kind {
            create: "customerCreate",
            update: "customerUpdate",
            field: "customer",
            codes: ("ACME", "LEFT"),
            ids: ids(&unknown.customer),
        },
        Kind {
            create: "supplierCreate",
            update: "supplierUpdate",
            field: "supplier",
            codes: ("MILL", "SHUT"),
            ids: ids(&unknown.supplier),
        },
        Kind {
            create: "customerGroupCreate",
            update: "customerGroupUpdate",
            field: "customerGroup",
            codes: ("RETAIL", "PAST"),
            ids: ids(&unknown.customer_group),
        },
        Kind {
            create: "paymentTermsCreate",
            update: "paymentTermsUpdate",
            field: "paymentTerms",
            codes: ("NET30", "NEVER"),
            ids: ids(&unknown.payment_terms),
        },
    ];
    let mut all: Vec<Mutation> = kinds
        .iter()
        .flat_map(|kind| [create(kind, world), update(kind, world)])
        .collect();
    for (name, kind, leaving) in [
        ("customerArchive", &kinds[0], "LEAVING"),
        ("supplierArchive", &kinds[1], "SHUTTING"),
        ("customerGroupArchive", &kinds[2], "PASSING"),
        ("paymentTermsArchive", &kinds[3], "ENDING"),
    ] {
        let ids = (kind.ids.0.as_str(), kind.ids.1.as_str());
        let mut mutation = archive((name, kind.field), ids, (leaving, kind.codes.1));
        mutation.baseline["expectedVersion"] = json!(1);
        mutation.rows.push(stale());
        all.push(mutation);
    }
    all
}

fn stale() -> Row {
    row("another version than the one that was read")
        .set("/expectedVersion", 99)
        .gives("STALE", "expectedVersion")
}

fn contact() -> Value {
    json!({ "name": "Anna", "role": "Buyer", "email": "anna@example.com", "phone": "+49 30 1" })
}

fn address() -> Value {
    json!({
        "purpose": "BILLING", "recipient": "Desk 3", "street": "Road 1", "city": "Berlin",
        "region": "BE", "postalCode": "10115", "country": "DE", "phone": "+49 30 2",
    })
}

fn instalments() -> Value {
    json!([
        { "share": "0.4", "days": 0 },
        { "share": "0.6", "days": 30, "isEndOfMonth": true },
    ])
}

/// What a record of the kind has beside code, name, external id and metadata.
fn own_fields(kind: &Kind) -> Value {
    let party = json!({
        "currency": "EUR", "paymentTerms": { "code": "NET30" }, "taxId": "DE123", "note": "Nice.",
        "contacts": [contact()], "addresses": [address()],
    });
    let mut fields = match kind.field {
        "customer" | "supplier" => party,
        "customerGroup" => json!({ "paymentTerms": { "code": "NET30" } }),
        _ => json!({ "instalments": instalments() }),
    };
    if kind.field == "customer" {
        fields["group"] = json!({ "code": "RETAIL" });
        fields["creditLimit"] = json!("1000");
        fields["isTaxExempt"] = json!(false);
    }
    if kind.field == "supplier" {
        fields["leadTimeDays"] = json!(14);
    }
    fields
}

fn baseline(kind: &Kind, common: Value) -> Value {
    let (mut baseline, common) = (own_fields(kind), common);
    for (name, value) in common.as_object().expect("an object").clone() {
        baseline[name] = value;
    }
    baseline
}

fn create(kind: &Kind, world: &World) -> Mutation {
    let common = json!({
        "code": "FRESH", "name": "Fresh", "externalId": "fresh", "metadata": { "a": 1 },
        "idempotencyKey": kind.create,
    });
    let mut required = vec!["code", "name"];
    if kind.field == "paymentTerms" {
        required.push("instalments");
    }
    let rows = [
        parts::shape(&required),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::key(USED_KEY),
        taken(kind),
        own_rows(kind, world),
    ];
    Mutation {
        name: kind.create,
        baseline: baseline(kind, common),
        rows: rows.concat(),
    }
}

fn update(kind: &Kind, world: &World) -> Mutation {
    let common = json!({
        kind.field: { "code": "CHANGING" }, "code": "RENAMED", "name": "Renamed",
        "externalId": "renamed", "metadata": { "a": "b" }, "expectedVersion": 1,
        "idempotencyKey": kind.update,
    });
    let pointer = format!("/{}", kind.field);
    let ids = (kind.ids.0.as_str(), kind.ids.1.as_str());
    let null = |field: &str| {
        row(format!("{field} is null"))
            .set(&format!("/{field}"), Value::Null)
            .invalid(field)
    };
    let mut others = vec![stale(), null("code"), null("name")];
    others.extend(match kind.field {
        "paymentTerms" => vec![null("instalments")],
        "customerGroup" => vec![],
        _ => ["currency", "contacts", "addresses"].map(null).into(),
    });
    let rows = [
        parts::shape(&[kind.field]),
        parts::reference(&pointer, ids, "code"),
        parts::text("/code", 64),
        parts::text("/name", 200),
        parts::text("/externalId", 64),
        parts::metadata("/metadata"),
        parts::key(USED_KEY),
        others,
        taken(kind),
        own_rows(kind, world),
    ];
    Mutation {
        name: kind.update,
        baseline: baseline(kind, common),
        rows: rows.concat(),
    }
}

fn taken(kind: &Kind) -> Vec<Row> {
    let (active, archived) = kind.codes;
    vec![
        row("the code is taken, in another case")
            .set("/code", format!(" {} ", active.to_lowercase()))
            .gives("DUPLICATE", "code"),
        row("the code is taken by an archived record")
            .set("/code", archived)
            .gives("DUPLICATE", "code"),
        row("the external id is taken")
            .set("/externalId", archived.to_lowercase())
            .gives("DUPLICATE", "externalId"),
        row("several errors at once")
            .set("/code", archived)
            .set("/externalId", archived.to_lowercase())
            .set("/name", "x".repeat(201))
            .set("/idempotencyKey", "a\0b")
            .gives("DUPLICATE", "code")
            .gives("DUPLICATE", "externalId")
            .invalid("name")
            .invalid("idempotencyKey"),
    ]
}

fn own_rows(kind: &Kind, world: &World) -> Vec<Row> {
    let unknown = &world.unknown;
    let terms = (unknown.payment_terms.as_str(), unknown.warehouse.as_str());
    let mut rows = Vec::new();
    if kind.field == "paymentTerms" {
        rows.extend(instalment_rows());
        return rows;
    }
    rows.extend(parts::reference("/paymentTerms", terms, "code"));
    rows.push(
        row("archived payment terms")
            .set("/paymentTerms", json!({ "code": "NEVER" }))
            .gives("ARCHIVED", "paymentTerms"),
    );
    if kind.field == "customerGroup" {
        return rows;
    }
    rows.extend(parts::text("/taxId", 64));
    rows.extend(parts::note("/note"));
    rows.extend(contact_rows());
    rows.extend(address_rows());
    rows.push(
        row("no currency")
            .set("/currency", "XYZ1")
            .invalid("currency"),
    );
    if kind.field == "supplier" {
        for days in [-1, 3_651] {
            let days = row(format!("{days} days")).set("/leadTimeDays", days);
            rows.push(days.invalid("leadTimeDays"));
        }
        return rows;
    }
    let group = (unknown.customer_group.as_str(), unknown.warehouse.as_str());
    rows.extend(parts::reference("/group", group, "code"));
    rows.push(
        row("an archived group")
            .set("/group", json!({ "code": "PAST" }))
            .gives("ARCHIVED", "group"),
    );
    rows.push(
        row("a credit limit without the scope")
            .without(stockroom::platform::actor::Scope::CreditWrite)
            .gives("FIELD_FORBIDDEN", "creditLimit"),
    );
    rows.push(
        row("a credit limit below zero")
            .set("/creditLimit", "-1")
            .invalid("creditLimit"),
    );
    rows.push(
        row("a third of a cent")
            .set("/creditLimit", "0.003")
            .invalid("creditLimit"),
    );
    rows
}

fn instalment_rows() -> Vec<Row> {
    let mut rows = vec![
        row("no instalment")
            .set("/instalments", json!([]))
            .invalid("instalments"),
        row("shares that are less than the whole")
            .set("/instalments/0/share", "0.3")
            .invalid("instalments"),
        row("a share of nothing")
            .set("/instalments/0/share", "0")
            .set("/instalments/1/share", "1")
            .invalid("instalments.0.share"),
        row("too many instalments")
            .set(
                "/instalments",
                json!(vec![json!({ "share": "0.025", "days": 1 }); 40]),
            )
            .invalid("instalments"),
    ];
    for days in [-1, 3_651] {
        let days = row(format!("{days} days")).set("/instalments/1/days", days);
        rows.push(days.invalid("instalments.1.days"));
    }
    rows
}

fn contact_rows() -> Vec<Row> {
    let mut rows = [
        parts::text("/contacts/0/name", 200),
        parts::text("/contacts/0/role", 200),
        parts::text("/contacts/0/phone", 64),
    ]
    .concat();
    for email in ["anna", "anna@", "@example.com", "a b@example.com"] {
        let email = row(format!("{email} as e-mail")).set("/contacts/0/email", email);
        rows.push(email.invalid("contacts.0.email"));
    }
    let many = json!(vec![contact(); 51]);
    rows.push(
        row("too many contacts")
            .set("/contacts", many)
            .invalid("contacts"),
    );
    rows
}

fn address_rows() -> Vec<Row> {
    let mut rows = [
        parts::text("/addresses/0/street", 200),
        parts::text("/addresses/0/city", 200),
        parts::text("/addresses/0/recipient", 200),
        parts::text("/addresses/0/postalCode", 64),
    ]
    .concat();
    for country in ["", "Germany", "XX", "D"] {
        let country = row(format!("{country:?} as country")).set("/addresses/0/country", country);
        rows.push(country.invalid("addresses.0.country"));
    }
    rows.push(
        row("no such purpose")
            .set("/addresses/0/purpose", "FUN")
            .unfit(),
    );
    rows
}
