//! The audit log names who did what, for every mutation there is.

use serde_json::{Value, json};

use crate::bad_input::{self, World};
use crate::support::people::{self, PASSWORD, sign_in};
use crate::support::{Client, shop};

/// The newest entry and how many there are.
async fn newest(client: &Client) -> (i64, Value) {
    let query = "{ auditEntries(last: 1) { totalCount nodes {
        id at command record input changes requestId remoteAddress actor { id kind name } } } }";
    let mut data = client.query(query, json!({})).await;
    let count = data["auditEntries"]["totalCount"]
        .as_i64()
        .expect("a count");
    (count, data["auditEntries"]["nodes"][0].take())
}

async fn me(client: &Client) -> Value {
    let mut data = client.query("{ me { id } }", json!({})).await;
    data["me"]["id"].take()
}

both! {
    async fn every_accepted_mutation_leaves_one_entry_that_names_who_did_what(server: &TestServer) {
        let world = World::make(server).await;
        let client = server.client();
        let payloads = bad_input::schema::payloads(&client).await;
        let mut wrong = Vec::new();
        for mutation in bad_input::table(&world) {
            let name = mutation.name;
            if name == "batch" {
                // One entry for each of its commands: tests/it/batch.rs.
                continue;
            }
            let token = world.callers.get(name).cloned();
            let caller = token.map(|token| Client::new(server.url(), Some(token)));
            let caller = caller.unwrap_or_else(|| client.clone());
            let mut expected = me(&caller).await;
            let (before, _) = newest(&client).await;
            let reply = bad_input::send(&caller, &payloads, name, &mutation.baseline).await;
            if reply.body.pointer("/data/payload/errors") != Some(&json!([])) {
                wrong.push(format!("{name} is refused: {}", reply.body));
                continue;
            }
            let (after, entry) = newest(&client).await;
            if ["sessionCreate", "sessionRefresh"].contains(&name) {
                // Whoever is let in by it has done it.
                let by = json!({ "by": { "externalId": "signing-in" } });
                let query = "query($by: UserReference!) { user(by: $by) { id } }";
                expected = client.query(query, by).await["user"]["id"].take();
            }
            // The company's settings are no record with an id.
            let settings = ["companySettingsUpdate", "purchaseApprovalTiersSet", "periodLock",
                "periodReopen"];
            let is_setting = settings.contains(&name);
            let is_named = entry["command"] == name
                && entry["actor"]["id"] == expected
                && entry["record"].is_string() != is_setting
                && entry["input"].is_object()
                && entry["requestId"].is_string()
                && entry["remoteAddress"] == "127.0.0.1";
            if after != before + 1 || !is_named {
                wrong.push(format!("{name}: {} entries, {entry}", after - before));
            }
        }
        assert!(wrong.is_empty(), "badly audited:\n{}", wrong.join("\n"));
    }

    async fn a_refused_command_leaves_no_entry(server: &TestServer) {
        let client = server.client();
        let (before, _) = newest(&client).await;
        let input = json!({ "code": " ", "name": "x" });
        client.mutate("customerCreate", input, "customer { id }").await;
        assert_eq!(newest(&client).await.0, before);
    }

    async fn a_changed_user_is_shown_before_and_after(server: &TestServer) {
        let client = server.client();
        people::user(&client, "anna@example.com", &["SALES"]).await;
        let input = json!({ "user": { "email": "anna@example.com" }, "name": "Anna" });
        client.accept("userUpdate", input.clone(), "user { id }").await;
        let (_, entry) = newest(&client).await;
        let changes = json!({
            "before": { "name": "anna@example.com" }, "after": { "name": "Anna" },
        });
        assert_eq!(entry["changes"], changes);
        assert_eq!(entry["input"]["name"], "Anna", "{entry}");
    }

    async fn a_changed_record_is_shown_before_and_after_as_the_schema_has_it(
        server: &TestServer
    ) {
        let client = server.client();
        shop::customer(&client, "ACME").await;
        let group = json!({ "code": "TRADE", "name": "Trade" });
        let group = client.accept("customerGroupCreate", group, "customerGroup { id }").await;
        let input = json!({ "customer": { "code": "ACME" }, "creditLimit": "1200.5",
            "group": { "code": "TRADE" } });
        client.accept("customerUpdate", input, "customer { id }").await;
        let (_, entry) = newest(&client).await;
        assert_eq!(entry["changes"], json!({
            "before": { "creditLimit": null, "groupId": null },
            "after": { "creditLimit": "1200.5", "groupId": group["customerGroup"]["id"] },
        }));
        shop::variant(&client, "BOLT", Some("2")).await;
        let input = json!({ "variant": { "sku": "BOLT" }, "price": "2.25", "name": "Screw" });
        client.accept("productVariantUpdate", input, "productVariant { id }").await;
        let (_, entry) = newest(&client).await;
        assert_eq!(entry["changes"], json!({
            "before": { "name": "Product BOLT", "price": "2" },
            "after": { "name": "Screw", "price": "2.25" },
        }));
    }

    async fn entries_are_found_by_actor_command_record_and_time(server: &TestServer) {
        let client = server.client();
        people::user(&client, "anna@example.com", &["ADMINISTRATOR"]).await;
        let session = sign_in(server.url(), "anna@example.com", PASSWORD).await;
        let anna = session.client();
        let warehouse = shop::warehouse(&anna, "MAIN").await;
        shop::customer(&anna, "ACME").await;
        shop::customer(&client, "OTHER").await;
        let id = me(&anna).await;
        let count = async |filter: Value| {
            let query = "query($filter: AuditEntryFilter!) {
                auditEntries(filter: $filter) { totalCount nodes { command } } }";
            let data = client.query(query, json!({ "filter": filter })).await;
            data["auditEntries"]["totalCount"].as_i64().expect("a count")
        };
        let at = |operator: &str, moment: &str| json!({ "createdAt": { operator: moment } });
        let all = count(json!({ "actorId": { "eq": id } })).await;
        assert_eq!(all, 3, "signed in, and two records");
        assert_eq!(count(json!({ "command": { "eq": "customerCreate" } })).await, 2);
        let hers = json!({ "command": { "eq": "customerCreate" }, "actorId": { "eq": id } });
        assert_eq!(count(hers).await, 1);
        assert_eq!(count(json!({ "recordId": { "eq": warehouse } })).await, 1);
        assert_eq!(count(at("lt", "2020-01-01T00:00:00Z")).await, 0);
        assert_eq!(count(at("gte", "2100-01-01T00:00:00Z")).await, 0);
        assert!(count(at("gte", "2020-01-01T00:00:00Z")).await >= 5);
        let (nobody, nul) = (json!({ "eq": "nonsense" }), json!({ "eq": "a\0b" }));
        for filter in [json!({ "actorId": nobody }), json!({ "command": nul })] {
            let query = "query($filter: AuditEntryFilter!) {
                auditEntries(filter: $filter) { totalCount } }";
            let reply = client.send(query, json!({ "filter": filter })).await;
            let code = &reply.body["errors"][0]["extensions"]["code"];
            assert_eq!(code, "BAD_USER_INPUT", "{}", reply.body);
        }
    }
}
