//! `batch`: several commands in one transaction, all or none.

use futures_util::future::join_all;
use serde_json::{Value, json};
use stockroom::platform::actor::Scope;

use crate::support::{Client, shop};

const RESULTS: &str = "eventCursor results { __typename \
     ... on GoodsReceiptPostPayload { goodsReceipt { id number } \
         posted { movements { quantity } } } \
     ... on SalesOrderPlacePayload { salesOrder { id fulfilmentStatus billingStatus } \
         posted { commitments { reserved } } } \
     ... on FulfilmentShipPayload { fulfilments { id } posted { movements { quantity } } } \
     ... on InvoicePostPayload { invoice { id gross { amount } } } }";

async fn open_shop(client: &Client) {
    shop::warehouse(client, "MAIN").await;
    shop::customer(client, "ANNA").await;
    shop::variant(client, "TEA", Some("7.50")).await;
    shop::variant(client, "CUP", Some("2")).await;
}

fn receive(sku: &str, quantity: &str) -> Value {
    let line = json!({ "variant": { "sku": sku }, "quantity": quantity, "unitCost": "3" });
    json!({ "goodsReceiptPost": { "warehouse": { "code": "MAIN" }, "lines": [line] } })
}

fn place(external_id: &str, lines: &[(&str, &str)]) -> Value {
    let mut order = shop::order("ANNA", "MAIN", lines);
    order["externalId"] = json!(external_id);
    json!({ "salesOrderPlace": order })
}

fn ship(external_id: &str) -> Value {
    json!({ "fulfilmentShip": { "salesOrder": { "externalId": external_id } } })
}

fn bill(external_id: &str) -> Value {
    json!({ "invoicePost": { "salesOrder": { "externalId": external_id } } })
}

fn all(commands: &[Value]) -> Value {
    json!({ "commands": commands })
}

/// Goods that come, are sold, leave and are billed, each naming what was made before it.
fn whole_sale() -> Value {
    all(&[
        receive("TEA", "10"),
        place("web-1", &[("TEA", "4")]),
        ship("web-1"),
        bill("web-1"),
    ])
}

async fn counts(client: &Client) -> Value {
    let query = "{ goodsReceipts { totalCount } salesOrders { totalCount } \
         invoices { totalCount } auditEntries { totalCount } }";
    client.query(query, json!({})).await
}

both! {
    async fn a_batch_does_one_thing_after_the_other_each_seeing_those_before(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let payload = client.accept("batch", whole_sale(), RESULTS).await;
        let results = payload["results"].as_array().expect("a list");
        let kinds: Vec<_> = results.iter().map(|one| one["__typename"].clone()).collect();
        let names = ["GoodsReceiptPostPayload", "SalesOrderPlacePayload", "FulfilmentShipPayload",
            "InvoicePostPayload"];
        assert_eq!(kinds, names, "{payload}");
        // Records are told as they are after the whole batch.
        let order = &results[1]["salesOrder"];
        assert_eq!(order["fulfilmentStatus"], "FULL", "{payload}");
        assert_eq!(order["billingStatus"], "FULL", "{payload}");
        assert_eq!(results[1]["posted"]["commitments"][0]["reserved"], "4", "{payload}");
        assert_eq!(results[2]["posted"]["movements"][0]["quantity"], "4", "{payload}");
        assert_eq!(results[3]["invoice"]["gross"]["amount"], "30.00", "{payload}");
        assert!(payload["eventCursor"].is_string(), "{payload}");
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "6");
        // Each command is in the audit log by its own name.
        let query = "{ auditEntries(last: 4) { nodes { command } } }";
        let logged = client.query(query, json!({})).await;
        let text = logged.to_string();
        for name in ["goodsReceiptPost", "salesOrderPlace", "fulfilmentShip", "invoicePost"] {
            assert!(text.contains(name), "{name} is not in {text}");
        }
    }
}

both! {
    async fn when_one_command_is_refused_none_is_done(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let before = counts(&client).await;
        let commands = [
            receive("TEA", "10"),
            place("web-1", &[("TEA", "4")]),
            place("web-2", &[("TEA", "1"), ("TEA", "6")]),
            bill("nobody"),
        ];
        let refused = client.mutate("batch", all(&commands), RESULTS).await;
        let errors = refused["errors"].as_array().expect("a list");
        assert_eq!(errors.len(), 1, "what is behind the first refusal is not tried: {refused}");
        assert_eq!(errors[0]["code"], "INSUFFICIENT_STOCK", "{refused}");
        assert_eq!(errors[0]["available"], "6", "what is left after the second: {refused}");
        let path = json!(["input", "commands", "2", "salesOrderPlace", "lines", "1", "quantity"]);
        assert_eq!(errors[0]["path"], path, "{refused}");
        assert_eq!(refused["results"], json!([]), "{refused}");
        assert_eq!(counts(&client).await, before, "nothing was changed");
        // The numbers and external ids are free, and the same goes through when it fits.
        let commands = [receive("TEA", "11"), commands[1].clone(), commands[2].clone()];
        client.accept("batch", all(&commands), RESULTS).await;
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["available"], "0");
    }
}

