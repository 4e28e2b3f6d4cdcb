//! `schema.graphql` is what the server answers to, and says of everything what it is.

use async_graphql::Positioned;
use async_graphql::parser::types::{InputValueDefinition, TypeDefinition, TypeKind};

use super::types;

#[test]
fn schema_graphql_is_what_the_server_answers_to() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let file = std::fs::read_to_string(path).expect("schema.graphql can be read");
    let printed = stockroom::schema::sdl();
    let differs = file
        .trim_end()
        .lines()
        .zip(printed.trim_end().lines())
        .position(|(in_file, now)| in_file != now);
    assert!(
        file.trim_end() == printed.trim_end(),
        "schema.graphql is stale, first at line {}; renew it:\n  \
         cargo run -q -- schema > schema.graphql",
        differs.map_or_else(|| file.lines().count(), |line| line + 1)
    );
}

#[test]
fn everything_in_the_schema_has_a_description() {
    let mut missing = Vec::new();
    for definition in types() {
        undescribed(definition, &mut missing);
    }
    assert!(
        missing.is_empty(),
        "{} things have no description:\n{}",
        missing.len(),
        missing.join("\n")
    );
}

type Description = Option<Positioned<String>>;

fn undescribed(definition: &TypeDefinition, missing: &mut Vec<String>) {
    let name = definition.name.node.as_str();
    let mut need = |description: &Description, path: String| {
        let is_there = description
            .as_ref()
            .is_some_and(|text| !text.node.trim().is_empty());
        if !is_there {
            missing.push(path);
        }
    };
    need(&definition.description, name.to_owned());
    let mut inputs = |inputs: &[Positioned<InputValueDefinition>], of: &str| {
        for input in inputs {
            let path = format!("{of}.{}", input.node.name.node);
            need(&input.node.description, path);
        }
    };
    match &definition.kind {
        TypeKind::InputObject(input) => inputs(&input.fields, name),
        TypeKind::Object(_) | TypeKind::Interface(_) => {
            let fields = match &definition.kind {
                TypeKind::Object(object) => &object.fields,
                TypeKind::Interface(interface) => &interface.fields,
                _ => return,
            };
            for field in fields {
                let path = format!("{name}.{}", field.node.name.node);
                inputs(&field.node.arguments, &path);
            }
            for field in fields {
                let path = format!("{name}.{}", field.node.name.node);
                need(&field.node.description, path);
            }
        }
        TypeKind::Enum(values) => {
            for value in &values.values {
                let path = format!("{name}.{}", value.node.value.node);
                need(&value.node.description, path);
            }
        }
        TypeKind::Scalar | TypeKind::Union(_) => {}
    }
}
