//! Rows that many mutations share: what every text, number, day, reference and key must withstand.

use chrono::TimeDelta;
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;
use stockroom::platform::clock;

use super::row::{Row, row, times};

/// A JSON pointer as the path that user errors give, without `input`.
fn path(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// One line of text of at most so many characters, trimmed.
pub fn text(pointer: &str, length_max: usize) -> Vec<Row> {
    let bad = [
        ("empty", String::new()),
        ("blank", " \u{a0}\t ".to_owned()),
        ("too long", "ä".repeat(length_max + 1)),
        ("endless", "x".repeat(100_000)),
        ("with a NUL", "a\0b".to_owned()),
        ("with a line break", "a\nb".to_owned()),
        ("with an escape character", "a\u{1b}[31mb".to_owned()),
        ("with a C1 control character", "a\u{85}b".to_owned()),
    ];
    let refused = bad.into_iter().map(|(how, value)| {
        let name = format!("{pointer} is {how}");
        row(name).set(pointer, value).invalid(&path(pointer))
    });
    refused
        .chain(unfit(pointer, &[json!(7), json!(true), json!([["x"]])]))
        .collect()
}

/// A remark of several lines.
pub fn note(pointer: &str) -> Vec<Row> {
    let bad = [
        ("empty", String::new()),
        ("blank", " \n ".to_owned()),
        ("too long", "x".repeat(2_001)),
        ("with a NUL", "a\0b".to_owned()),
        ("with a bell", "a\u{7}b".to_owned()),
    ];
    let refused = bad.into_iter().map(|(how, value)| {
        let name = format!("{pointer} is {how}");
        row(name).set(pointer, value).invalid(&path(pointer))
    });
    refused.collect()
}

/// Values that the schema's type at this place does not take.
pub fn unfit(pointer: &str, values: &[Value]) -> Vec<Row> {
    let one = |value: &Value| row(format!("{pointer} is {value}")).set(pointer, value.clone());
    values.iter().map(|value| one(value).unfit()).collect()
}

/// A number of zero or more: what is below zero, and what is none at all.
pub fn number(pointer: &str) -> Vec<Row> {
    let mut rows = any_number(pointer);
    let name = format!("{pointer} is -1");
    rows.push(row(name).set(pointer, -1).invalid(&path(pointer)));
    rows
}

/// A number of any sign: texts and numbers that are none.
fn any_number(pointer: &str) -> Vec<Row> {
    let bad = [
        json!(""),
        json!("   "),
        json!("abc"),
        json!("1,5"),
        json!("1e3"),
        json!("0x10"),
        json!("NaN"),
        json!("Infinity"),
        json!("+-1"),
        json!("1 000"),
        json!("١٢"),
        json!("1\u{0}"),
        json!("1".repeat(50_000)),
        json!(format!("1{}", "0".repeat(30))),
        json!(format!("-1{}", "0".repeat(30))),
        json!("1000000000000"),
        json!("0.0000001"),
        json!(format!("1.{}", "1".repeat(40))),
        json!(1e30),
        json!(u64::MAX),
        json!(1.5),
    ];
    let refused = bad.into_iter().map(|value| {
        let shown: String = value.to_string().chars().take(40).collect();
        let name = format!("{pointer} is {shown}");
        row(name).set(pointer, value).invalid(&path(pointer))
    });
    refused
        .chain(unfit(
            pointer,
            &[json!(true), json!([["1"]]), json!({ "amount": "1" })],
        ))
        .collect()
}

/// A quantity above zero, of a variant that is counted in pieces.
pub fn pieces(pointer: &str) -> Vec<Row> {
    [number(pointer), no_pieces(pointer)].concat()
}

/// A quantity above or below zero, of a variant that is counted in pieces.
pub fn more_or_fewer_pieces(pointer: &str) -> Vec<Row> {
    [any_number(pointer), no_pieces(pointer)].concat()
}

/// A quantity of zero or more, of a variant that is counted in pieces.
pub fn pieces_or_none(pointer: &str) -> Vec<Row> {
    [number(pointer), vec![half(pointer)]].concat()
}

fn no_pieces(pointer: &str) -> Vec<Row> {
    let zero = |how: &str, value: Value| {
        let name = format!("{pointer} is {how}");
        row(name).set(pointer, value).invalid(&path(pointer))
    };
    vec![
        zero("zero", json!("0.000")),
        zero("zero, bare", json!(0)),
        half(pointer),
    ]
}

fn half(pointer: &str) -> Row {
    let name = format!("{pointer} is half");
    row(name).set(pointer, "0.5").invalid(&path(pointer))
}

/// A price or cost of zero or more.
pub fn price(pointer: &str) -> Vec<Row> {
    let mut rows = number(pointer);
    let name = format!("{pointer} is a cent below zero");
    rows.push(row(name).set(pointer, "-0.01").invalid(&path(pointer)));
    rows
}

/// A share from 0 to 1.
pub fn rate(pointer: &str) -> Vec<Row> {
    let mut rows = number(pointer);
    for value in ["1.000001", "15", "-0.01"] {
        let name = format!("{pointer} is {value}");
        rows.push(row(name).set(pointer, value).invalid(&path(pointer)));
    }
    rows
}

/// A business day that is not in the future.
pub fn past_day(pointer: &str) -> Vec<Row> {
    // The day after tomorrow in UTC is the future in every time zone.
    let future = (clock::now().to_utc() + chrono::Days::new(2)).format("%Y-%m-%d");
    let mut rows: Vec<Row> = [
        future.to_string().as_str(),
        "9999-12-31",
        "1899-12-31",
        "0001-01-01",
    ]
    .into_iter()
    .map(|day| {
        row(format!("{pointer} is {day}"))
            .set(pointer, day)
            .invalid(&path(pointer))
    })
    .collect();
    let strange = [
        "2026-02-30",
        "22.11.2026",
        "2026-11-22T00:00:00Z",
        "",
        "today",
    ];
    rows.extend(unfit(pointer, &strange.map(Value::from)));
    rows.extend(unfit(pointer, &[json!(20_261_122)]));
    rows
}

/// A moment in the future, within a year.
pub fn coming_moment(pointer: &str) -> Vec<Row> {
    let now = clock::now().to_utc();
    let moments = [
        (now - TimeDelta::seconds(1)).to_rfc3339(),
        (now + TimeDelta::days(367)).to_rfc3339(),
        "1900-01-01T00:00:00Z".to_owned(),
        "9999-12-31T23:59:59Z".to_owned(),
        "0001-01-01T00:00:00+14:00".to_owned(),
        "2016-12-31T23:59:60Z".to_owned(),
    ];
    let mut rows: Vec<Row> = moments
        .into_iter()
        .map(|moment| {
            let name = format!("{pointer} is {moment}");
            row(name).set(pointer, moment).invalid(&path(pointer))
        })
        .collect();
    let strange = ["", "tomorrow", "2026-02-30T00:00:00Z", "2999-01-01"];
    rows.extend(unfit(pointer, &strange.map(Value::from)));
    rows.extend(unfit(pointer, &[json!(4_000_000_000_u32), json!(true)]));
    rows
}

/// The lines of a document: 1 to 1,000, each an object.
pub fn lines(pointer: &str, line: &Value) -> Vec<Row> {
    let too_many = row(format!("{pointer} has 1,001 lines"))
        .set(pointer, times(line, 1_001))
        .invalid(&path(pointer));
    [lines_or_none(pointer), vec![no_lines(pointer), too_many]].concat()
}

/// The lines of a document where each must be about something else, by this field.
pub fn different_lines(pointer: &str, line: &Value, field: &str) -> Vec<Row> {
    let too_many = too_many_of_one(pointer, line, field);
    [lines_or_none(pointer), vec![no_lines(pointer), too_many]].concat()
}

fn no_lines(pointer: &str) -> Row {
    row(format!("{pointer} is empty"))
        .set(pointer, json!([]))
        .invalid(&path(pointer))
}

/// Too many lines, and each but the first is about what the first is about.
pub fn too_many_of_one(pointer: &str, line: &Value, field: &str) -> Row {
    let place = path(pointer);
    let first = row(format!("{pointer} has 1,001 lines about the same"))
        .set(pointer, times(line, 1_001))
        .invalid(&place);
    (1..1_000).fold(first, |row, index| {
        row.invalid(&format!("{place}.{index}.{field}"))
    })
}

/// Lines that may be left out, each an object.
pub fn lines_or_none(pointer: &str) -> Vec<Row> {
    unfit(
        pointer,
        &[json!("x"), json!([1]), json!([null]), json!([{}])],
    )
}

/// An id that is a field of its own.
pub fn id(pointer: &str, (unknown, other_kind): (&str, &str), not_found: &str) -> Vec<Row> {
    let mut rows = vec![
        row(format!("{pointer} is unknown"))
            .set(pointer, unknown)
            .gives("NOT_FOUND", not_found),
    ];
    let upper = unknown.to_uppercase();
    let bad = [
        ("of another kind", json!(other_kind)),
        ("empty", json!("")),
        ("no id", json!("nonsense")),
        ("a bare UUID", json!("018f0000-0000-7000-8000-000000000000")),
        ("cut short", json!(&unknown[..unknown.len() - 1])),
        ("too long by one", json!(format!("{unknown}0"))),
        ("in upper case", json!(upper)),
        ("with a NUL", json!(format!("{unknown}\0"))),
        ("not ASCII", json!("ä_01jdzzzzzzzzzzzzzzzzzzzzzz")),
        ("endless", json!("x".repeat(50_000))),
        ("a number", json!(7)),
    ];
    rows.extend(bad.into_iter().map(|(how, value)| {
        row(format!("{pointer} is {how}"))
            .set(pointer, value)
            .invalid(&path(pointer))
    }));
    rows.extend(unfit(
        pointer,
        &[json!(true), json!(1.5), json!({ "id": unknown })],
    ));
    rows
}

/// A one-of reference: by id, by its natural key, by external id.
pub fn reference(pointer: &str, ids: (&str, &str), key: &str) -> Vec<Row> {
    reference_by(pointer, ids, &[key, "externalId"])
}

/// A one-of reference: by id, and by these fields.
pub fn reference_by(pointer: &str, ids: (&str, &str), fields: &[&str]) -> Vec<Row> {
    let place = path(pointer);
    let by = |field: &str, value: Value| json!({ field: value });
    let mut rows: Vec<Row> = id(&format!("{pointer}/id"), ids, &place)
        .into_iter()
        .map(|row| row.within(pointer))
        .collect();
    for field in fields {
        rows.push(
            row(format!("{pointer}.{field} is unknown"))
                .set(pointer, by(field, json!("nowhere to be found")))
                .gives("NOT_FOUND", &place),
        );
        for one in text(&format!("{pointer}/{field}"), 64) {
            rows.push(one.within(pointer));
        }
    }
    let two = json!({ "id": ids.0, fields[0]: "x" });
    rows.extend(unfit(
        pointer,
        &[
            two,
            json!({}),
            json!({ "id": null }),
            json!({ "nonsense": "x" }),
            json!("x"),
            json!([[]]),
        ],
    ));
    rows
}

/// The idempotency key, with one that this caller used for another command.
pub fn key(used: &str) -> Vec<Row> {
    let mut rows = text("/idempotencyKey", 200);
    rows.push(
        row("the idempotency key was used for another command")
            .set("/idempotencyKey", used)
            .gives("IDEMPOTENCY_KEY_REUSED", "idempotencyKey"),
    );
    rows
}

/// How warehouses are chosen, of an input that names one too.
pub fn sourcing() -> Vec<Row> {
    let main = json!({ "code": "MAIN" });
    let by_list = |name: &str, listed: Value| {
        let sourcing = json!({ "strategy": "PRIORITY", "warehouses": listed });
        row(name).unset("/warehouse").set("/sourcing", sourcing)
    };
    let strategies = [json!("NEAREST"), json!("priority"), Value::Null];
    let mut rows = unfit("/sourcing/strategy", &strategies);
    rows.extend([
        row("a strategy beside a warehouse")
            .set("/sourcing", json!({ "strategy": "FEWEST_SHIPMENTS" }))
            .invalid("warehouse"),
        row("a list beside the given warehouse")
            .set("/sourcing/warehouses", json!([main]))
            .invalid("sourcing.warehouses"),
        by_list("a list of no warehouse", json!([])).invalid("sourcing.warehouses"),
        by_list(
            "a warehouse that is listed twice",
            json!([main, { "code": " main" }]),
        )
        .invalid("sourcing.warehouses.1"),
        by_list(
            "an archived warehouse in the list",
            json!([main, { "code": "OLD" }]),
        )
        .gives("ARCHIVED", "sourcing.warehouses.1"),
        by_list(
            "an unknown warehouse in the list",
            json!([{ "code": "NOWHERE" }]),
        )
        .gives("NOT_FOUND", "sourcing.warehouses.0"),
    ]);
    rows
}

/// A priority from 0 to a highest one.
pub fn priority(highest: i32) -> Vec<Row> {
    let bad = |number: i32| {
        row(format!("the priority is {number}"))
            .set("/priority", number)
            .invalid("priority")
    };
    let mut rows = vec![bad(-1), bad(highest + 1)];
    rows.extend(unfit("/priority", &[json!("high"), json!(1.5), json!("1")]));
    rows
}

/// Shapes that no input takes.
pub fn shape(required: &[&str]) -> Vec<Row> {
    let mut rows: Vec<Row> = vec![
        row("a field that is not in the schema")
            .set("/nonsense", 1)
            .unfit(),
    ];
    for field in required {
        let pointer = format!("/{field}");
        rows.push(row(format!("{field} is missing")).unset(&pointer).unfit());
        rows.push(
            row(format!("{field} is null"))
                .set(&pointer, Value::Null)
                .unfit(),
        );
    }
    rows
}

/// What partners keep beside a record.
pub fn metadata(pointer: &str) -> Vec<Row> {
    let path = path(pointer);
    let long = "x".repeat(16 * 1024);
    let refused = [
        ("a text as metadata", json!("text")),
        ("a list as metadata", json!([1])),
        ("too much metadata", json!({ "a": long })),
        ("a blank name in metadata", json!({ " ": 1 })),
        ("a long name in metadata", json!({ "x".repeat(65): 1 })),
        ("NUL in metadata", json!({ "a": "b\0c" })),
    ];
    let refused = refused.into_iter();
    refused
        .map(|(name, value)| row(name).set(pointer, value).invalid(&path))
        .collect()
}

/// What is to happen when a credit limit would be passed.
pub fn on_credit_limit() -> Vec<Row> {
    let pass = row("a limit is passed without the scope for it")
        .set("/onCreditLimit", "IGNORE")
        .without(Scope::CreditWrite)
        .gives("FIELD_FORBIDDEN", "onCreditLimit");
    let mut rows = unfit(
        "/onCreditLimit",
        &[json!("MAYBE"), json!(true), Value::Null],
    );
    rows.push(pass);
    rows
}
