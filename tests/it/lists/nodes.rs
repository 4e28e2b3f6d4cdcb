//! Any record is found by its id, by whoever may read its kind.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use super::{Schema, world};

/// Lists of what has no id of its own.
const WITHOUT: [&str; 2] = ["stockLevels", "stockMovements"];

const NODE: &str = "query($id: ID!) { node(id: $id) { __typename id } }";
const NODES: &str = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";

both! {
    async fn every_record_of_a_list_is_found_by_its_id_and_by_nobody_who_may_not(
        server: &TestServer
    ) {
        world(server).await;
        let client = server.client();
        let schema = Schema::read(&client).await;
        let (mut ids, mut kinds) = (Vec::new(), BTreeSet::new());
        for (list, scope) in schema.connections() {
            if WITHOUT.contains(&list.as_str()) {
                continue;
            }
            let query = format!("{{ {list}(first: 2) {{ nodes {{ __typename id }} }} }}");
            let data = client.query(&query, json!({})).await;
            let nodes = data[&list]["nodes"].as_array().expect("nodes");
            assert!(!nodes.is_empty(), "the world has none of {list}");
            let id = &nodes[0]["id"];
            let found = client.query(NODE, json!({ "id": id })).await;
            assert_eq!(found["node"], nodes[0], "{list}");
            let only = server.client_with(&[scope]).await;
            let found = only.query(NODE, json!({ "id": id })).await;
            assert_eq!(found["node"], nodes[0], "{list} with {}", scope.as_str());
            let others: Vec<Scope> =
                Scope::ALL.iter().copied().filter(|one| *one != scope).collect();
            for stranger in [server.client_with(&others).await, server.anonymous()] {
                let refused = stranger.send(NODE, json!({ "id": id })).await.body;
                assert_eq!(refused["data"]["node"], Value::Null, "{list}: {refused}");
                let code = &refused["errors"][0]["extensions"]["code"];
                assert!(code == "FORBIDDEN" || code == "UNAUTHENTICATED", "{list}: {refused}");
            }
            ids.extend(nodes.iter().map(|node| node["id"].clone()));
            kinds.insert(list);
        }
        assert!(kinds.len() >= 28, "only {kinds:?}");
        let before = server.app().db.statements_sent();
        let found = client.query(NODES, json!({ "ids": ids })).await;
        let sent = server.app().db.statements_sent() - before;
        let found: Vec<&Value> =
            found["nodes"].as_array().expect("nodes").iter().map(|node| &node["id"]).collect();
        assert_eq!(found, ids.iter().collect::<Vec<_>>(), "in the order of the ids");
        assert!(sent <= kinds.len() as u64, "{sent} statements for {} kinds", kinds.len());
    }

    async fn an_id_that_names_nothing_is_null_and_one_that_is_none_an_error(server: &TestServer) {
        let client = server.client();
        let unknown = entity::vocab::CustomerId::generate().to_string();
        let found = client.query(NODE, json!({ "id": unknown })).await;
        assert_eq!(found["node"], Value::Null);
        let found = client.query(NODES, json!({ "ids": [unknown, unknown] })).await;
        assert_eq!(found["nodes"], json!([null, null]));
        let many: Vec<&str> = std::iter::repeat_n(unknown.as_str(), 251).collect();
        for (query, variables) in [
            (NODE, json!({ "id": "" })),
            (NODE, json!({ "id": "customer_xx" })),
            (NODE, json!({ "id": "elephant_01h455vb4pex5vsknk084sn02q" })),
            (NODE, json!({ "id": "🐘_" })),
            (NODES, json!({ "ids": [unknown, "customer"] })),
            (NODES, json!({ "ids": many })),
        ] {
            let reply = client.send(query, variables.clone()).await;
            let code = &reply.body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{variables}: {}", reply.body);
        }
    }
}