both! {
    async fn a_batch_is_done_once_under_its_key_also_by_many_at_once(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut input = whole_sale();
        input["idempotencyKey"] = json!("sale-1");
        let calls = (0..8).map(|_| client.accept("batch", input.clone(), RESULTS));
        let payloads = join_all(calls).await;
        let first = payloads.iter().filter(|payload| payload["replayed"] == false).count();
        assert_eq!(first, 1, "{payloads:?}");
        let ids = |payload: &Value| {
            let one = &payload["results"];
            (one[0]["goodsReceipt"]["id"].clone(), one[1]["salesOrder"]["id"].clone(),
                one[3]["invoice"]["id"].clone())
        };
        for payload in &payloads {
            assert_eq!(ids(payload), ids(&payloads[0]), "the same records");
        }
        assert_eq!(shop::level(&client, "TEA", "MAIN").await["onHand"], "6");
        // Another batch under the key is refused, also one that is a part of it, or more.
        let commands = input["commands"].as_array().expect("a list").clone();
        let mut longer = commands.clone();
        longer.push(receive("CUP", "1"));
        for other in [&commands[..2], &longer, &[receive("CUP", "1")]] {
            let mut again = all(other);
            again["idempotencyKey"] = json!("sale-1");
            let refused = client.mutate("batch", again, RESULTS).await;
            assert_eq!(refused["errors"][0]["code"], "IDEMPOTENCY_KEY_REUSED", "{refused}");
            assert_eq!(refused["errors"][0]["path"], json!(["input", "idempotencyKey"]));
        }
        let alone = json!({
            "idempotencyKey": "sale-1", "customer": { "code": "ANNA" },
            "warehouse": { "code": "MAIN" },
            "lines": [{ "variant": { "sku": "TEA" }, "quantity": "1" }],
        });
        let refused = client.mutate("salesOrderPlace", alone, "salesOrder { id }").await;
        assert_eq!(refused["errors"][0]["code"], "IDEMPOTENCY_KEY_REUSED", "{refused}");
    }
}

both! {
    async fn a_batch_that_is_only_tried_tells_what_it_would_post_and_changes_nothing(
        server: &TestServer
    ) {
        let client = server.client();
        open_shop(&client).await;
        let before = counts(&client).await;
        let mut input = whole_sale();
        input["dryRun"] = json!(true);
        input["idempotencyKey"] = json!("sale-1");
        let tried = client.accept("batch", input.clone(), RESULTS).await;
        assert_eq!(tried["results"][2]["posted"]["movements"][0]["quantity"], "4", "{tried}");
        assert_eq!(tried["results"][1]["salesOrder"], Value::Null, "{tried}");
        assert_eq!(tried["eventCursor"], Value::Null, "{tried}");
        assert_eq!(counts(&client).await, before);
        let mut input = whole_sale();
        input["idempotencyKey"] = json!("sale-1");
        let done = client.accept("batch", input, RESULTS).await;
        assert_eq!(done["replayed"], false);
    }
}

