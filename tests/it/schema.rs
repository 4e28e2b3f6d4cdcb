//! The schema as clients see it: printed, described, bounded, and safe to ask for too much.

mod bounds;
mod printed;
mod refused_fields;

use std::sync::LazyLock;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};

/// Every type of the schema, as it is printed.
fn types() -> &'static [TypeDefinition] {
    static TYPES: LazyLock<Vec<TypeDefinition>> = LazyLock::new(read_types);
    &TYPES
}

fn read_types() -> Vec<TypeDefinition> {
    let document = parse_schema(stockroom::schema::sdl()).expect("the printed schema is a schema");
    let types = document
        .definitions
        .into_iter()
        .filter_map(|one| match one {
            TypeSystemDefinition::Type(definition) => Some(definition.node),
            _ => None,
        });
    types.collect()
}

/// The fields of an object type; none of any other.
fn fields(definition: &TypeDefinition) -> Vec<&FieldDefinition> {
    match &definition.kind {
        TypeKind::Object(object) => object.fields.iter().map(|field| &field.node).collect(),
        _ => Vec::new(),
    }
}

/// The fields of the object type of that name.
fn fields_of(types: &[TypeDefinition], name: &str) -> Vec<FieldDefinition> {
    let found = types
        .iter()
        .find(|definition| definition.name.node == name)
        .unwrap_or_else(|| panic!("the schema has a type {name}"));
    fields(found).into_iter().cloned().collect()
}

/// The name of a type without its wrapping.
fn named(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => named(inner),
    }
}

/// Something acceptable for an argument that must be given.
fn value(argument: &InputValueDefinition) -> String {
    const ID: &str = "\"018f0000-0000-7000-8000-000000000000\"";
    match named(&argument.ty.node) {
        "ID" => ID.to_owned(),
        "String" => "\"something\"".to_owned(),
        reference if reference.ends_with("Reference") => format!("{{ id: {ID} }}"),
        other => panic!("a value of {other} is needed; add it here"),
    }
}

/// The arguments that a field cannot be asked without.
fn required_arguments(field: &FieldDefinition) -> Vec<String> {
    let required = field.arguments.iter().filter(|argument| {
        !argument.node.ty.node.nullable && argument.node.default_value.is_none()
    });
    required
        .map(|argument| format!("{}: {}", argument.node.name.node, value(&argument.node)))
        .collect()
}

/// A call of a field with these arguments and those it cannot do without.
fn call(field: &FieldDefinition, mut arguments: Vec<String>) -> String {
    arguments.extend(required_arguments(field));
    let name = &field.name.node;
    if arguments.is_empty() {
        name.to_string()
    } else {
        format!("{name}({})", arguments.join(", "))
    }
}
