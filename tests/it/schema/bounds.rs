//! A list costs as much as it may bring, before any of it is read.

use async_graphql::parser::types::FieldDefinition;

use super::{call, fields, fields_of, named, types};

/// Asks for two plain fields of each record of a list.
fn list(connection: &FieldDefinition, arguments: &[&str]) -> String {
    let types = types();
    let page = fields_of(types, named(&connection.ty.node));
    let nodes = page
        .iter()
        .find(|field| field.name.node == "nodes")
        .expect("a connection has nodes");
    let record = fields_of(types, named(&nodes.ty.node));
    let is_plain = |field: &&FieldDefinition| {
        let scalars = [
            "ID", "String", "Decimal", "DateTime", "Int", "Boolean", "Date",
        ];
        field.arguments.is_empty() && scalars.contains(&named(&field.ty.node))
    };
    let plain: Vec<&str> = record
        .iter()
        .filter(is_plain)
        .map(|field| field.name.node.as_str())
        .take(2)
        .collect();
    assert_eq!(plain.len(), 2, "a record has two plain fields");
    let arguments = arguments.iter().map(ToString::to_string).collect();
    let called = call(connection, arguments);
    format!("{{ {called} {{ nodes {{ {} }} }} }}", plain.join(" "))
}

/// Whether the document is refused for its cost alone, when it may cost no more than that.
async fn is_too_costly(document: String, limit: usize) -> bool {
    let schema = stockroom::schema::builder()
        .limit_complexity(limit)
        .finish();
    // What is not refused runs, and panics: nothing that it needs is there.
    let response = tokio::spawn(async move { schema.execute(document).await }).await;
    response.is_ok_and(|response| {
        let message = response.errors.first().map(|error| error.message.as_str());
        message == Some("Query is too complex.")
    })
}

#[tokio::test]
async fn every_list_costs_its_page_times_what_is_asked_of_each_record() {
    let types = types();
    let query = fields_of(types, "Query");
    let lists: Vec<&FieldDefinition> = query
        .iter()
        .filter(|field| named(&field.ty.node).ends_with("Connection"))
        .collect();
    assert!(lists.len() >= 6, "the lists are found: {}", lists.len());
    for field in lists {
        let name = &field.name.node;
        // Two fields of each record: more than the records, by far more than what is written.
        for (arguments, limit) in [(&["first: 250"] as &[_], 500), (&[], 100)] {
            let document = list(field, arguments);
            assert!(
                is_too_costly(document.clone(), limit).await,
                "{name} declares no complexity: {document} costs at most {limit}"
            );
        }
        let backwards = field
            .arguments
            .iter()
            .any(|one| one.node.name.node == "last");
        if backwards {
            let document = list(field, &["last: 250"]);
            assert!(
                is_too_costly(document.clone(), 500).await,
                "{name} declares no complexity for last: {document}"
            );
        }
        let small = list(field, &["first: 1"]);
        assert!(
            !is_too_costly(small.clone(), 10).await,
            "{name} costs more than it may bring: {small}"
        );
    }
}

#[test]
fn lists_with_pages_stand_at_the_root_only() {
    // Those elsewhere would need their own test above.
    for definition in types() {
        let name = definition.name.node.as_str();
        for field in fields(definition) {
            let is_list = named(&field.ty.node).ends_with("Connection");
            assert!(!is_list || name == "Query", "{name}.{}", field.name.node);
        }
    }
}