both! {
    async fn each_command_of_a_batch_needs_its_own_scope(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let document = "mutation($input: BatchInput!) { batch(input: $input) { \
             results { __typename } errors { code } } }";
        let variables = json!({ "input": whole_sale() });
        let reply = server.anonymous().send(document, variables.clone()).await;
        assert_eq!(reply.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        let seller = [Scope::GoodsReceiptsWrite, Scope::SalesOrdersWrite, Scope::FulfilmentsWrite];
        let before = counts(&client).await;
        let reply = server.client_with(&seller).await.send(document, variables).await;
        let error = &reply.body["errors"][0];
        assert_eq!(error["extensions"]["code"], "FORBIDDEN", "{}", reply.body);
        assert_eq!(error["extensions"]["command"], 3, "it says which: {}", reply.body);
        assert_eq!(counts(&client).await["salesOrders"], before["salesOrders"]);
    }
}

both! {
    async fn a_batch_says_what_is_wrong_with_its_form(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let mut keyed = receive("TEA", "1");
        keyed["goodsReceiptPost"]["idempotencyKey"] = json!("mine");
        let mut tried = receive("TEA", "1");
        tried["goodsReceiptPost"]["dryRun"] = json!(true);
        let cases = [
            (all(&[]), json!(["input", "commands"])),
            (all(&vec![receive("TEA", "1"); 51]), json!(["input", "commands"])),
            (
                all(&[receive("TEA", "1"), keyed]),
                json!(["input", "commands", "1", "goodsReceiptPost", "idempotencyKey"]),
            ),
            (
                all(&[tried]),
                json!(["input", "commands", "0", "goodsReceiptPost", "dryRun"]),
            ),
        ];
        for (input, path) in cases {
            let refused = client.mutate("batch", input, "results { __typename }").await;
            assert_eq!(refused["errors"][0]["code"], "INVALID", "{refused}");
            assert_eq!(refused["errors"][0]["path"], path, "{refused}");
        }
        let mut blank = all(&[receive("TEA", "1")]);
        blank["idempotencyKey"] = json!(" ");
        let refused = client.mutate("batch", blank, "results { __typename }").await;
        assert_eq!(refused["errors"][0]["path"], json!(["input", "idempotencyKey"]), "{refused}");
        let level = shop::level(&client, "TEA", "MAIN").await;
        assert_eq!(level, Value::Null, "nothing came in");
    }
}

both! {
    async fn a_day_that_is_locked_is_told_of_the_command_it_is_in(server: &TestServer) {
        let client = server.client();
        open_shop(&client).await;
        let lock = json!({ "through": "2020-12-31" });
        client.accept("periodLock", lock, "eventCursor").await;
        let mut late = receive("TEA", "1");
        late["goodsReceiptPost"]["date"] = json!("2020-12-31");
        let input = all(&[receive("CUP", "1"), late]);
        let refused = client.mutate("batch", input, "results { __typename }").await;
        assert_eq!(refused["errors"][0]["code"], "PERIOD_LOCKED", "{refused}");
        let path = json!(["input", "commands", "1", "goodsReceiptPost", "date"]);
        assert_eq!(refused["errors"][0]["path"], path, "{refused}");
    }
}

/// Half of the batches take the levels in one order, half in the other.
async fn crosswise(clients: &[Client]) {
    open_shop(&clients[0]).await;
    shop::receive(
        &clients[0],
        "MAIN",
        &[("TEA", "40", "3"), ("CUP", "40", "1")],
    )
    .await;
    let calls = (0..40).map(|at: usize| {
        let (tea, cup) = (format!("tea-{at}"), format!("cup-{at}"));
        let mut commands = vec![place(&tea, &[("TEA", "1")]), place(&cup, &[("CUP", "1")])];
        if at % 2 == 1 {
            commands.reverse();
        }
        let client = clients[at % clients.len()].clone();
        tokio::spawn(async move { client.mutate("batch", all(&commands), RESULTS).await })
    });
    for payload in join_all(calls).await {
        let payload = payload.expect("a caller ends");
        assert_eq!(payload["errors"], json!([]), "{payload}");
    }
    for sku in ["TEA", "CUP"] {
        let level = shop::level(&clients[0], sku, "MAIN").await;
        assert_eq!(
            (&level["available"], &level["reserved"]),
            (&json!("0"), &json!("40"))
        );
    }
}

both! {
    async fn batches_that_need_the_same_levels_in_another_order_all_go_through(
        server: &TestServer
    ) {
        crosswise(&[server.client()]).await;
    }
}

postgres_only! {
    async fn batches_of_two_servers_all_go_through(server: &TestServer) {
        let second = server.second().await;
        crosswise(&[server.client(), second.client()]).await;
        second.stop().await;
    }
}

both! {
    async fn every_mutation_of_a_document_can_be_part_of_a_batch(server: &TestServer) {
        let query = "{ __schema { mutationType { fields { name } } } \
             __type(name: \"BatchCommandInput\") { inputFields { name } } }";
        let schema = server.client().query(query, json!({})).await;
        let names = |list: &Value| -> Vec<String> {
            let items = list.as_array().expect("a list").iter();
            items.map(|one| one["name"].as_str().unwrap_or_default().to_owned()).collect()
        };
        let all = names(&schema["__schema"]["mutationType"]["fields"]);
        let batched = names(&schema["__type"]["inputFields"]);
        let nouns = ["salesOrder", "fulfilment", "customerReturn", "invoice", "creditNote",
            "payment", "openItem", "goodsReceipt", "purchaseOrder", "stock"];
        let is_record = |name: &String| name.starts_with("paymentTerms");
        let is_document = |name: &&String| {
            nouns.iter().any(|noun| name.starts_with(noun)) && !is_record(name)
        };
        let missing: Vec<_> = all.iter().filter(is_document)
            .filter(|name| !batched.contains(name)).collect();
        assert!(missing.is_empty(), "not in BatchCommandInput: {missing:?}");
        assert!(batched.iter().all(|name| all.contains(name)), "{batched:?}");
        assert!(batched.len() > 50, "{batched:?}");
    }
}
