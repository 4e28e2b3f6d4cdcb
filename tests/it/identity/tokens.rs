//! What is told of API tokens: how they begin, who made them, when they were last used.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::Client;

both! {
    async fn a_token_tells_how_it_begins_who_made_it_and_when_it_was_used(server: &TestServer) {
        let client = server.client();
        let input = json!({ "name": "shop", "description": "The web shop.", "scopes": [] });
        let selection = "apiToken { id prefix description lastUsedAt createdBy { kind name } } \
            secret";
        let made = client.accept("apiTokenCreate", input, selection).await;
        let secret = made["secret"].as_str().expect("it is shown").to_owned();
        let token = &made["apiToken"];
        assert_eq!(token["prefix"], secret[..14]);
        assert_eq!(token["description"], "The web shop.");
        assert_eq!(token["createdBy"], json!({ "kind": "TOKEN", "name": "test" }));
        assert_eq!(token["lastUsedAt"], Value::Null);
        Client::new(server.url(), Some(secret)).query("{ me { id } }", json!({})).await;
        let query = "query($id: ID!) { apiToken(id: $id) { lastUsedAt } }";
        let noted = timeout(Duration::from_secs(20), async {
            loop {
                let data = client.query(query, json!({ "id": token["id"] })).await;
                if data["apiToken"]["lastUsedAt"].is_string() {
                    return;
                }
            }
        });
        noted.await.expect("its use is noted in the background");
        let query = "{ apiTokens { totalCount nodes { name } } }";
        let all = client.query(query, json!({})).await;
        assert_eq!(all["apiTokens"]["totalCount"], 2, "{all}");
    }
}
